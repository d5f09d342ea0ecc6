"""The report: rows, totals that foot, every subscription accounted for, and whether it all ties out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from hub.finance.tieout.inputs import Inputs
from hub.finance.tieout.reasons import INCOMPLETE
from hub.finance.tieout.rows import ZERO, Row, join


@dataclass(frozen=True, slots=True)
class Sum:
    """One side in one currency. None: a row is incomplete."""

    value: Decimal
    difference: Decimal | None


@dataclass(frozen=True, slots=True)
class Total:
    """One currency. What is absent adds nothing; one incomplete row, and there is no billing total and no difference."""

    billing: Decimal | None
    sides: Mapping[str, Sum]
    rows: int
    matching: int

    @property
    def ties_out(self) -> bool:
        return self.matching == self.rows and not any(
            each.difference is None or each.difference for each in self.sides.values()
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """Every subscription: counted, excluded by code, or in error by code."""

    read: int
    counted: int
    excluded: Mapping[str, int]
    error: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """A pure function of `inputs`. `at_zero`: rows that are zero everywhere, because nothing there counts."""

    inputs: Inputs
    rows: tuple[Row, ...]
    at_zero: tuple[Row, ...]
    totals: Mapping[str, Total]
    tally: Tally

    @property
    def complete(self) -> bool:
        """Every source was read whole and in time, and there is at least one row."""
        return self.inputs.complete and bool(self.rows)

    @property
    def ties_out(self) -> bool:
        return self.complete and all(total.ties_out for total in self.totals.values())

    @property
    def differing(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.matches)


def tie_out(inputs: Inputs) -> Report:
    joined = join(inputs)
    return Report(inputs, joined.rows, joined.at_zero, _totals(joined.rows, tuple(inputs.sides)), _tally(joined.outcomes))


def _totals(rows: Iterable[Row], sides: tuple[str, ...]) -> dict[str, Total]:
    by_currency: dict[str, list[Row]] = {}
    for row in rows:
        by_currency.setdefault(row.currency, []).append(row)
    return {currency: _total(by_currency[currency], sides) for currency in sorted(by_currency)}


def _total(rows: list[Row], sides: tuple[str, ...]) -> Total:
    whole = all(cell.kind != INCOMPLETE for row in rows for cell in row.cells.values())
    billing = sum((row.billing or ZERO for row in rows), ZERO) if whole else None
    sums = {side: sum((row.cells[side].value or ZERO for row in rows), ZERO) for side in sides}
    totals = {side: Sum(value, None if billing is None else value - billing) for side, value in sums.items()}
    return Total(billing, totals, len(rows), sum(row.matches for row in rows))


def _tally(outcomes: Counter[tuple[str, str]]) -> Tally:
    by: dict[str, dict[str, int]] = {"ok": {}, "excluded": {}, "error": {}}
    for (status, code), count in sorted(outcomes.items()):
        by[status][code] = count
    return Tally(outcomes.total(), sum(by["ok"].values()), by["excluded"], by["error"])
