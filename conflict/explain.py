"""Why is this value here: a verdict with all that the records say of the field, as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from conflict.cell import spoken
from conflict.claim import GOLDEN, NEVER, Cell, Own, is_record
from conflict.columns import Resolve, columns_of
from conflict.rules import BoundRules
from conflict.settle import NOTHING_SEEN, Settled, State
from conflict.sheet import Sheet
from conflict.strategies import Reason
from mappings.canonical import Entity


class Said(NamedTuple):
    """What one record, a steward or the golden record says. `after`, `at` in microseconds; None where nothing was observed.

    `position`: of the observation, decision or write in the log: raw value, run and actor are looked up there.
    `corrected`: the position of our write that answered this claim, so that it is silent; None while it speaks.
    """

    connection: str
    record: str
    value: Any
    after: int | None
    at: int | None
    position: int | None
    corrected: int | None = None


class Explanation(NamedTuple):
    """`field` is a cell key: members of families are explained one by one."""

    field: str
    state: State
    value: Any
    reason: Reason
    rule: str
    version: str
    winner: Said | None
    others: tuple[Said, ...]


def explain(
    entity: Entity, rules: BoundRules, settled: Settled, sheets: Iterable[Sheet], *, resolve: Resolve | None = None
) -> dict[str, Explanation]:
    """Every field that has a verdict or of which a record says something, by cell key."""
    columns = columns_of(entity, sheets, resolve)
    table = rules.table(entity)
    found = {}
    for key in sorted({*columns, *settled.verdicts}):
        name = key.partition(":")[0]
        verdict = settled.verdicts.get(key, settled.verdicts.get(name, NOTHING_SEEN))
        said = [_said(sheet, cell, cell.own) for sheet, cell in columns.get(key, ()) if cell.own is not None]
        winner = next((each for each in said if each.record == verdict.winner), None)
        others = tuple(each for each in said if each is not winner)
        if winner is None and verdict.winner is not None:
            winner = _elsewhere(verdict.winner, verdict.value)
        found[key] = Explanation(
            key, verdict.state, verdict.value, verdict.reason, table[name].rule.name, rules.version, winner, others
        )
    return found


def _said(sheet: Sheet, cell: Cell, own: Own) -> Said:
    corrected = cell.echo.position if cell.echo is not None and spoken(cell) is None else None
    after = None if own.after == NEVER else own.after
    return Said(sheet.connection, sheet.key, own.value, after, own.at, own.position, corrected)


def _elsewhere(winner: str, value: Any) -> Said:
    """A winner that no linked record says any more: a steward, the golden children, or a record that is gone."""
    if is_record(winner) or winner == GOLDEN:
        return Said(winner.partition(":")[0], winner, value, None, None, None)
    return Said("steward", winner, value, None, None, int(winner.partition(":")[2]))
