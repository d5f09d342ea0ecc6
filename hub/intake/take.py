"""Take in a page: everything that it says, and everything that follows from it, in the transaction of the caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from conflict.claim import NEVER
from conflict.sheet import Read, Sheet, fold
from connectors.kit.contract import Record
from hub import guard
from hub.bulk import allocate, uncollected
from hub.clock import to_micros
from hub.delivery.planning import plan_writes
from hub.intake import merges, quarantine, records
from hub.intake.identity import link
from hub.intake.reading import Fresh, Refused, decode, unseen
from hub.intake.work import Row, Source, Times, Work, record_key
from hub.settling import refs
from hub.settling.settle import settle_goldens
from hub.settling.store import mark_due
from mappings.mapping import Mapping
from mappings.rollups import ROLLUPS

SECOND = 1_000_000


DOUBTFUL = frozenset({"", *(roll.through for made in ROLLUPS.values() for roll in made)})
"""A whole row refused, or a reference to its parent: somebody's sum may lack it."""


@dataclass(slots=True)
class Taken:
    """What a page came to. `changed`: golden ids whose values moved; `dropped`: reads that are to be made again."""

    read: int = 0
    new_ids: int = 0  # never read before; rows that are no records count each time
    news: int = 0
    refused: int = 0  # new quarantine entries
    whole_rows: int = 0  # of this page, rows refused whole
    spoilt: list[str] = field(default_factory=list)  # ids refused whole, to be read once more
    dropped: list[str] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)


@uncollected()
def take(
    work: Work, source: Source, page: Sequence[Record], times: Times, *, unreadable: Sequence[tuple[str, bytes]] = ()
) -> Taken:
    """Idempotent: what is known already changes nothing and writes nothing."""
    taken = Taken(read=len(page))
    mapping = work.view.mapping(source.connection, source.object)
    heirs = merges.heirs(work, source, page)
    news = unseen(work.cur, source.connection, source.object, page, work.hub.salt, heirs=heirs)
    fresh, refused = decode(news.records, mapping)
    refused += [Refused(f"?{index}", code, {}, raw) for index, (code, raw) in enumerate(unreadable)]
    taken.new_ids = news.new_ids + len(unreadable)
    taken.refused, fields = _quarantine(work, source, fresh, refused, mapping)
    if whole := [item.id for item in refused if not item.id.startswith("?")]:
        records.ask_again(work, source, whole)  # a spoilt answer may be better the next time
        taken.spoilt = whole
    taken.whole_rows = len(refused)
    if not fields.isdisjoint(DOUBTFUL):
        _doubt_rollups(work, source, mapping)
    if not fresh:
        return taken
    rows, dropped = _rows(work, source, fresh, times, mapping)
    taken.dropped = dropped
    taken.news = len(rows)
    if mapping is None:
        records.save(work, source, list(rows.values()), times, None)
        return taken
    _settle(work, source, rows, mapping, times, taken)
    return taken


def _settle(
    work: Work, source: Source, rows: dict[str, tuple[Row, Fresh]], mapping: Mapping, times: Times, taken: Taken
) -> None:
    entity = work.view.entities[mapping.entity]
    ours = [row for row, _ in rows.values()]
    by_id = {row.id: row for row in ours}
    relink = records.save_keys(work, mapping.entity, ours)
    linked = link(work, mapping.entity, relink, work.view.many(mapping.entity)) if relink else None
    records.save(work, source, list(rows.values()), times, mapping)
    refs.store(work.cur, ours, entity)
    touched = {row.golden_id for row in ours if row.golden_id is not None}
    moved: set[str] = set()
    if linked is not None:
        touched |= linked.touched
        moved = {row.key for row in relink}
        if linked.moved:
            moved |= records.withdraw_cut(work, linked, by_id)
    settling = settle_goldens(work, mapping.entity, touched, by_id, moved)
    taken.changed = set(settling.changed)
    guard.count(work, settling, frozenset(moved - {row.key for row in ours if row.sheet.deleted}))
    plan_writes(work, entity, settling)


def _doubt_rollups(work: Work, source: Source, mapping: Mapping | None) -> None:
    """A refused child may be missing from some parent's sum: parents that this connection feeds are settled again."""
    if mapping is None:
        return
    parents = [name for name, made in ROLLUPS.items() if mapping.entity in {name, *(roll.child for roll in made)}]
    work.cur.execute(
        "SELECT DISTINCT r.golden_id, r.entity FROM record r WHERE r.connection = %s AND r.entity = ANY(%s) AND r.golden_id IS NOT NULL",
        (source.connection, parents),
    )
    mark_due(work, work.cur.fetchall())


