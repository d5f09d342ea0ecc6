"""What was refused, by a vendor or by us: tried again, or dropped by a person. Nothing is forgotten before."""

from __future__ import annotations

from typing import Any

from conflict.cell import unsent
from conflict.columns import part_type
from conflict.sheet import Read, decoded_again
from hub.bulk import Json, decode_json, encode_json
from hub.context import Hub
from hub.delivery.fields import load_fields
from hub.delivery.planning import plan_writes
from hub.intake import quarantine, records
from hub.intake.identity import link
from hub.intake.work import Row, Source, Work, record_key
from hub.session import Session, view_of
from hub.settling import refs, sheets
from hub.settling.due import settle_due
from hub.settling.settle import settle_goldens
from hub.settling.store import mark_due
from hub.words import Problem
from mappings.canonical import Entity
from mappings.mapping import Decoded, Mapping
from mappings.strict_json import BadJson, load_json
from mappings.types import Type

WRITE, VALUE = "write", "value"
"""`write-12`: a write that a vendor refused; `value-7`: a value or a whole row that we could not accept."""


def retry(hub: Hub, id: str) -> str:
    """Returns what became of it: planned, accepted, refused, or later (read again at the next sync). Raises `Problem`."""
    kind, number = _split(id)
    session = Session(hub, view_of(hub))
    outcome: str = session.write(lambda work: (_retry_write if kind == WRITE else _retry_value)(work, id, number))
    settle_due(session)
    return outcome


def drop(hub: Hub, id: str, *, by: str) -> None:
    """It is not listed any more; the same value is not sent, or asked about, again. Raises `Problem`."""
    kind, number = _split(id)

    def inside(work: Work) -> None:
        if kind == WRITE:
            mark = Json(encode_json({"dropped": {"by": by, "at": work.at}}))
            work.cur.execute(
                "UPDATE intent SET error = coalesce(error, '{}') || %s WHERE id = %s AND status = 'refused' AND NOT coalesce(error ? 'dropped', false)",
                (mark, number),
            )
        else:
            work.cur.execute("UPDATE quarantine SET gone_at = %s WHERE id = %s AND gone_at IS NULL", (work.at, number))
        if work.cur.rowcount == 0:
            raise Problem("refusal_unknown", id=id)

    Session(hub, view_of(hub)).write(inside)


def _split(id: str) -> tuple[str, int]:
    kind, _, number = id.partition("-")
    if kind not in (WRITE, VALUE) or not number.isdecimal() or not number.isascii() or len(number) > 18:
        raise Problem("refusal_unknown", id=id)
    return kind, int(number)


def _retry_write(work: Work, id: str, number: int) -> str:
    """The refusal is void, so that the value may be planned again if it is still due."""
    work.cur.execute(
        "UPDATE intent SET status = 'void', done_at = %s WHERE id = %s AND status = 'refused' RETURNING golden_id, entity, record_id, fields",
        (work.at, number),
    )
    found = work.cur.fetchone()
    if found is None:
        raise Problem("refusal_unknown", id=id)
    golden_id, entity, record_id, fields = found
    _forget_sent(work, entity, record_id, fields)
    mark_due(work, [(golden_id, entity)])
    return "planned"


def _forget_sent(work: Work, entity: str, record_id: int | None, fields: str) -> None:
    """What the vendor ignored counts as never sent, what it put back as never come back: else no plan would send it again."""
    work.cur.execute("SELECT connection, object, external_id, sheet FROM record WHERE id = %s FOR UPDATE", (record_id,))
    row = work.cur.fetchone()
    if row is None:
        return
    sheet = sheets.load(decode_json(row[3]), record_key(*row[:3]), entity, work.view)
    model = work.view.entities[entity]
    tried = {key for field in load_fields(fields, model) for key in field.marks}
    cells = {key: unsent(cell, _type(model, key)) if key in tried else cell for key, cell in sheet.cells.items()}
    returns = tuple(each for each in sheet.returns if each.cell not in tried)
    if (cells, returns) != (sheet.cells, sheet.returns):
        text = sheets.dump(sheet._replace(cells=cells, returns=returns), work.view)
        work.cur.execute("UPDATE record SET sheet = %s WHERE id = %s", (text, record_id))


def _type(entity: Entity, key: str) -> Type:
    type = entity.fields[key.partition(":")[0]].type
    return part_type(type) if ":" in key else type


def _retry_value(work: Work, id: str, number: int) -> str:
    work.cur.execute(
        "SELECT connection, object, external_id, field FROM quarantine WHERE id = %s AND gone_at IS NULL FOR UPDATE", (number,)
    )
    found = work.cur.fetchone()
    if found is None:
        raise Problem("refusal_unknown", id=id)
    connection, object, external_id, _ = found
    source, mapping = Source(connection, object), work.view.mapping(connection, object)
    known, _ = records.lock(work, source, [external_id], mapping)
    row = known.get(external_id)
    body = None if row is None else _body(work, row)
    if row is None or mapping is None or body is None:
        return _read_again(work, source, external_id)
    decoded = mapping.decode(body)
    entries = [(external_id, bad.field, bad.code, dict(bad.data), quarantine.raw_bytes(bad.raw)) for bad in decoded.refused]
    quarantine.replace(work, connection, object, [external_id], entries, mapping.version)
    _take_again(work, row, body, decoded, mapping)
    work.cur.execute("SELECT 1 FROM quarantine WHERE id = %s AND gone_at IS NULL", (number,))
    return "accepted" if work.cur.fetchone() is None else "refused"


def _read_again(work: Work, source: Source, external_id: str) -> str:
    """A row refused whole has no record yet: its source is asked once more."""
    if external_id.startswith("?"):
        raise Problem("nothing_to_retry", connection=source.connection, object=source.object)
    records.ask_again(work, source, [external_id])
    return "later"


def _body(work: Work, row: Row) -> dict[str, Any] | None:
    work.cur.execute("SELECT body FROM payload WHERE position = %s", (row.position,))
    found = work.cur.fetchone()
    try:
        return None if found is None or found[0] is None else load_json(bytes(found[0]))
    except BadJson:
        return None


def _take_again(work: Work, row: Row, body: dict[str, Any], decoded: Decoded, mapping: Mapping) -> None:
    """Stamps and covers stay: nothing was observed, only understood better."""
    entity = work.view.entities[mapping.entity]
    read = Read(row.requested, row.requested, updated=None, created=row.sheet.created, position=row.position)
    row.sheet = decoded_again(row.sheet, decoded.values, read, entity).sheet
    row.keys = records.own_keys(row, decoded, body, mapping)
    relink = records.save_keys(work, mapping.entity, [row])
    linked = link(work, mapping.entity, relink, work.view.many(mapping.entity)) if relink else None
    work.cur.execute(
        "UPDATE record SET sheet = %s, mapping = %s WHERE id = %s", (sheets.dump(row.sheet, work.view), mapping.version, row.id)
    )
    refs.store(work.cur, [row], entity)
    touched = {row.golden_id} if row.golden_id is not None else set[str]()
    moved: set[str] = set()
    if linked is not None:
        touched |= linked.touched
        moved = {row.key} | (records.withdraw_cut(work, linked, {row.id: row}) if linked.moved else set())
    settling = settle_goldens(work, mapping.entity, touched, {row.id: row}, moved)
    plan_writes(work, entity, settling)
