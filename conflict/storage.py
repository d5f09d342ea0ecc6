"""Sheets as compact JSON: cells that share a stamp are stored together, so a first read stores one stamp."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from conflict.claim import EMPTY, NEVER, Cell, Echo, Own, make
from conflict.columns import part_type
from conflict.sheet import Return, Sheet
from mappings.canonical import Entity
from mappings.types import Type

Json = Any
Parts = tuple[dict[str, Json], dict[str, Json]]


def dump(sheet: Sheet, entity: Entity) -> Json:
    """What `load` reads back; key, connection, object, id and follower are stored beside it by the caller."""
    stored: dict[str, Json] = dump_cells(sheet.cells, entity)
    if sheet.created != NEVER:
        stored["created"] = sheet.created
    if sheet.deleted:
        stored["deleted"] = True
    if sheet.returns:
        stored["returns"] = [_dump_return(each, entity) for each in sheet.returns]
    return stored


def load(json: Json, entity: Entity, *, key: str, connection: str, object: str, id: str, **more: bool) -> Sheet:
    """A sheet from its JSON and from what names it; `more`: `follower`, `many`."""
    return Sheet(
        key,
        connection,
        object,
        id,
        entity.name,
        load_cells(json, entity),
        created=json.get("created", NEVER),
        deleted=json.get("deleted", False),
        returns=tuple(_load_return(each, entity) for each in json.get("returns", ())),
        **more,
    )


def dump_cells(cells: Mapping[str, Cell], entity: Entity) -> dict[str, Json]:
    """`own`: [[after, at, position, first, {cell key: value}, {cell key: cleared}]]; `echo`: [[mapping, origin, position,
    covers, {cell key: held}, {cell key: sent}]], where `sent` lists only what differs from `held`; `empty`: cell keys.
    """
    own: dict[Any, Parts] = {}
    echo: dict[Any, Parts] = {}
    shared: Any = None
    types = _types(entity)
    for key, (claim, written) in cells.items():
        type = types.get(key) or types[key.partition(":")[0]]
        if claim is not None:
            if claim[1:5] != shared:  # most claims of a record are as old as each other
                shared = claim[1:5]
                values, cleared = own.setdefault(shared, ({}, {}))
            values[key] = claim[0] if type.native else type.dump(claim[0])
            if claim[5] is not None:
                cleared[key] = type.dump(claim[5])
        if written is not None:
            held, sent = echo.setdefault(written[2:], ({}, {}))
            held[key], meant = type.dump(written.held), type.dump(written.sent)
            if meant != held[key] or meant.__class__ is not held[key].__class__:
                sent[key] = meant
    stored: dict[str, Json] = {
        name: [[*shared, *(parts if parts[1] else parts[:1])] for shared, parts in found.items()]
        for name, found in (("own", own), ("echo", echo))
        if found
    }
    if empty := [key for key, (claim, written) in cells.items() if claim is None and written is None]:
        stored["empty"] = empty
    return stored


def load_cells(json: Json, entity: Entity) -> dict[str, Cell]:
    cells = dict.fromkeys(json.get("empty", ()), EMPTY)
    types = _types(entity)
    for after, at, position, first, values, *rest in json.get("own", ()):
        cleared = rest[0] if rest else {}
        for key, value in values.items():
            type = types.get(key) or types[key.partition(":")[0]]
            was = type.load(cleared[key]) if key in cleared else None
            own = make(Own, (value if type.native else type.load(value), after, at, position, first, was))
            cells[key] = make(Cell, (own, None))
    for mapping, origin, position, covers, held, *rest in json.get("echo", ()):
        sent = rest[0] if rest else {}
        for key, value in held.items():
            type = _type(entity, key)
            echo = Echo(type.load(value), type.load(sent.get(key, value)), mapping, origin, position, covers)
            cells[key] = Cell(cells.get(key, EMPTY).own, echo)
    return cells


def _type(entity: Entity, key: str) -> Type:
    types = _types(entity)
    return types[key] if key in types else types[key.partition(":")[0]]


@cache
def _types(entity: Entity) -> dict[str, Type]:
    """What one cell of each field holds."""
    return {name: part_type(field.type) for name, field in entity.fields.items()}


def _dump_return(each: Return, entity: Entity) -> Json:
    type = _type(entity, each.cell)
    return [each.cell, type.dump(each.sent), type.dump(each.value), each.times]


def _load_return(json: Json, entity: Entity) -> Return:
    type = _type(entity, json[0])
    return Return(json[0], type.load(json[1]), type.load(json[2]), json[3])
