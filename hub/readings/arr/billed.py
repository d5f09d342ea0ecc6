"""Billing's own objects as last read: the subscriptions of every account as canonical JSON, and what they were before."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection as Database

from hub.bulk import decode_json
from hub.clock import from_micros, to_micros
from hub.finance.tieout.inputs import Subscription, Version, canonical, instant
from hub.readings.arr.owed import owed_since
from hub.readings.rows import fetch, stream
from hub.settling.values import dump_values
from hub.view import View
from mappings.strict_json import BadJson, load_json
from mappings.values import RefValue

_CURRENT = (
    "SELECT r.id, r.connection, r.object, r.external_id, l.at, l.kind, p.body, (SELECT q.code FROM quarantine q"
    " WHERE q.connection = r.connection AND q.object = r.object AND q.external_id = r.external_id AND q.field = '' AND q.gone_at IS NULL)"
    " FROM record r JOIN log l ON l.position = r.position LEFT JOIN payload p ON p.position = r.position"
    " WHERE r.entity = 'subscription' AND r.connection = ANY(%s) ORDER BY r.id"
)
_HISTORY = (
    "SELECT l.record_id, l.at, l.kind, p.body, l.requested, l.proven FROM log l LEFT JOIN payload p ON p.position = l.position"
    " WHERE l.record_id = ANY(%s) AND l.kind IN ('observation', 'acknowledgement', 'tombstone') ORDER BY l.record_id, l.position"
)
_CUSTOMERS = (
    "SELECT connection, object, external_id, golden_id FROM record WHERE entity = 'account' AND connection = ANY(%s)"
    " AND golden_id IS NOT NULL"
)
_NOBODYS = (
    "SELECT q.connection, q.external_id, q.code FROM quarantine q WHERE q.connection = %s AND q.object = %s AND q.field = ''"
    " AND q.gone_at IS NULL AND NOT EXISTS (SELECT 1 FROM record r WHERE r.connection = q.connection AND r.object = q.object"
    " AND r.external_id = q.external_id) ORDER BY q.id"
)

Key = tuple[str, str]
"""Connection and the vendor's id."""


class Billed(NamedTuple):
    """`records`: our own numbers of the records behind the subscriptions, to ask for their history. `late`: those that changed after
    as-of. `owners`: the golden account of each billing customer.
    """

    subscriptions: list[Subscription]
    records: dict[Key, int]
    late: set[Key]
    owners: dict[tuple[str, ...], str]


def billed(database: Database, view: View, connections: Collection[str], as_of: datetime) -> Billed:
    """The last version of each. One that the vendor has deleted counts only where as-of is earlier."""
    owners = {row[:3]: row[3] for row in fetch(database, _CUSTOMERS, [list(connections)])}
    owed = owed_since(database, view, connections)
    found = Billed([], {}, set(), owners)
    for id, connection, object, external_id, at, kind, body, refused in stream(database, _CURRENT, [list(connections)]):
        version, customer = _version(view, connection, object, at, kind, body, refused)
        if (since := owed.get((connection, external_id))) is not None and version.body:
            version = replace(version, body=canonical(decode_json(version.body) | {"past_due_since": instant(since)}).decode())
        late = at > to_micros(as_of)
        if not version.body and not late:
            continue
        found.subscriptions.append(_owned(Subscription(connection, external_id, None, None, (version,)), customer, owners))
        found.records[connection, external_id] = id
        if late:
            found.late.add((connection, external_id))
    found.subscriptions.extend(_nobodys(database, view, connections, as_of))
    return found


def with_history(database: Database, view: View, found: Billed, wanted: Collection[Key]) -> list[Subscription]:
    """All, and those that are wanted with every version that was ever read."""
    ids = {found.records[key]: key for key in wanted if key in found.records}
    if not ids:
        return found.subscriptions
    objects = dict(view.suppliers("subscription"))
    versions: dict[Key, list[Version]] = {}
    customers: dict[Key, RefValue] = {}
    last: dict[Key, int] = {}
    for id, at, kind, body, requested, proven in fetch(database, _HISTORY, [list(ids)]):
        key = ids[id]
        version, customer = _version(view, key[0], objects[key[0]], at, kind, body, None)
        after = None if key not in last else from_micros(max(last[key], proven or 0))
        last[key] = requested or at
        versions.setdefault(key, []).append(replace(version, after=after))
        if customer is not None:
            customers[key] = customer
    return [_replaced(each, versions, customers, found.owners) for each in found.subscriptions]


def _replaced(
    one: Subscription,
    versions: dict[Key, list[Version]],
    customers: dict[Key, RefValue],
    owners: dict[tuple[str, ...], str],
) -> Subscription:
    """The last version stays as it is: only it knows whether the last read was refused."""
    key = one.connection, one.id
    if key not in versions:
        return one
    *before, last = versions[key]
    whole = replace(one, versions=(*before, replace(one.versions[-1], after=last.after)))
    return _owned(whole, customers.get(key), owners) if one.customer is None else whole


def _owned(one: Subscription, customer: RefValue | None, owners: dict[tuple[str, ...], str]) -> Subscription:
    if customer is None:
        return one
    return replace(one, customer=customer.id, account=owners.get((one.connection, *customer)))


def _version(
    view: View, connection: str, object: str, at: int, kind: str, body: bytes | None, refused: str | None
) -> tuple[Version, RefValue | None]:
    mapping = view.mapping(connection, object)
    assert mapping is not None  # it supplies subscriptions
    raw = b"" if body is None else bytes(body)
    text, customer = "", None
    if kind != "tombstone":
        text, customer = _canonical(view, mapping, raw, refused)
    return Version(text, from_micros(at), None, mapping.version, hashlib.sha256(raw).hexdigest()), customer


def _canonical(view: View, mapping: Any, raw: bytes, refused: str | None) -> tuple[str, RefValue | None]:
    try:
        values = dict(mapping.decode(load_json(raw)).values)
    except BadJson as bad:
        return unreadable(bad.code), None
    customer = values.pop("account", None)
    dumped = dump_values(view.entities["subscription"], values)
    text = unreadable(refused) if refused is not None else canonical(dumped).decode()
    return text, customer if isinstance(customer, RefValue) else None


def unreadable(code: str) -> str:
    """A subscription of which nothing is known but that there is one."""
    return canonical({"status": "active", "problems": [code]}).decode()


def _nobodys(database: Database, view: View, connections: Iterable[str], as_of: datetime) -> Iterator[Subscription]:
    """Rows refused whole that were never accepted: they could be anybody's."""
    for connection, object in sorted(view.suppliers("subscription")):
        if connection in connections:
            for name, id, code in fetch(database, _NOBODYS, [connection, object]):
                yield Subscription(name, id, None, None, (Version(unreadable(code), as_of),))
