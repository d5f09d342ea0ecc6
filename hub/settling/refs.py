"""References: external ids resolved through links, who waits for whom, and the way back to a destination's own ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from conflict.claim import Cell
from conflict.sheet import Sheet
from hub.bulk import Cursor
from hub.intake.work import Row, record_key, split_key
from mappings.canonical import Entity
from mappings.rollups import ref_entities
from mappings.values import BY_KEY, RefValue

Resolve = Callable[[str, RefValue], str | None]


def target(key: str, ref: RefValue, entity: str) -> str:
    """What a reference of the record `key` points at, as `record_ref` stores it: a record key, or `key:entity:exact key`."""
    if ref.object == BY_KEY:
        return f"{BY_KEY}:{entity}:{ref.id}"
    return record_key(key.partition(":")[0], ref.object, ref.id)


_referring = cache(ref_entities)


@cache
def _families(entity: Entity) -> tuple[str, ...]:
    """How the cell keys of sets of references begin."""
    return tuple(f"{name}:" for name in _referring(entity) if entity.fields[name].type.family)


def targets(sheet: Sheet, entity: Entity) -> set[str]:
    """Everything that a record points at: by its own values, and by what we wrote there."""
    wanted = _referring(entity)
    out: set[str] = set()
    families = _families(entity)
    keys = [name for name in wanted if name in sheet.cells]
    keys += [key for key in sheet.cells if key.startswith(families)] if families else []
    for key in keys:
        name, _, member = key.partition(":")
        type: Any = entity.fields[name].type
        held = type.gather({member: True}) if member else _values(sheet.cells[key])
        out.update(target(sheet.key, value, wanted[name]) for value in held if isinstance(value, RefValue))
    return out


def _values(cell: Cell) -> tuple[Any, ...]:
    own, echo = cell
    return (*(() if own is None else (own.value,)), *(() if echo is None else (echo.held, echo.sent)))


def _nothing(key: str, ref: RefValue) -> None:
    """Of entities that refer to nobody."""
    del key, ref


def resolver(cur: Cursor, entity: Entity, sheets: Iterable[Sheet], rows: Mapping[int, Row]) -> Resolve:
    """Looks all references of `sheets` up at once."""
    wanted = _referring(entity)
    if not wanted:
        return _nothing
    names = {name for sheet in sheets for name in targets(sheet, entity)}
    found = look_up(cur, names, rows)
    kinds = frozenset(wanted.values())

    def resolve(key: str, ref: RefValue) -> str | None:
        for kind in kinds:
            if (hit := found.get(target(key, ref, kind))) is not None:
                return hit
        return None

    return resolve


def look_up(cur: Cursor, names: Iterable[str], rows: Mapping[int, Row]) -> dict[str, str]:
    """Golden ids of living records by target name. Records of this transaction count."""
    names = set(names)
    found = {row.key: row.golden_id for row in rows.values() if row.key in names and row.golden_id is not None}
    plain = [split_key(name) for name in names - found.keys() if not name.startswith(f"{BY_KEY}:")]
    if plain:
        cur.execute(
            "SELECT r.connection || ':' || r.object || ':' || r.external_id, r.golden_id FROM record r"
            " JOIN unnest(%s::text[], %s::text[], %s::text[]) AS w(c, o, e) ON r.connection = w.c AND r.object = w.o AND r.external_id = w.e"
            " WHERE r.golden_id IS NOT NULL",
            tuple(list(column) for column in zip(*plain, strict=True)),
        )
        found.update(cur.fetchall())
    by_key = [name.split(":", 2)[1:] for name in names if name.startswith(f"{BY_KEY}:")]
    if by_key:
        cur.execute(
            "SELECT 'key:' || k.entity || ':' || k.key, min(r.golden_id) FROM record_key k JOIN record r ON r.id = k.record_id"
            " JOIN unnest(%s::text[], %s::text[]) AS w(e, k) ON k.entity = w.e AND k.key = w.k"
            " WHERE r.golden_id IS NOT NULL AND r.deleted IS NULL GROUP BY 1 HAVING count(DISTINCT r.golden_id) = 1",
            ([entity for entity, _ in by_key], [key for _, key in by_key]),
        )
        found.update(cur.fetchall())
    return found


def store(cur: Cursor, rows: Iterable[Row], entity: Entity) -> None:
    """Keeps `record_ref` in step with the records of this transaction."""
    if not _referring(entity):
        return
    rows = list(rows)
    known = [row.id for row in rows if row.known]
    if known:
        cur.execute("DELETE FROM record_ref WHERE record_id = ANY(%s)", (known,))
    pairs = [(row.id, name) for row in rows for name in sorted(targets(row.sheet, entity))]
    if pairs:
        cur.execute(
            "INSERT INTO record_ref (record_id, target) SELECT * FROM unnest(%s::int8[], %s::text[]) ON CONFLICT DO NOTHING",
            ([id for id, _ in pairs], [name for _, name in pairs]),
        )


def waiting_for(cur: Cursor, names: Iterable[str]) -> list[tuple[str, str]]:
    """(golden id, entity) of those whose records point at one of `names`."""
    cur.execute(
        "SELECT DISTINCT r.golden_id, r.entity FROM record_ref f JOIN record r ON r.id = f.record_id"
        " WHERE f.target = ANY(%s) AND r.golden_id IS NOT NULL",
        (sorted(names),),
    )
    return cur.fetchall()
