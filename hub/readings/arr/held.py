"""What the sides hold: golden ARR from the agreed records, the CRM's from its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection as Database

from conflict.cell import held
from conflict.claim import EMPTY, NEVER
from conflict.links import Node, followers
from hub.bulk import decode_json
from hub.clock import from_micros, to_micros
from hub.finance.tieout.inputs import Account, Held
from hub.intake.work import record_key
from hub.readings.rows import fetch, stream
from hub.settling import sheets
from hub.settling.store import ABSENT_MARK
from hub.view import View
from mappings.strict_json import BadJson, load_json

_GOLDEN = (
    "SELECT g.id, g.values->>'name', g.values->'arr', (SELECT array_agg(external_id ORDER BY external_id) FROM record"
    " WHERE golden_id = g.id AND entity = 'account' AND connection = ANY(%s) AND deleted IS NULL)"
    " FROM golden g WHERE g.entity = 'account' AND g.records > 0 ORDER BY g.id"
)
_CHANGED_SINCE = (
    "SELECT golden_id, fields FROM change WHERE entity = 'account' AND at > %s AND fields IS NOT NULL ORDER BY position"
)
_RECORDS = (
    "SELECT r.id, r.golden_id, r.connection, r.object, r.external_id, r.sheet, r.created, r.acked, (SELECT min(b.golden_id)"
    " FROM record_key k JOIN record_key o ON o.entity = k.entity AND o.key = k.key JOIN record b ON b.id = o.record_id"
    " WHERE k.record_id = r.id AND b.connection = ANY(%s) AND b.deleted IS NULL AND b.golden_id <> r.golden_id"
    " AND NOT EXISTS (SELECT 1 FROM steward_link s WHERE s.kind = 'cut' AND (r.connection || ':' || r.object || ':' || r.external_id)"
    " IN (s.a, s.b) AND (b.connection || ':' || b.object || ':' || b.external_id) IN (s.a, s.b))),"
    " EXISTS (SELECT 1 FROM quarantine q WHERE q.connection = r.connection AND q.object = r.object AND q.external_id = r.external_id"
    " AND q.field = 'arr' AND q.gone_at IS NULL)"
    " FROM record r WHERE r.entity = 'account' AND r.connection = %s AND r.deleted IS NULL AND r.golden_id IS NOT NULL ORDER BY r.id"
)
_HISTORY = (
    "SELECT l.record_id, l.kind, l.at, l.requested, l.proven, p.body FROM log l LEFT JOIN payload p ON p.position = l.position"
    " WHERE l.record_id = ANY(%s) AND l.kind IN ('observation', 'acknowledgement') ORDER BY l.record_id, l.position"
)


class Golden(NamedTuple):
    accounts: list[Account]
    held: tuple[Held, ...]


def golden(database: Database, connections: Collection[str], as_of: datetime) -> Golden:
    """Accounts that are billed or have ARR. What was agreed then, where it has changed since."""
    before = _before(database, as_of)
    found = Golden([], ())
    held = []
    for id, name, arr, customers in stream(database, _GOLDEN, [list(connections)]):
        said = before.get(id, arr)
        found.accounts.append(Account(id, name or "", tuple(customers or ())))
        if said or customers:
            held.append(Held(id, id, _amounts(said)))
    return found._replace(held=tuple(held))


def _before(database: Database, as_of: datetime) -> dict[str, Any]:
    """Golden ARR at as-of of what has changed since: the old value of the first change after it."""
    found: dict[str, Any] = {}
    for id, fields in stream(database, _CHANGED_SINCE, [to_micros(as_of)]):
        changed = decode_json(fields).get("arr")
        if changed is not None and id not in found:
            found[id] = None if changed[0] == ABSENT_MARK else changed[0]
    return found


def _amounts(said: Any) -> dict[str, Decimal | None]:
    return {currency: Decimal(text) for currency, text in (said or {}).items()}


def crm(database: Database, view: View, connection: str, billing: Collection[str], as_of: datetime) -> tuple[Held, ...]:
    """A value per record, none where nobody can read what stands there; of several records of one account the oldest leads."""
    found: dict[int, Held] = {}
    nodes: dict[str, list[Node]] = {}
    for id, account, name, object, external_id, sheet, created, acked, rival, unreadable in stream(
        database, _RECORDS, [list(billing), connection]
    ):
        key = record_key(name, object, external_id)
        cell = sheets.load(decode_json(sheet), key, "account", view).cells.get("arr", EMPTY)
        value = {} if unreadable else held(cell)
        typed = cell.echo is None and cell.own is not None and not cell.own.first
        since = acked if cell.echo is not None else None if cell.own is None else cell.own.at
        nodes.setdefault(account, []).append(Node(key, name, NEVER if created is None else created))
        moment = None if since is None else from_micros(since)
        found[id] = Held(key, account, value if isinstance(value, dict) else {}, moment, rival=rival, typed=typed)
    behind = {key for group in nodes.values() if len(group) > 1 for key in followers(group)}
    late = [id for id, each in found.items() if each.since is not None and each.since > as_of]
    then = _then(database, view, connection, found, late, as_of)
    return tuple(replace(then.get(id, each), follower=each.record in behind) for id, each in found.items())


def _then(
    database: Database, view: View, connection: str, found: Mapping[int, Held], late: list[int], as_of: datetime
) -> dict[int, Held]:
    """Records whose value changed after as-of, with what they held then."""
    told: dict[int, list[tuple[datetime, datetime | None, Any]]] = {}
    if not late:
        return {}
    for id, at, after, arr in _history(database, view, connection, found, late):
        told.setdefault(id, []).append((at, after, arr))
    return {id: _held_at(found[id], versions, as_of) for id, versions in told.items()}


def _held_at(now: Held, versions: list[tuple[datetime, datetime | None, Any]], as_of: datetime) -> Held:
    known = [each for each in versions if each[0] <= as_of]
    later = next((each for each in versions if each[0] > as_of), None)
    at, _, arr = known[-1] if known else versions[0]
    unsure = later is not None and later[2] != arr and (later[1] is None or later[1] < as_of)
    return replace(now, arr=arr or {}, since=at, typed=False, unsure=unsure)


def _history(
    database: Database, view: View, connection: str, found: Mapping[int, Held], ids: list[int]
) -> Iterator[tuple[int, datetime, datetime | None, Any]]:
    """(record, read at, proven to have been otherwise at, ARR) of every read that the log keeps."""
    last: dict[int, int] = {}
    for id, kind, at, requested, proven, body in fetch(database, _HISTORY, [ids]):
        mapping = view.mapping(connection, found[id].record.split(":", 2)[1])
        if mapping is None or body is None:
            continue
        try:
            arr = mapping.decode(load_json(bytes(body))).values.get("arr")
        except BadJson:
            continue
        after = requested if kind == "acknowledgement" else None if id not in last else max(last[id], proven or 0)
        last[id] = requested or at
        yield id, from_micros(at), None if after is None else from_micros(after), arr
