"""Plan: what each linked lead record should hold, minus what it holds, kept as one open intent per record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dict
from typing import Any, NamedTuple

from conflict.plan import Due, Refer, due
from conflict.sheet import Sheet
from hub.bulk import Json, copy, encode_json
from hub.delivery import creating
from hub.delivery.fields import dump_fields, same_as_refused
from hub.delivery.gate import gate_open
from hub.intake.work import Work
from hub.settling.batch import Settling
from mappings.canonical import Entity
from mappings.keys import KEY_OF
from mappings.mapping import Mapping
from mappings.rollups import ref_entities
from mappings.values import BY_KEY, RefValue

RETURNED = "put_back"
"""Code of what is not sent because the record put its own value back over it."""
Names = Dict[tuple[str, str], RefValue]
"""By golden id and `connection:`, or the kind of an exact key."""


class Planned(NamedTuple):
    """What is due on one record. No `fields`: whatever was planned there is void."""

    record_id: int
    golden_id: str
    sheet: Sheet
    mapping: Mapping
    fields: Sequence[Due]


def plan_writes(work: Work, entity: Entity, settling: Settling) -> int:
    """Replaces the open intents of all linked records. Whether they may be sent yet is asked when they are claimed (`gate_open`)."""
    receivers = {(connection, object): mapping for connection, object, mapping in work.view.receivers(entity.name)}
    if not receivers:
        return 0
    names = _names(work, entity, settling, receivers)
    found = _due(work, entity, settling, receivers, names)
    _list_returned(work, entity, found)
    found = _to_send(work, found)
    _store(work, entity, found)
    if gate_open(work, entity.name):  # a record that is only not read yet must not be made again
        creating.plan(work, entity, settling, receivers, lambda connection, mapping: _refer(names, connection, mapping))
    return sum(len(item.fields) for item in found)


def due_writes(work: Work, entity: Entity, settling: Settling) -> list[Planned]:
    """What `plan_writes` would write to the records that there are; nothing is stored."""
    receivers = {(connection, object): mapping for connection, object, mapping in work.view.receivers(entity.name)}
    return _to_send(work, _due(work, entity, settling, receivers, _names(work, entity, settling, receivers)))


def _due(
    work: Work,
    entity: Entity,
    settling: Settling,
    receivers: Dict[tuple[str, str], Mapping],
    names: Names,
) -> list[Planned]:
    found = []
    for id, golden in settling.goldens.items():
        if len(golden.sheets) < 2 and not golden.decisions:
            continue  # nobody else speaks: every record holds what it says
        for record_id, sheet in golden.sheets:
            mapping = receivers.get((sheet.connection, sheet.object))
            if mapping is None:
                continue
            fields = due(
                entity,
                work.view.writable(sheet.connection, sheet.object),
                settling.settled[id],
                sheet,
                mapping.version,
                resolve=settling.resolve,
                refer=_refer(names, sheet.connection, mapping),
            )
            found.append(Planned(record_id, id, sheet, mapping, fields))
    return found


def _to_send(work: Work, found: Sequence[Planned]) -> list[Planned]:
    return _without_refused(work, [item._replace(fields=[each for each in item.fields if not each.returned]) for item in found])


def _list_returned(work: Work, entity: Entity, found: Sequence[Planned]) -> None:
    """What a record puts back again and again is listed once, a field each, beside what vendors refused, until it holds something else."""
    back = [item._replace(fields=[each]) for item in found for each in item.fields if each.returned]
    work.cur.execute(
        "UPDATE intent i SET status = 'void', done_at = %s WHERE record_id = ANY(%s) AND status = 'refused' AND error ->> 'code' = %s"
        " AND NOT EXISTS (SELECT 1 FROM unnest(%s::int8[], %s::text[]) AS still (id, field)"
        " WHERE still.id = i.record_id AND still.field = i.error -> 'data' -> 'fields' ->> 0)",
        (
            work.at, [item.record_id for item in found], RETURNED,
            [item.record_id for item in back], [item.fields[0].field for item in back],
        ),
    )  # fmt: skip
    if back:
        listed = _without_refused(work, back)
        _insert(work, [(item, _text(item, entity)) for item in listed if item.fields], why=RETURNED)


def _refer(names: Names, connection: str, mapping: Mapping) -> Refer:
    return lambda golden_id, field: names.get((golden_id, mapping.fields[field].by_key or f"{connection}:"))


def _names(work: Work, entity: Entity, settling: Settling, receivers: Dict[tuple[str, str], Mapping]) -> Names:
    """How those referred to are called: by a connection's own lead, or by their agreed e-mail address or domain."""
    wanted = {
        id for name in ref_entities(entity) for settled in settling.settled.values() for id in _ids(settled.values.get(name))
    }
    if not wanted:
        return {}
    work.cur.execute(
        "SELECT DISTINCT ON (golden_id, connection) golden_id, connection || ':', object, external_id FROM record"
        " WHERE golden_id = ANY(%s) AND deleted IS NULL ORDER BY golden_id, connection, created NULLS FIRST, external_id",
        (sorted(wanted),),
    )
    names = {(golden, connection): RefValue(object, id) for golden, connection, object, id in work.cur.fetchall()}
    kinds = {each.by_key for mapping in receivers.values() for each in mapping.fields.values()} - {None}
    if kinds:
        work.cur.execute(
            "SELECT id, kind, values->>kind FROM golden, unnest(%s::text[]) AS kind WHERE id = ANY(%s) AND values ? kind",
            (sorted(filter(None, kinds)), sorted(wanted)),
        )
        keys = [(golden, kind, KEY_OF[kind](value)) for golden, kind, value in work.cur.fetchall()]
        names.update({(golden, kind): RefValue(BY_KEY, key) for golden, kind, key in keys if key is not None})
    return names