def _quarantine(
    work: Work, source: Source, fresh: Sequence[Fresh], refused: Sequence[Refused], mapping: Mapping | None
) -> tuple[int, set[str]]:
    entries = [(item.id, "", item.code, item.data, item.raw) for item in refused]
    for item in fresh:
        if item.decoded is not None:
            entries += [
                (item.record.id, bad.field, bad.code, dict(bad.data), quarantine.raw_bytes(bad.raw))
                for bad in item.decoded.refused
            ]
    ids = [item.record.id for item in fresh] + [item.id for item in refused]
    return quarantine.replace(
        work, source.connection, source.object, ids, entries, None if mapping is None else mapping.version
    )


def _rows(
    work: Work, source: Source, fresh: Sequence[Fresh], times: Times, mapping: Mapping | None
) -> tuple[dict[str, tuple[Row, Fresh]], list[str]]:
    """Each fresh record folded into its sheet, by external id; and the ids of reads that came too late to count."""
    known, busy = records.lock(work, source, [item.record.id for item in fresh], mapping)
    dropped = [item.record.id for item in fresh if _too_late(known.get(item.record.id), item.record, times, source.lag, busy)]
    if dropped:
        records.ask_again(work, source, dropped)
    late = set(dropped)
    kept = [item for item in fresh if item.record.id not in late]
    positions = allocate(work.cur, "log_position", len(kept)) if kept else []
    new_ids = iter(allocate(work.cur, "record_id", sum(item.record.id not in known for item in kept)) if kept else [])
    out = {}
    for item, position in zip(kept, positions, strict=True):
        row = known.get(item.record.id) or _new(next(new_ids), source, item, mapping)
        if item.record.merged and mapping is not None and item.decoded is not None:
            merges.inherit(work, source, row, item, mapping)
        _fold(work, source, row, item, position, times, mapping)
        out[item.record.id] = (row, item)
    return out, dropped


def _too_late(row: Row | None, record: Record, times: Times, lag: float, busy: set[int]) -> bool:
    """A read that may show the past of a record we know better: while our write is in flight, or older than what we hold."""
    if row is None:
        return False
    if row.id in busy or times.requested < row.requested:
        return True
    if record.updated is not None and row.updated is not None and to_micros(record.updated) < row.updated:
        return True
    if row.acked is None:
        return False
    settled = row.acked if record.version is not None else row.acked + int(lag * SECOND)
    return times.requested < settled


def _new(id: int, source: Source, item: Fresh, mapping: Mapping | None) -> Row:
    key = record_key(source.connection, source.object, item.record.id)
    entity = None if mapping is None else mapping.entity
    created = NEVER if item.record.created is None else to_micros(item.record.created)
    sheet = Sheet(
        key,
        source.connection,
        source.object,
        item.record.id,
        entity or "",
        {},
        created,
        many=mapping is not None and mapping.many,
    )
    return Row(id, key, source.connection, source.object, item.record.id, entity, None, sheet, known=False)


def _fold(work: Work, source: Source, row: Row, item: Fresh, position: int, times: Times, mapping: Mapping | None) -> None:
    record = item.record
    first = not row.known
    read = Read(
        times.requested,
        times.received,
        NEVER if first else max(row.requested, source.horizon or 0) - int(source.lag * SECOND),
        _interval(record, source.offset),
        row.sheet.created,
        position,
    )
    row.position, row.requested = position, times.requested
    row.updated = None if record.updated is None else to_micros(record.updated)
    row.body = item.raw
    if record.deleted:
        row.sheet = row.sheet._replace(deleted=True)
        return
    row.sheet = row.sheet._replace(deleted=False)
    if item.decoded is not None and mapping is not None:
        row.sheet = fold(
            row.sheet, item.decoded.values, read, work.view.entities[mapping.entity], writes_only=mapping.writes_only
        ).sheet
        row.keys = records.own_keys(row, item.decoded, item.raw or {}, mapping)
        row.anchor = item.decoded.anchor or row.anchor


def _interval(record: Record, offset: tuple[int, int] | None) -> tuple[int, int] | None:
    """The vendor's updated time in our clock: its whole second, shifted by the bounds of that vendor's clock."""
    if record.updated is None or offset is None:
        return None
    at = to_micros(record.updated)
    return at - at % SECOND - offset[1], at - at % SECOND + SECOND - offset[0]
