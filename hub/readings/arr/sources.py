"""What a tie-out rests on: which connections, how much of them was read, when, and why that may not do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection as Database

from hub.clock import from_micros, to_micros
from hub.context import Hub
from hub.finance.tieout.inputs import BILLING, CRM, Counted, Source
from hub.readings import freshness
from hub.readings.freshness import SECOND, Freshness
from hub.readings.rows import fetch
from hub.view import View

SLACK = 900.0
"""Seconds beyond the promise after which a reading is too old to sign on. Late is told on `hub status` long before."""

_OBJECTS = (
    "SELECT s.object, s.source_says, s.first_scan, (SELECT count(*) FROM record r WHERE r.connection = s.connection"
    " AND r.object = s.object AND r.deleted IS NULL) FROM stream s WHERE s.connection = %s AND s.object = ANY(%s) ORDER BY s.object"
)
_UNREADABLE = (
    "SELECT EXISTS (SELECT 1 FROM quarantine WHERE connection = %s AND object = ANY(%s) AND field = '' AND gone_at IS NULL)"
)


def billing(view: View) -> dict[str, list[str]]:
    """Connections that bill, with their objects that are accounts or subscriptions."""
    found: dict[str, list[str]] = {}
    for connection, object in sorted(view.suppliers("account") | view.suppliers("subscription")):
        if BILLING in view.seats[connection].roles:
            found.setdefault(connection, []).append(object)
    return {
        name: objects for name, objects in found.items() if any(where[0] == name for where in view.suppliers("subscription"))
    }


def crm(view: View) -> dict[str, list[str]]:
    """Connections that hold ARR of accounts for sales."""
    found: dict[str, list[str]] = {}
    for connection, object in sorted(view.suppliers("account")):
        mapping = view.mapping(connection, object)
        if CRM in view.seats[connection].roles and mapping is not None and "arr" in mapping.fields:
            found.setdefault(connection, []).append(object)
    return found


def sources(hub: Hub, database: Database, view: View, as_of: datetime) -> tuple[Source, ...]:
    fresh = {each.connection.name: each for each in freshness.read(hub, database)}
    told = [(BILLING, name, objects) for name, objects in billing(view).items()]
    told += [(CRM, name, objects) for name, objects in crm(view).items()]
    return tuple(_source(database, role, fresh[name], objects, as_of, test=name in view.tests) for role, name, objects in told)


def _source(database: Database, role: str, fresh: Freshness, objects: list[str], as_of: datetime, *, test: bool) -> Source:
    name = fresh.connection.name
    streams = {row[0]: row[1:] for row in fetch(database, _OBJECTS, [name, objects])}
    scans = [streams[object][1] for object in objects if object in streams and streams[object][1] is not None]
    since = from_micros(max(scans)) if len(scans) == len(objects) else None
    missing = list(_missing(fresh, since, as_of, role))
    if role == CRM and fetch(database, _UNREADABLE, [name, objects])[0][0]:
        missing.append("rows_refused")
    counts = {object: Counted(says, read) for object, (says, _, read) in streams.items()}
    read_at = None if fresh.fresh_at is None else from_micros(fresh.fresh_at)
    return Source(name, role, read_at, counts, tuple(missing), since, test)


def _missing(fresh: Freshness, since: datetime | None, as_of: datetime, role: str) -> Iterator[str]:
    """Once it was read whole at as-of or later, nothing that goes wrong now changes what was true then."""
    if since is None or fresh.fresh_at is None:
        yield "not_read"
        return
    if role == CRM and since > as_of:
        yield "not_covered"
    age = (to_micros(as_of) - fresh.fresh_at) / SECOND
    if age <= 0:
        return
    if fresh.state in ("waiting_for_quota", "reconnect"):
        yield fresh.state
    elif fresh.failed:
        yield "incomplete"
    elif age > fresh.promise + SLACK:
        yield "stale"
