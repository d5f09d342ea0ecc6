"""The cells of one field across all records that may speak, with references read as golden records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from conflict.claim import Cell
from conflict.sheet import Sheet
from mappings.canonical import Entity
from mappings.types import Ref, RefValue, Type

Resolve = Callable[[str, RefValue], str | None]
Column = list[tuple[Sheet, Cell]]


class Waiting(NamedTuple):
    """A reference to a record that is not linked yet."""

    record: str
    ref: RefValue


def columns_of(entity: Entity, sheets: Iterable[Sheet], resolve: Resolve | None) -> dict[str, Column]:
    """By cell key. Tombstones are silent; followers only have a say in families."""
    columns: dict[str, Column] = {}
    for sheet in sorted(sheets, key=_key):
        if sheet.deleted:
            continue
        cells: Iterable[tuple[str, Cell]] = sheet.cells.items()
        if sheet.follower:
            cells = [(key, cell) for key, cell in cells if ":" in key]
        if resolve is not None and _refers(sheet, entity):
            cells = _resolved(cells, entity, sheet.key, resolve)
        for key, cell in cells:
            column = columns.get(key)
            if column is None:
                columns[key] = [(sheet, cell)]
            else:
                _add(column, sheet, cell)
    return columns


def _refers(sheet: Sheet, entity: Entity) -> bool:
    """Whether the sheet may hold a reference; members of families are not looked through."""
    return any(name in sheet.cells or entity.fields[name].type.family for name in _references(entity))


def _resolved(cells: Iterable[tuple[str, Cell]], entity: Entity, record: str, resolve: Resolve) -> Iterator[tuple[str, Cell]]:
    references = _references(entity)
    for key, cell in cells:
        yield _read(key, cell, record, resolve) if key.partition(":")[0] in references else (key, cell)


def _key(sheet: Sheet) -> str:
    return sheet.key


@cache
def _references(entity: Entity) -> frozenset[str]:
    return frozenset(name for name, field in entity.fields.items() if is_reference(field.type))


def is_reference(type: Any) -> bool:
    return isinstance(type.of if type.family else type, Ref)


def _add(column: Column, sheet: Sheet, cell: Cell) -> None:
    """Two references of one record may mean one golden record: it is referred to as long as one of them is there."""
    if column[-1][0].key != sheet.key:
        column.append((sheet, cell))
    elif cell.own is not None and cell.own.value is not False:
        column[-1] = (sheet, cell)


def _read(key: str, cell: Cell, record: str, resolve: Resolve) -> tuple[str, Cell]:
    name, _, member = key.partition(":")
    if not member:
        return key, _translated(cell, lambda value: golden_of(value, record, resolve))
    ref = member_ref(member)
    golden = resolve(record, ref) if ref is not None else member
    if golden is not None:
        return f"{name}:{golden}", cell
    return key, _translated(cell, lambda value: Waiting(record, ref) if ref is not None else value)


def member_ref(member: str) -> RefValue | None:
    """The reference that a member key of a set of references names."""
    object, slash, id = member.partition("/")
    return RefValue(object, id) if slash else None


def golden_of(value: Any, record: str, resolve: Resolve) -> Any:
    """A golden id for a reference; Waiting if there is none yet. Anything else as it is."""
    if not isinstance(value, RefValue):
        return value
    golden = resolve(record, value)
    return Waiting(record, value) if golden is None else golden


def _translated(cell: Cell, read: Callable[[Any], Any]) -> Cell:
    own, echo = cell
    if own is not None:
        own = own._replace(value=read(own.value), cleared=read(own.cleared))
    if echo is not None:
        echo = echo._replace(held=read(echo.held), sent=read(echo.sent))
    return Cell(own, echo)


def gather(type: Any, members: dict[str, Any]) -> Any:
    """The golden value of a family from its settled members."""
    if is_reference(type):
        return frozenset(member for member, held in members.items() if held is True)
    return type.gather(members)


def part_type(type: Any) -> Type:
    """The type of what one cell of the field holds."""
    return type.member if type.family else type  # type: ignore[no-any-return]  # families are typed by their own class
