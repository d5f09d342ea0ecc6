"""What the vendor answered, made durable: confirmed writes become echoes and are settled; refusals are dead letters; doubts stay doubts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from conflict.cell import refuses
from conflict.claim import EMPTY, NEVER, is_record
from conflict.sheet import Read, Sheet, answered, fold
from connectors.kit.contract import Record
from connectors.kit.errors import Gone, Rejected, Retry, Stale, Unclear, VendorError
from hub.bulk import Json, allocate, encode_json
from hub.clock import to_micros
from hub.delivery.claim import Intent, put_back, refuse
from hub.delivery.fields import sent
from hub.delivery.planning import plan_writes
from hub.intake import records
from hub.intake.reading import Fresh
from hub.intake.work import Row, Source, Times, Work, record_key, split_key
from hub.marks import mark
from hub.settling.settle import settle_goldens
from hub.settling.store import mark_due
from mappings.mapping import Mapping
from mappings.strict_json import load_json

SECOND = 1_000_000
FIRST_WAIT, LONGEST_WAIT = 2 * SECOND, 900 * SECOND


def backoff(attempts: int) -> int:
    """Microseconds until the next try."""
    return min(FIRST_WAIT << min(max(0, attempts - 1), 20), LONGEST_WAIT)


def confirm(work: Work, source: Source, answers: Sequence[tuple[Intent, Record]], times: Times) -> int:
    """Confirmed writes of one object, in the caller's transaction. Returns how many values were confirmed."""
    mapping = work.view.mapping(source.connection, source.object)
    if mapping is None or not answers:
        return 0
    known, _ = records.lock(work, source, [record.id for _, record in answers], mapping)
    positions = iter(allocate(work.cur, "log_position", len(answers)))
    kept: list[tuple[Row, Fresh]] = []
    values = 0
    for intent, record in answers:
        row = known.get(record.id) or _created(work, source, intent, record, mapping)
        row.position, row.acked, row.anchor = next(positions), times.received, intent.golden_id
        raw = load_json(record.body)
        item = Fresh(record, mark(record.body, work.hub.salt), raw, mapping.decode(raw))
        values += _answered(work, intent, row, item, times, mapping)
        kept.append((row, item))
    records.save(work, source, kept, times, mapping, kind="acknowledgement")
    _anchor_origins(work, [intent for intent, _ in answers])
    entity = work.view.entities[mapping.entity]
    rows = {row.id: row for row, _ in kept}
    settling = settle_goldens(work, mapping.entity, {row.golden_id for row, _ in kept if row.golden_id}, rows)
    plan_writes(work, entity, settling)
    return values


def _anchor_origins(work: Work, intents: Sequence[Intent]) -> None:
    """A delivered write ties the record it went to and those whose values it carried, whatever becomes of their keys."""
    pairs = {
        (*split_key(origin), intent.golden_id)
        for intent in intents
        for field in intent.fields
        for origin in field.origin.values()
        if is_record(origin)
    }
    if pairs:
        work.cur.execute(
            "UPDATE record r SET anchor = o.golden_id FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])"
            " AS o(connection, object, external_id, golden_id) WHERE r.connection = o.connection AND r.object = o.object"
            " AND r.external_id = o.external_id AND r.anchor IS NULL",
            tuple(list(column) for column in zip(*sorted(pairs), strict=True)),
        )


def _created(work: Work, source: Source, intent: Intent, record: Record, mapping: Mapping) -> Row:
    """The record that our create made, linked from the start to the golden record that it was made for."""
    key = record_key(source.connection, source.object, record.id)
    created = NEVER if record.created is None else to_micros(record.created)
    sheet = Sheet(key, source.connection, source.object, record.id, mapping.entity, {}, created, many=mapping.many)
    id = allocate(work.cur, "record_id", 1)[0]
    return Row(id, key, source.connection, source.object, record.id, mapping.entity, intent.golden_id, sheet, known=False)


def _answered(work: Work, intent: Intent, row: Row, item: Fresh, times: Times, mapping: Mapping) -> int:
    """Echoes on the record's sheet. A field that shows what was there before our write was refused in silence."""
    entity = work.view.entities[mapping.entity]
    assert item.decoded is not None  # an answer is always decoded
    shown = item.decoded.values
    before = row.sheet
    sending = [sent(field, row.sheet) for field in intent.fields]
    row.sheet = answered(
        row.sheet, sending, shown, entity, mapping=mapping.version, position=row.position, creating=not row.known
    ).sheet
    ignored = []
    for field in intent.fields:
        type = entity.fields[field.name].type
        if not type.family and refuses(
            before.cells.get(field.name, EMPTY), field.value, shown.get(field.name, field.value), type
        ):
            ignored.append(field.name)
    read = Read(times.requested, times.received, row.requested, None, row.sheet.created, row.position)
    row.sheet = fold(row.sheet, shown, read, entity, writes_only=mapping.writes_only).sheet
    row.requested = times.requested
    row.updated = None if item.record.updated is None else to_micros(item.record.updated)
    row.body = item.raw
    if len(ignored) == len(intent.fields):
        refuse(work, intent, "ignored_by_vendor", {"fields": ignored})
        return 0
    said = Json(encode_json({"code": "ignored_by_vendor", "data": {"fields": ignored}})) if ignored else None
    work.cur.execute(
        "UPDATE intent SET status = 'confirmed', done_at = %s, error = %s WHERE id = %s",
        (work.at, said, intent.id),
    )
    return len(intent.fields) - len(ignored)


def fail(work: Work, source: Source, failures: Sequence[tuple[Intent, VendorError]]) -> None:
    """Each kind of error means one thing to do next; none of them loses the intent."""
    again: dict[str, list[str]] = defaultdict(list)
    for intent, error in failures:
        match error:
            case Unclear():
                put_back(work, [intent.id], work.at + backoff(intent.attempts) // 2, status="unclear")
            case Rejected():
                refuse(work, intent, error.code, error.data)
                mark_due(work, [(intent.golden_id, intent.entity)])
            case Stale() | Gone():
                work.cur.execute("UPDATE intent SET status = 'void', done_at = %s WHERE id = %s", (work.at, intent.id))
                if intent.external_id is not None:
                    again[intent.object].append(intent.external_id)
                mark_due(work, [(intent.golden_id, intent.entity)])
            case Retry():
                wait = backoff(intent.attempts) if error.after is None else int(error.after * SECOND)
                put_back(work, [intent.id], work.at + wait)
            case _:  # AuthFailed and whatever a plugin invents: the connection has to be put right first
                put_back(work, [intent.id], work.at)
    for ids in again.values():
        records.ask_again(work, source, ids)