def _ids(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _without_refused(work: Work, found: list[Planned]) -> list[Planned]:
    """A value that the vendor, or our own lens, refused for good is not sent again under the same mapping."""
    ids = [item.record_id for item in found if item.fields]
    if not ids:
        return found
    work.cur.execute(
        "SELECT record_id, mapping, fields FROM intent WHERE record_id = ANY(%s) AND status = 'refused'",
        (ids,),
    )
    refused: dict[int, list[tuple[str, str]]] = {}
    for record_id, mapping, fields in work.cur.fetchall():
        refused.setdefault(record_id, []).append((mapping, fields))
    if not refused:
        return found
    return [_less(item, refused[item.record_id], work) if item.record_id in refused else item for item in found]


def _less(item: Planned, refused: Sequence[tuple[str, str]], work: Work) -> Planned:
    entity = work.view.entities[item.mapping.entity]
    return item._replace(
        fields=[each for each in item.fields if not same_as_refused(each, entity, item.mapping.version, refused)]
    )


def _store(work: Work, entity: Entity, found: Sequence[Planned]) -> None:
    ids = [item.record_id for item in found]
    if not ids:
        return
    work.cur.execute(
        "SELECT record_id, fields, mapping FROM intent WHERE record_id = ANY(%s) AND status = 'planned' FOR UPDATE", (ids,)
    )
    open_ = {record_id: (fields, mapping) for record_id, fields, mapping in work.cur.fetchall()}
    wanted = {item.record_id: (_text(item, entity), item.mapping.version) for item in found if item.fields}
    void = [id for id in open_ if wanted.get(id) != open_[id]]
    if void:
        work.cur.execute(
            "UPDATE intent SET status = 'void', done_at = %s WHERE record_id = ANY(%s) AND status = 'planned'", (work.at, void)
        )
    new = [item for item in found if item.fields and wanted[item.record_id] != open_.get(item.record_id)]
    if new:
        _insert(work, [(item, wanted[item.record_id][0]) for item in new])


def _text(item: Planned, entity: Entity) -> str:
    return encode_json(dump_fields(item.fields, entity)).decode()


def _insert(work: Work, found: Sequence[tuple[Planned, str]], *, why: str | None = None) -> None:
    """With the text of the fields: to be sent; with `why`, refused by us at once."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for item, fields in sorted(found, key=lambda pair: pair[0].record_id):
            said = None if why is None else {"code": why, "data": {"fields": [each.field for each in item.fields]}}
            yield (
                f"concord-{work.hub.chance.token(26)}", item.sheet.connection, item.sheet.object, "update", item.record_id,
                item.golden_id, item.mapping.entity, fields, item.mapping.version, work.run, work.at, work.at,
                *(("planned", None, None) if said is None else ("refused", work.at, Json(encode_json(said)))),
            )  # fmt: skip

    copy(
        work.cur,
        "intent",
        "key, connection, object, verb, record_id, golden_id, entity, fields, mapping, run, planned_at, next_at, status, done_at, error",
        (
            "text",
            "text",
            "text",
            "text",
            "int8",
            "text",
            "text",
            "text",
            "text",
            "int8",
            "int8",
            "int8",
            "text",
            "int8",
            "jsonb",
        ),
        rows(),
    )
