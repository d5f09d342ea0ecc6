"""The fields of an intent as they are stored: what is sent, what was there before, and which cells it was planned on."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from typing import Any, NamedTuple

from conflict.cell import held
from conflict.claim import EMPTY, Cell, Own
from conflict.plan import Due
from conflict.sheet import Sent, Sheet
from hub.bulk import decode_json
from mappings.canonical import Entity
from mappings.values import ABSENT

Mark = tuple[int | None, int | None, bool]
"""What tells two states of a cell apart: positions of own claim and echo, and whether the echo covers."""


class Field(NamedTuple):
    """One field to send. `value` canonical (references as the destination calls them); `before` dumped, absent if nothing was held."""

    name: str
    value: Any
    marks: dict[str, Mark]
    origin: dict[str, str]
    before: Any


def mark(cell: Cell) -> Mark:
    return (
        None if cell.own is None else cell.own.position,
        None if cell.echo is None else cell.echo.position,
        cell.echo is not None and cell.echo.covers,
    )


def dump_fields(fields: Sequence[Due], entity: Entity) -> dict[str, Any]:
    """Sorted, so that an equal plan gives equal text."""
    out = {}
    for each in sorted(fields, key=lambda due: due.field):
        type: Any = entity.fields[each.field].type
        before = {
            key: (type.member if type.family else type).dump(value)
            for key, cell in sorted(each.cells.items())
            if (value := held(cell)) is not ABSENT
        }
        out[each.field] = {
            "value": type.dump(each.value),
            "cells": {key: mark(cell) for key, cell in sorted(each.cells.items())},
            "origin": dict(sorted(each.origin.items())),
            "before": before,
        }
    return out


def load_fields(text: str, entity: Entity) -> list[Field]:
    return [
        Field(
            name,
            entity.fields[name].type.load(stored["value"]),
            {key: tuple(each) for key, each in stored["cells"].items()},
            stored["origin"],
            stored["before"],
        )
        for name, stored in decode_json(text).items()
    ]


def unmoved(field: Field, sheet: Sheet) -> bool:
    """Whether the record still is what the write was planned on. A new member of a set would be wiped by the whole that was planned."""
    if any(key not in field.marks for key in sheet.cells if key.startswith(f"{field.name}:")):
        return False
    return all(mark(sheet.cells.get(key, EMPTY)) == tuple(planned) for key, planned in field.marks.items())


_OTHER = Own(None, 0, 0, -1)


def sent(field: Field, sheet: Sheet) -> Sent:
    """For the core: a cell whose own claim moved since the plan is given a base that it cannot equal."""
    cells = {}
    for key, (own, _, _) in field.marks.items():
        now = sheet.cells.get(key, EMPTY)
        cells[key] = now if mark(now)[0] == own else Cell(_OTHER)
    return Sent(field.name, field.value, cells, field.origin)


def same_as_refused(due: Due, entity: Entity, mapping: str, refused: Sequence[tuple[str, str]]) -> bool:
    """Whether the vendor refused this very value of this field for this record, under the present mapping."""
    type = entity.fields[due.field].type
    for version, text in refused:
        stored: Dict[str, Any] = decode_json(text)
        if (
            version == mapping
            and due.field in stored
            and type.normal(type.load(stored[due.field]["value"])) == type.normal(due.value)
        ):
            return True
    return False
