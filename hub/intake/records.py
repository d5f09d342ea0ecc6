"""The rows behind a page: locked, written, keyed; set-based, in the transaction of the caller."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from typing import Any

from conflict.claim import NEVER
from conflict.sheet import withdrawn
from hub.bulk import copy, decode_json
from hub.intake import refetch
from hub.intake.identity import Linked
from hub.intake.reading import Fresh
from hub.intake.work import Row, Source, Times, Work, record_key
from hub.marks import SALT_SIZE, mark
from hub.settling.sheets import dump, load
from mappings.mapping import Decoded, Mapping


def lock(work: Work, source: Source, ids: Sequence[str], mapping: Mapping | None) -> tuple[dict[str, Row], set[int]]:
    """Known records among `ids`, locked in id order, by external id; and the ids of those that a write is in flight to."""
    work.cur.execute(
        "SELECT id, external_id, golden_id, sheet, requested, acked, updated, anchor, position, entity FROM record"
        " WHERE connection = %s AND object = %s AND external_id = ANY(%s) ORDER BY id FOR UPDATE",
        (source.connection, source.object, list(ids)),
    )
    found = {}
    for id, external_id, golden_id, text, requested, acked, updated, anchor, position, stored in work.cur.fetchall():
        key = record_key(source.connection, source.object, external_id)
        entity = stored if mapping is None else mapping.entity
        sheet = load(decode_json(text), key, entity, work.view)
        found[external_id] = Row(
            id,
            key,
            source.connection,
            source.object,
            external_id,
            entity,
            golden_id,
            sheet,
            True,
            requested,
            acked,
            updated,
            anchor,
            position,
        )
    if not found:
        return found, set()
    work.cur.execute(
        "SELECT record_id FROM intent WHERE record_id = ANY(%s) AND status IN ('sending', 'unclear')",
        ([row.id for row in found.values()],),
    )
    return found, {row[0] for row in work.cur.fetchall()}


def ask_again(work: Work, source: Source, ids: Sequence[str]) -> None:
    """These records are to be fetched once more, when a read can tell the present."""
    refetch.ask(work.cur, source.connection, source.object, ids, work.at + int(source.lag * 1_000_000))


def own_keys(row: Row, decoded: Decoded, raw: dict[str, Any], mapping: Mapping) -> tuple[str, ...]:
    """Exact keys come from own claims, covered or not, never from what we wrote there."""
    own = {}
    for name in {match.field for match in mapping.match if match.field}:
        cell = row.sheet.cells.get(name)
        if cell is not None and cell.echo is not None:
            own[name] = None if cell.own is None else cell.own.value
    return mapping.keys({**decoded.values, **own}, raw) if own else decoded.keys


def save_keys(work: Work, entity: str, rows: Sequence[Row]) -> list[Row]:
    """Stores exact keys, and returns the rows whose place among golden records has to be looked at again."""
    known = [row.id for row in rows if row.known]
    before: dict[int, tuple[tuple[str, ...], str | None, bool]] = {}
    if known:
        work.cur.execute(
            "SELECT r.id, coalesce((SELECT array_agg(k.key ORDER BY k.key) FROM record_key k WHERE k.record_id = r.id), '{}'), r.anchor, r.deleted IS NOT NULL"
            " FROM record r WHERE r.id = ANY(%s)",
            (known,),
        )
        before = {id: (tuple(keys), anchor, deleted) for id, keys, anchor, deleted in work.cur.fetchall()}
    relink = []
    for row in rows:
        keys, anchor, deleted = before.get(row.id, ((), None, False))
        if row.sheet.deleted:
            row.keys = keys
        row.keys = tuple(sorted(set(row.keys)))
        same = (row.keys, row.anchor, row.sheet.deleted) == (keys, anchor, deleted)
        if row.relink or not row.known or not same or row.golden_id is None:
            relink.append(row)
    _store_keys(work, entity, [row for row in relink if row.known], [row for row in relink if row.keys])
    return relink


def _store_keys(work: Work, entity: str, changed: Sequence[Row], holders: Sequence[Row]) -> None:
    if changed:
        work.cur.execute("DELETE FROM record_key WHERE record_id = ANY(%s)", ([row.id for row in changed],))
    pairs = sorted((key, row.id) for row in holders for key in row.keys)
    if not pairs:
        return
    keys = sorted({key for key, _ in pairs})
    # Two pages that bring one new key meet here, in one order, so that the second sees the first one's record.
    work.cur.execute(
        "SELECT count(*) FROM (SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(%s::text[]) AS key) AS locked",
        ([f"{entity}:{key}" for key in keys],),
    )
    copy(work.cur, "record_key", "entity, key, record_id", ("text", "text", "int8"), ((entity, key, id) for key, id in pairs))


def save(
    work: Work,
    source: Source,
    rows: Sequence[tuple[Row, Fresh]],
    times: Times,
    mapping: Mapping | None,
    kind: str = "observation",
) -> None:
    """Log, payload and record rows of everything that was read, or answered to a write (`acknowledgement`)."""
    lag = int(source.lag * 1_000_000)
    proven = {row.id: NEVER if not row.known else (source.horizon or 0) - lag for row, _ in rows}
    salts = work.hub.chance.bytes(SALT_SIZE * len(rows))
    marked = [(row, item, salts[n * SALT_SIZE : (n + 1) * SALT_SIZE]) for n, (row, item) in enumerate(rows)]
    copy(
        work.cur,
        "log",
        "position, kind, record_id, subject, at, requested, proven, run, actor_kind, mark",
        ("int8", "text", "int8", "text", "int8", "int8", "int8", "int8", "text", "bytea"),
        (
            (
                row.position,
                "tombstone" if item.record.deleted else kind,
                row.id,
                row.key,
                times.received,
                times.requested,
                proven[row.id],
                work.run,
                item.record.actor.kind if item.record.actor else "unknown",
                mark(item.record.body, salt),
            )
            for row, item, salt in marked
        ),
    )
    copy(
        work.cur,
        "payload",
        "position, record_id, salt, body, actor",
        ("int8", "int8", "bytea", "bytea", "text"),
        (
            (row.position, row.id, salt, item.record.body, item.record.actor.name if item.record.actor else None)
            for row, item, salt in marked
        ),
    )
    _insert(work, [(row, item) for row, item in rows if not row.known], times, mapping)
    _update(work, [(row, item) for row, item in rows if row.known], times, mapping)


def _insert(work: Work, rows: Sequence[tuple[Row, Fresh]], times: Times, mapping: Mapping | None) -> None:
    if not rows:
        return
    copy(
        work.cur,
        "record",
        "id, connection, object, external_id, entity, golden_id, position, hash, version, sheet, anchor, created, updated, requested, received,"
        " deleted, mapping",
        (
            "int8",
            "text",
            "text",
            "text",
            "text",
            "text",
            "int8",
            "bytea",
            "text",
            "text",
            "text",
            "int8",
            "int8",
            "int8",
            "int8",
            "int8",
            "text",
        ),
        (
            (
                row.id,
                row.connection,
                row.object,
                row.external_id,
                row.entity,
                row.golden_id,
                row.position,
                item.hash,
                item.record.version,
                dump(row.sheet, work.view),
                row.anchor,
                None if row.sheet.created == NEVER else row.sheet.created,
                row.updated,
                times.requested,
                times.received,
                times.received if item.record.deleted else None,
                None if mapping is None else mapping.version,
            )
            for row, item in rows
        ),
    )


def _update(work: Work, rows: Sequence[tuple[Row, Fresh]], times: Times, mapping: Mapping | None) -> None:
    if not rows:
        return
    work.cur.execute(
        "UPDATE record r SET position = n.position, hash = n.hash, version = n.version, sheet = n.sheet, anchor = n.anchor, updated = n.updated,"
        " created = n.created, acked = n.acked, golden_id = coalesce(n.golden_id, r.golden_id), entity = coalesce(%s, r.entity),"
        " requested = %s, received = %s, deleted = CASE WHEN n.deleted THEN %s::int8 END, mapping = %s"
        " FROM unnest(%s::int8[], %s::int8[], %s::bytea[], %s::text[], %s::text[], %s::text[], %s::int8[], %s::int8[], %s::bool[], %s::int8[], %s::text[])"
        " AS n(id, position, hash, version, sheet, anchor, updated, created, deleted, acked, golden_id) WHERE r.id = n.id",
        (
            None if mapping is None else mapping.entity,
            times.requested,
            times.received,
            times.received,
            None if mapping is None else mapping.version,
            [row.id for row, _ in rows],
            [row.position for row, _ in rows],
            [item.hash for _, item in rows],
            [item.record.version for _, item in rows],
            [dump(row.sheet, work.view) for row, _ in rows],
            [row.anchor for row, _ in rows],
            [row.updated for row, _ in rows],
            [None if row.sheet.created == NEVER else row.sheet.created for row, _ in rows],
            [item.record.deleted for _, item in rows],
            [row.acked for row, _ in rows],
            [row.golden_id for row, _ in rows],
        ),
    )


def withdraw_cut(work: Work, linked: Linked, rows: Dict[int, Row]) -> set[str]:
    """Links changed: echoes whose origin left their golden record fall silent. Returns the keys of the records that changed hands."""
    work.cur.execute(
        "SELECT id, connection, object, external_id, entity, golden_id, sheet FROM record WHERE golden_id = ANY(%s)",
        (sorted(linked.touched),),
    )
    members: dict[str, list[tuple[int, str, str, str]]] = {}
    for id, connection, object, external_id, entity, golden_id, text in work.cur.fetchall():
        members.setdefault(golden_id, []).append((id, record_key(connection, object, external_id), entity, text))
    changed: list[tuple[int, str]] = []
    for group in members.values():
        here = {key for _, key, _, _ in group}
        for id, key, entity, text in group:
            row = rows.get(id)
            old = row.sheet if row is not None else load(decode_json(text), key, entity, work.view)
            new = withdrawn(old, here)
            if new == old:
                continue
            if row is not None:
                row.sheet = new
            changed.append((id, dump(new, work.view)))
    if changed:
        work.cur.execute(
            "UPDATE record r SET sheet = n.sheet FROM unnest(%s::int8[], %s::text[]) AS n(id, sheet) WHERE r.id = n.id",
            ([id for id, _ in changed], [text for _, text in changed]),
        )
    work.cur.execute("SELECT connection || ':' || object || ':' || external_id FROM record WHERE id = ANY(%s)", (linked.moved,))
    return {row[0] for row in work.cur.fetchall()}
