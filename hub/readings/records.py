"""Golden records as people and programs read them: agreed values, what is contested, and the records that are linked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection as Database

from hub.context import Hub
from hub.readings.rows import fetch, stream
from hub.words import Problem
from mappings.canonical import Entity
from mappings.readings import read
from mappings.scalars import nearest

LINKS = (
    "(SELECT coalesce(jsonb_agg(jsonb_build_array(r.connection, r.object, r.external_id)"
    ' ORDER BY r.connection COLLATE "C", r.object COLLATE "C", r.external_id COLLATE "C"), \'[]\')'
    " FROM record r WHERE r.golden_id = g.id AND r.deleted IS NULL)"
)
_RECORD = f"SELECT g.id, g.entity, g.values, {LINKS}, g.contested FROM golden g"  # noqa: S608  # our own constant


def records(hub: Hub, database: Database, entity: str, query: str | None = None) -> Iterator[dict[str, Any]]:
    """In the order of their smallest record keys. `query`: text that some value contains, in any case of letters."""
    model = entity_of(hub, entity)
    condition, values = "", [entity]
    if query is not None:
        condition = " AND EXISTS (SELECT 1 FROM jsonb_each_text(g.values) AS v WHERE v.value ILIKE %s)"
        values.append(f"%{_literally(query)}%")
    found = stream(
        database, f'{_RECORD} WHERE g.entity = %s AND g.records > 0{condition} ORDER BY g.smallest COLLATE "C"', values
    )
    return (_line(model, row) for row in found)


def show(hub: Hub, database: Database, entity: str, id: str) -> dict[str, Any]:
    """One record. Raises `Problem`."""
    [row] = fetch(database, f"{_RECORD} WHERE g.id = %s", [find(hub, database, entity, id)])
    return _line(entity_of(hub, entity), row)


def find(hub: Hub, database: Database, entity: str, id: str) -> str:
    """The golden id that `id` names: a golden id, one that it had before, or CONNECTION:OBJECT:EXTERNAL_ID. Raises `Problem`."""
    entity_of(hub, entity)
    if id.count(":") >= 2:
        connection, object, external = id.split(":", 2)
        query = "SELECT golden_id FROM record WHERE connection = %s AND object = %s AND external_id = %s AND entity = %s AND golden_id IS NOT NULL"
        found = fetch(database, query, [connection, object, external, entity])
    else:
        query = "SELECT id FROM golden WHERE id = coalesce((SELECT golden_id FROM alias WHERE old = %s), %s) AND entity = %s"
        found = fetch(database, query, [id, id, entity])
    if not found:
        raise Problem("record_unknown", entity=entity, id=id)
    return str(found[0][0])


def entity_of(hub: Hub, name: str) -> Entity:
    """Raises `Problem`."""
    known = hub.catalog.entities
    if name not in known:
        raise Problem("entity_unknown", entity=name, nearest=nearest(name, known) or ", ".join(known))
    return known[name]


def _line(entity: Entity, row: tuple[Any, ...]) -> dict[str, Any]:
    id, name, values, links, contested = row
    return {
        "id": id,
        "entity": name,
        "values": with_readings(entity, values),
        "links": [{"connection": connection, "object": object, "id": external} for connection, object, external in links],
        "contested": sorted(contested),
    }


def with_readings(entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values and what is computed from them, in the order in which people see fields."""
    out = {}
    for name, field in entity.fields.items():
        if name in values:
            out[name] = values[name]
        elif field.reading is not None and field.reading in values:
            out[name] = read(field, values)
    return out


def _literally(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
