"""Plan: golden values minus what a record holds, field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from conflict.cell import normal
from conflict.claim import EMPTY, Cell
from conflict.columns import Resolve, Waiting, golden_of, is_reference, member_ref
from conflict.settle import Settled
from conflict.sheet import Sheet, flapping, gone_value
from mappings.canonical import Entity
from mappings.types import ABSENT, RefValue, Type

Refer = Callable[[str], RefValue | None]
"""How a golden record is called at the destination; None where it has no record there."""


class Written(Protocol):
    """What plan needs of mappings.mapping.FieldMap."""

    @property
    def way(self) -> str: ...


class Due(NamedTuple):
    """One field to write: the whole value, the cells it was planned on, and whose claim each of them will carry."""

    field: str
    value: Any
    cells: dict[str, Cell]
    origin: dict[str, str]


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
    for name, each in fields.items():
        if each.way in ways and name in settled.values:
            type: Any = entity.fields[name].type
            planned = planner.family(name, type) if type.family else planner.plain(name, type)
            if planned is not None:
                found.append(planned)
    return found


class _Planner:
    """Plans the fields of one record."""

    def __init__(self, settled: Settled, sheet: Sheet, version: str, resolve: Resolve | None, refer: Refer | None) -> None:
        self.settled = settled
        self.sheet = sheet
        self.version = version
        self.resolve = resolve
        self.refer = refer

    def plain(self, name: str, type: Type) -> Due | None:
        golden = self.settled.values[name]
        cell = self.sheet.cells.get(name, EMPTY)
        winner = self.settled.verdicts[name].winner or ""
        if not self.wanted(name, type, golden, cell, winner):
            return None
        value = self.called(golden) if is_reference(type) else golden
        return None if value is ABSENT else Due(name, value, {name: cell}, {name: winner})

    def wanted(self, key: str, type: Type, golden: Any, cell: Cell, winner: str) -> bool:
        """No write is due if the agreed value is what the record holds, or what it was sent under this mapping.

        Nor if the record has put its own value back a second time: only a person's decision is then sent.
        """
        own, echo = cell
        meant = normal(type, golden)
        if meant == self.meant(type, echo.held if echo is not None else ABSENT if own is None else own.value):
            return False
        if echo is not None and echo.mapping == self.version and meant == self.meant(type, echo.sent):
            return False
        return winner.startswith("steward:") or not self.sheet.returns or not flapping(self.sheet, key, type)

    def meant(self, type: Type, value: Any) -> Any:
        if self.resolve is not None and isinstance(value, RefValue):
            value = golden_of(value, self.sheet.key, self.resolve)
            return value if isinstance(value, Waiting) else normal(type, value)
        return normal(type, value)

    def called(self, golden: Any) -> Any:
        """The destination's reference to a golden record; ABSENT if it has no record there, so nothing can be written yet."""
        if golden is None or self.refer is None:
            return golden
        ref = self.refer(golden)
        return ABSENT if ref is None else ref

    def family(self, name: str, type: Any) -> Due | None:
        """The whole family is written if one member is due. Members without an agreed value stay as the record holds them."""
        golden = type.members(self.settled.values[name])
        target: dict[str, Any] = {}
        due: dict[str, Cell] = {}
        origin: dict[str, str] = {}
        for member, told in self._members(name, type, golden).items():
            key, agreed = f"{name}:{member}", f"{name}:{told}"
            cell = self.sheet.cells.get(key, EMPTY)
            verdict = self.settled.verdicts.get(agreed) or self.settled.verdicts.get(name)
            if verdict is None or verdict.winner is None or told is None:
                target[member] = cell.echo.held if cell.echo is not None else cell.own.value if cell.own is not None else None
                continue
            target[member] = golden.get(told, gone_value(type))
            if cell == EMPTY and not _is_there(target[member]):
                continue
            if self.wanted(key, type.member, target[member], cell, verdict.winner):
                due[key], origin[key] = cell, verdict.winner
        return Due(name, type.gather(target), due, origin) if due else None

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
            if id not in found.values() and self.refer is not None and (ref := self.refer(id)) is not None:
                found[f"{ref.object}/{ref.id}"] = id
        return found


def _is_there(member: Any) -> bool:
    return member is not False and member is not None
