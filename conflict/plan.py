"""Plan: golden values minus what a record holds, field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from conflict.cell import held, normal
from conflict.claim import EMPTY, Cell
from conflict.columns import Resolve, Waiting, golden_of, is_reference, member_ref
from conflict.settle import Settled
from conflict.sheet import Sheet, flapping, gone_value
from mappings.canonical import Entity
from mappings.types import ABSENT, RefValue, Type

Refer = Callable[[str, str], RefValue | None]
"""How a golden record is called at the destination, in this field; None where it cannot be called anything."""


class Written(Protocol):
    """What plan needs of mappings.mapping.FieldMap."""

    @property
    def way(self) -> str: ...


class Due(NamedTuple):
    """One field to write: the whole value, the cells it was planned on, and by cell key whose claim is carried there.

    A family is written whole, so it is planned on all its cells, but only those with an origin become echoes.
    `returned`: the record has put its own value back over this one a second time, so only a person may have it sent again.
    """

    field: str
    value: Any
    cells: dict[str, Cell]
    origin: dict[str, str]
    returned: bool = False


def unmoved(planned: Due, sheet: Sheet) -> bool:
    """Whether the record still is what the write was planned on; of a family, whether it has no new member either."""
    prefix = planned.field + ":"
    return all(sheet.cells.get(key, EMPTY) == cell for key, cell in planned.cells.items()) and all(
        key in planned.cells for key in sheet.cells if key.startswith(prefix)
    )


def due(
    entity: Entity,
    fields: Mapping[str, Written],
    settled: Settled,
    sheet: Sheet,
    mapping_version: str,
    *,
    resolve: Resolve | None = None,
    refer: Refer | None = None,
    creating: bool = False,
) -> list[Due]:
    """What is due to this record. Followers and tombstones receive nothing; nor do fields that are read only.

    For a record to be created hand in an empty sheet and `creating`.
    """
    if sheet.deleted or sheet.follower:
        return []
    planner = _Planner(settled, sheet, mapping_version, resolve, refer)
    ways = ("both", "write", "create") if creating else ("both", "write")
    found = []
    values, cells = settled.values, sheet.cells
    for name, each in fields.items():
        if name in values and each.way in ways and not _shows(cells.get(name, EMPTY), values[name]):
            type: Any = entity.fields[name].type
            found += planner.family(name, type) if type.family else planner.plain(name, type)
    return found


def _shows(cell: Cell, value: Any) -> bool:
    """What is equal means the same: so it is in most fields."""
    own, echo = cell
    now = echo.held if echo is not None else own.value if own is not None else ABSENT
    return now.__class__ is value.__class__ and bool(now == value)


class _Planner:
    """Plans the fields of one record."""

    def __init__(self, settled: Settled, sheet: Sheet, version: str, resolve: Resolve | None, refer: Refer | None) -> None:
        self.settled = settled
        self.sheet = sheet
        self.version = version
        self.resolve = resolve
        self.refer = refer

    def plain(self, name: str, type: Type) -> list[Due]:
        golden = self.settled.values[name]
        cell = self.sheet.cells.get(name, EMPTY)
        winner = self.settled.verdicts[name].winner or ""
        if not self.wanted(type, golden, cell):
            return []
        value = self.called(golden, name) if is_reference(type) else golden
        if value is ABSENT:
            return []
        return [Due(name, value, {name: cell}, {name: winner}, self.returned(name, type, golden, winner))]

    def wanted(self, type: Type, golden: Any, cell: Cell) -> bool:
        """No write is due if the agreed value is what the record holds, or what it was sent under this mapping."""
        now, echo = held(cell), cell.echo
        meant = normal(type, golden)
        if meant == self.meant(type, now):
            return False
        return echo is None or echo.mapping != self.version or meant != self.meant(type, echo.sent)

    def returned(self, key: str, type: Type, golden: Any, winner: str) -> bool:
        """Where a field is contested nothing is due. But a record without a say, or outranked, may put its value back for ever, too."""
        if not self.sheet.returns or winner.startswith("steward:") or not flapping(self.sheet, key, type):
            return False
        meant = normal(type, golden)
        return any(each.cell == key and each.times > 1 and self.meant(type, each.sent) == meant for each in self.sheet.returns)

    def meant(self, type: Type, value: Any) -> Any:
        if self.resolve is not None and isinstance(value, RefValue):
            value = golden_of(value, self.sheet.key, self.resolve)
            return value if isinstance(value, Waiting) else normal(type, value)
        return normal(type, value)

    def called(self, golden: Any, field: str) -> Any:
        """The destination's reference to a golden record; ABSENT if it has none, so nothing can be written yet."""
        if golden is None or self.refer is None:
            return golden
        ref = self.refer(golden, field)
        return ABSENT if ref is None else ref

    def family(self, name: str, type: Any) -> list[Due]:
        """The whole family is written if one member is due. Members that are not stay as the record holds them.

        Members that were put back are due apart from the others.
        """
        golden = type.members(self.settled.values[name])
        target: dict[str, Any] = {}
        base: dict[str, Cell] = {}
        due: dict[bool, dict[str, tuple[Any, str]]] = {False: {}, True: {}}
        for member, told in self._members(name, type, golden).items():
            key = f"{name}:{member}"
            cell = base[key] = self.sheet.cells.get(key, EMPTY)
            now = held(cell)
            target[member] = None if now is ABSENT else now
            verdict = self.settled.verdicts.get(f"{name}:{told}") or self.settled.verdicts.get(name)
            if verdict is None or verdict.winner is None or told is None:
                continue
            agreed = golden.get(told, gone_value(type))
            offered = now is not ABSENT or (type.grows and _is_there(agreed))
            if offered and self.wanted(type.member, agreed, cell):
                due[self.returned(key, type.member, agreed, verdict.winner)][member] = agreed, verdict.winner
        return [
            Due(
                name,
                type.gather(target | {member: agreed for member, (agreed, _) in members.items()}),
                base,
                {f"{name}:{member}": winner for member, (_, winner) in members.items()},
                returned,
            )
            for returned, members in due.items()
            if members
        ]

    def _members(self, name: str, type: Any, golden: Mapping[str, Any]) -> dict[str, str | None]:
        """Member keys at this record, those that are to come included, with the member of the golden value that each means."""
        prefix = name + ":"
        here = [key[len(prefix) :] for key in self.sheet.cells if key.startswith(prefix)]
        if not is_reference(type) or self.resolve is None:
            return {member: member for member in [*here, *golden]}
        found: dict[str, str | None] = {}
        for member in here:
            ref = member_ref(member)
            found[member] = self.resolve(self.sheet.key, ref) if ref is not None else member
        for id in golden:
            if id not in found.values() and self.refer is not None and (ref := self.refer(id, name)) is not None:
                found[f"{ref.object}/{ref.id}"] = id
        return found


def _is_there(member: Any) -> bool:
    return member is not False and member is not None
