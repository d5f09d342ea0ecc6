"""A sheet is what one record says: its cells, folded from its reads and from the answers to our writes."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from conflict.cell import Stamp, acknowledge, held, hold, inherit, observe, withdraw
from conflict.claim import EMPTY, NEVER, Cell, Echo, Own, is_record, make
from mappings.canonical import Entity
from mappings.types import ABSENT, Type

RETURNS_KEPT = 8
"""So many different returned values of one record are remembered."""


class Return(NamedTuple):
    """A value that came back `times` times after we had sent the same golden value."""

    cell: str
    sent: Any
    value: Any
    times: int


class Sheet(NamedTuple):
    """`cells` by cell key: the field's name, or `field:member`. `created` in microseconds, NEVER if unknown.

    `follower`: not the lead of its connection on this golden record. `returns`: values that came back over our writes.
    """

    key: str
    connection: str
    object: str
    id: str
    entity: str
    cells: Mapping[str, Cell]
    created: int = NEVER
    deleted: bool = False
    follower: bool = False
    many: bool = False
    returns: tuple[Return, ...] = ()


class Read(NamedTuple):
    """When and how a record was read; all in the hub's clock, microseconds.

    `proven`: the last instant proven to have shown the old value (last read of the record, or the object's horizon,
    whichever is later, minus the lag); NEVER on first contact. `updated`: the vendor's updated time as an interval.
    """

    requested: int
    received: int
    proven: int = NEVER
    updated: tuple[int, int] | None = None
    created: int = NEVER
    position: int = 0


class Folded(NamedTuple):
    sheet: Sheet
    changed: frozenset[str]


def stamp_of(read: Read) -> Stamp:
    """`(after, at]` of whatever this read shows for the first time.

    The vendor's updated time narrows it from above, unless it contradicts what was proven. It says nothing of one
    field from below: the record may have been updated again elsewhere.
    """
    at = read.received
    if read.updated is not None and read.proven < read.updated[1] < at and read.created <= read.updated[1]:
        at = read.updated[1]
    if read.proven != NEVER:
        return Stamp(min(read.proven, at - 1), at, read.position, first=False)
    after = min(read.created, at - 1) if read.created <= at else NEVER
    return Stamp(after, at, read.position, first=True)


def fold(
    sheet: Sheet, values: Mapping[str, Any], read: Read, entity: Entity, *, writes_only: Container[str] = frozenset()
) -> Folded:
    """The sheet after a read. A value that means what the record holds changes nothing."""
    stamp = stamp_of(read)
    after, at, position, first = stamp
    cells = dict(sheet.cells)
    returns = sheet.returns
    changed = []
    fields = entity.fields
    for name, value in values.items():
        whole = fields[name].type
        if not whole.family and name not in cells and name not in writes_only:
            cells[name] = make(Cell, (make(Own, (value, after, at, position, first, None)), None))
            changed.append(name)
            continue
        for key, type, part in _members(cells, name, whole, value) if whole.family else ((name, whole, value),):
            before = cells.get(key, EMPTY)
            new = hold(before, part, position, type) if name in writes_only else observe(before, part, stamp, type)
            if new is not before:
                cells[key] = new
                changed.append(key)
                returns = _returned(returns, key, before, part, type)
    if not changed:
        return Folded(sheet, frozenset())
    created = sheet.created if sheet.created != NEVER else read.created
    return Folded(sheet._replace(cells=cells, created=created, returns=returns), frozenset(changed))


def _members(cells: Mapping[str, Cell], name: str, type: Any, value: Any) -> Iterator[tuple[str, Type, Any]]:
    """The members that are there, and those that are gone: a member never seen in this record is not claimed to be missing.

    A map's member that is gone (ABSENT) says nothing any more: the vendor took the topic away, no person did.
    """
    members = type.members(value)
    gone = gone_value(type) if type.grows else ABSENT
    prefix = name + ":"
    for key in [key for key in cells if key.startswith(prefix)]:
        if key[len(prefix) :] not in members:
            yield key, type.member, gone
    for member, each in members.items():
        yield prefix + member, type.member, each


def gone_value(type: Type) -> bool | None:
    """What the cell of a member says when the member is gone."""
    return False if type.name == "set" else None


def _returned(returns: tuple[Return, ...], key: str, old: Cell, value: Any, type: Type) -> tuple[Return, ...]:
    """Remembers that `value` came back although we had sent something else."""
    if old.echo is None or old.echo.mapping == "" or value is ABSENT:
        return returns
    sent, now = type.normal(old.echo.sent), type.normal(value)
    count = 1
    kept = []
    for each in returns:
        if each.cell == key and type.normal(each.sent) == sent and type.normal(each.value) == now:
            count += each.times
        else:
            kept.append(each)
    kept.append(Return(key, old.echo.sent, value, count))
    mine = [each for each in kept if each.cell == key]
    if len(mine) > RETURNS_KEPT:
        kept.remove(mine[0])
    return tuple(kept)


def flapping(sheet: Sheet, key: str, type: Type) -> bool:
    """Whether what the record says there came back a second time over the same golden value."""
    for each in sheet.returns:
        if each.cell == key and each.times >= 2:
            now = held(sheet.cells.get(key, EMPTY))
            if now is not ABSENT and type.normal(now) == type.normal(each.value):
                return True
    return False


class Sent(NamedTuple):
    """One field that we wrote: the value, the cells it was planned on, and by cell key whose claim was carried there."""

    field: str
    value: Any
    cells: Mapping[str, Cell]
    origin: Mapping[str, str]


def answered(
    sheet: Sheet,
    sent: Iterable[Sent],
    values: Mapping[str, Any],
    entity: Entity,
    *,
    mapping: str,
    position: int,
    creating: bool = False,
) -> Folded:
    """The sheet after the vendor's answer to our write. `values`: the answer, decoded.

    A field that the answer does not show counts as stored as sent. What else the answer shows is held, not claimed, when
    the write created the record; otherwise fold the answer as a read, afterwards.
    """
    cells = dict(sheet.cells)
    written = set()
    for each in sent:
        type: Any = entity.fields[each.field].type
        stored = values.get(each.field, each.value)
        for key, origin in each.origin.items():
            of = type.member if type.family else type
            shown, meant = _part(type, key, stored), _part(type, key, each.value)
            echo = Echo(shown, meant, mapping, origin, position, covers=True)
            cells[key] = acknowledge(cells.get(key, EMPTY), each.cells[key].own, echo, type.member if type.family else type)
            written.add(key)
    if creating:
        for name, value in values.items():
            type = entity.fields[name].type
            for key, of, part in _members(cells, name, type, value) if type.family else [(name, type, value)]:
                if key not in written:
                    cells[key] = hold(cells.get(key, EMPTY), part, position, of)
                    written.add(key)
    return Folded(sheet._replace(cells=cells), frozenset(written))


def _part(type: Any, key: str, value: Any) -> Any:
    """The value of one cell: of a family, what it says of that member."""
    if not type.family:
        return value
    return type.members(value).get(key.partition(":")[2], gone_value(type))


def withdrawn(sheet: Sheet, linked: Container[str]) -> Sheet:
    """The sheet after links changed: echoes whose origin is a record that is not `linked` any more are withdrawn.

    A deleted record counts as linked: its last word, written elsewhere, goes on speaking.
    """

    def stays(cell: Cell) -> bool:
        return cell.echo is None or not is_record(cell.echo.origin) or cell.echo.origin in linked

    return sheet._replace(cells={key: cell if stays(cell) else withdraw(cell) for key, cell in sheet.cells.items()})


def merged(survivor: Sheet, loser: Sheet, values: Mapping[str, Any], entity: Entity) -> Sheet:
    """A vendor merge: the survivor inherits the cells that hold what the merged record now shows. Fold its read afterwards."""
    cells = dict(survivor.cells)
    for key, cell in loser.cells.items():
        name = key.partition(":")[0]
        type: Any = entity.fields[name].type
        shown = _part(type, key, values[name]) if name in values else ABSENT
        cells[key] = inherit(cells.get(key, EMPTY), cell, shown, type.member if type.family else type)
    created = min((each.created for each in (survivor, loser) if each.created != NEVER), default=NEVER)
    return survivor._replace(cells=cells, created=created, returns=survivor.returns + loser.returns)


def decoded_again(sheet: Sheet, values: Mapping[str, Any], read: Read, entity: Entity) -> Folded:
    """A new mapping over the kept raw record: values change, stamps and covers stay, nothing is observed.

    `read` is how that raw record was read; a field that the old mapping did not know dates from the record's first read.
    """
    first = stamp_of(read._replace(proven=NEVER))
    cells = dict(sheet.cells)
    for name, value in values.items():
        type: Any = entity.fields[name].type
        parts = _members(cells, name, type, value) if type.family else iter([(name, type, value)])
        for key, _, part in list(parts):
            cells[key] = _spelled(cells.get(key), part, first)
    changed = frozenset(key for key, cell in cells.items() if cell != sheet.cells.get(key))
    return Folded(sheet._replace(cells=cells) if changed else sheet, changed)


def _spelled(cell: Cell | None, value: Any, first: Stamp) -> Cell:
    if value is ABSENT:
        return EMPTY
    if cell is None or cell == EMPTY:
        return Cell(Own(value, *first))
    if cell.echo is not None:
        return Cell(cell.own, cell.echo._replace(held=value))
    return cell if cell.own is None else Cell(cell.own._replace(value=value))
