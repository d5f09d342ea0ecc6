"""Undo: what a run that takes another run back writes, resolves and excuses. Undo of an undo is the same function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from conflict.cell import cover, normal
from conflict.claim import EMPTY, Cell, steward
from conflict.columns import part_type
from conflict.decisions import Decision
from conflict.settle import NOTHING_SEEN, Settled
from conflict.sheet import Sheet
from mappings.canonical import Entity


class Wrote(NamedTuple):
    """One cell of one record that the run wrote: `before`, what it held until then; `position`, of the echo."""

    record: str
    cell: str
    before: Any
    position: int


class Changed(NamedTuple):
    """One golden value that the run changed, by cell key. `winner`: whose claim the new value was. Blank or absent is None."""

    cell: str
    old: Any
    new: Any
    winner: str


class Back(NamedTuple):
    """A write of the undo: `value` goes to the record; its echo says that `sent` was meant."""

    record: str
    cell: str
    value: Any
    sent: Any


class Undone(NamedTuple):
    """`resolves`: to the old values. `excused`: by record, the cells that cover what is there, without a write.
    `archives`: records that we created and that nobody touched. `moved`: (record key or "", cell key) of what
    changed since, for the conflict queue.
    """

    writes: list[Back]
    resolves: list[Decision]
    excused: dict[str, dict[str, Cell]]
    archives: list[str]
    moved: list[tuple[str, str]]


def undo(
    entity: Entity,
    settled: Settled,
    sheets: Iterable[Sheet],
    *,
    wrote: Iterable[Wrote],
    changed: Iterable[Changed],
    created: Iterable[str] = (),
    position: int,
    mappings: Mapping[str, str],
) -> Undone:
    """The plan of undoing one run on one golden record. `position`: of the undo in the log; `mappings`: versions by record."""
    by_key = {sheet.key: sheet for sheet in sheets}
    plan = Undone([], [], {}, [], [])
    restored: dict[str, Any] = {}
    for each in changed:
        if _still(entity, settled, each):
            restored[each.cell] = each.old
            plan.resolves.append(Decision("resolve", each.cell, each.old, position, _claims(by_key.values(), each.cell)))
        else:
            plan.moved.append(("", each.cell))
    kept = {cell for _, cell in plan.moved}
    for write in wrote:
        cell = by_key[write.record].cells.get(write.cell, EMPTY)
        if write.cell in kept or cell.echo is None or cell.echo.position != write.position:
            plan.moved.append((write.record, write.cell))
        else:
            sent = restored.get(write.cell, cell.echo.sent)
            plan.writes.append(Back(write.record, write.cell, write.before, sent))
    back = {(each.record, each.cell) for each in plan.writes}
    for sheet in by_key.values():
        for key, old in restored.items():
            if (sheet.key, key) not in back and not sheet.deleted and key in sheet.cells:
                covered = cover(sheet.cells[key], old, steward(position), position, mappings[sheet.key])
                plan.excused.setdefault(sheet.key, {})[key] = covered
    plan.archives.extend(key for key in created if all(cell.own is None for cell in by_key[key].cells.values()))
    return plan


def _still(entity: Entity, settled: Settled, change: Changed) -> bool:
    verdict = settled.verdicts.get(change.cell, NOTHING_SEEN)
    type = part_type(entity.fields[change.cell.partition(":")[0]].type)
    return verdict.winner == change.winner and bool(normal(type, verdict.value) == normal(type, change.new))


def _claims(sheets: Iterable[Sheet], key: str) -> frozenset[tuple[str, int]]:
    """Every own claim on the field, covered or not."""
    return frozenset((sheet.key, cell.own.position) for sheet in sheets if (cell := sheet.cells.get(key)) and cell.own)
