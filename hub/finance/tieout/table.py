"""A report as the rows of a CSV file: a header block, a line for each account and currency, each subscription with its formula and each
item, totals that foot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from hub.finance.csv import Amount, Cell
from hub.finance.outcome import Outcome, Step
from hub.finance.snapshots.differences import Adjustment
from hub.finance.tieout.inputs import TEST, Source, Subscription, Version, instant
from hub.finance.tieout.report import Report, Total
from hub.finance.tieout.rows import Row, priced

COLUMNS = ("line", "account", "name", "billing_customers", "currency", "billing")
DRILLED = ("subscription", "item", "arr", "exact", "code", "read_at", "sha256", "formula")


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the figures: who took the report, and what somebody answers for. `paper`: a formula in words."""

    by: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    paper: Callable[[list[Step]], Iterable[str]] = lambda _: ()


def table(report: Report, beside: Beside = Beside()) -> Iterator[list[Cell]]:
    """An empty line parts the header block from the table; `line` says what a line is: row, at_zero, subscription, item or total.

    The `arr` of a row's subscriptions add up to its `billing`. `read_at`, `sha256`: of the vendor's bytes that it was computed from.
    """
    yield from _header(report, beside)
    yield []
    sides = list(report.inputs.sides)
    told = [each for side in sides for each in (side, f"{side}_difference", f"{side}_class", f"{side}_reason")]
    yield [*COLUMNS, *told, *DRILLED]
    for kind, rows in (("row", report.rows), ("at_zero", report.at_zero)):
        yield from ([kind, *_row(row)] for row in rows)
    blanks: list[Cell] = [None] * len(told)
    for subscription, version, outcome in priced(report.inputs):
        yield from _drilled(subscription, version, outcome, beside, blanks)
    yield from (["total", *_total(total, currency)] for currency, total in report.totals.items())


def _header(report: Report, beside: Beside) -> Iterator[list[Cell]]:
    inputs = report.inputs
    policy = inputs.policy.identity
    yield ["as_of", instant(inputs.as_of)]
    yield ["known_at", inputs.known_at]
    yield ["by", beside.by]
    yield ["policy", policy["name"], policy["version"], policy["hash"]]
    yield from (["source", *_source(each)] for each in inputs.sources)
    if inputs.test:
        yield ["mode", TEST]
    yield ["complete", "yes" if report.complete else "no"]
    yield ["ties_out", "yes" if report.ties_out else "no"]
    yield ["rows", len(report.rows)]
    tally = report.tally
    yield ["subscriptions", tally.read]
    yield ["counted", tally.counted]
    for word, codes in (("excluded", tally.excluded), ("error", tally.error)):
        for code, count in codes.items():
            yield [word, count, code]
    yield from (["adjustment", *_adjustment(each)] for each in beside.adjustments)


def _source(source: Source) -> list[Cell]:
    counts = [f"{object} {counted.read}" for object, counted in source.objects.items()]
    read_at = "" if source.read_at is None else instant(source.read_at)
    state = "complete" if not source.missing else ", ".join(source.missing)
    return [source.connection, source.role, TEST if source.test else "live", read_at, state, *counts]


def _adjustment(each: Adjustment) -> list[Cell]:
    return [each.account, each.currency, Amount(each.amount, each.currency), instant(each.until), each.reason, each.by]


def _row(row: Row) -> list[Cell]:
    told: list[Cell] = []
    for cell in row.cells.values():
        told += [_amount(cell.value, row.currency), _amount(cell.difference, row.currency), cell.kind, cell.reason]
    customers = " ".join(row.customers)
    return [row.account, row.name, customers, row.currency, _amount(row.billing, row.currency), *told, *_blank(DRILLED)]


def _drilled(
    subscription: Subscription, version: Version, outcome: Outcome, beside: Beside, blanks: list[Cell]
) -> Iterator[list[Cell]]:
    """The subscription; then what each of its items bills a year, before the last rounding, in full, however long."""
    whose: list[Cell] = [subscription.account, None, subscription.customer]
    currency = next(iter(outcome.arr or {}), None)
    amount = None if currency is None or outcome.arr is None else Amount(outcome.arr[currency], currency)
    read: list[Cell] = [outcome.code, instant(version.at), version.hash, " | ".join(beside.paper(outcome.formula))]
    yield ["subscription", *whose, currency, None, *blanks, subscription.id, None, amount, None, *read]
    for step in outcome.formula:
        if step["step"] == "year":
            item: list[Cell] = [str(step["item"]), None, str(step["amount"])]
            yield ["item", *whose, currency, None, *blanks, subscription.id, *item, *_blank(read)]


def _total(total: Total, currency: str) -> list[Cell]:
    told: list[Cell] = []
    for each in total.sides.values():
        told += [_amount(each.value, currency), _amount(each.difference, currency), None, None]
    matching = f"{total.matching} of {total.rows}"
    return [None, matching, None, currency, _amount(total.billing, currency), *told, *_blank(DRILLED)]


def _blank(columns: Iterable[object]) -> list[Cell]:
    return [None for _ in columns]


def _amount(amount: Decimal | None, currency: str) -> Cell:
    return None if amount is None else Amount(amount, currency)
