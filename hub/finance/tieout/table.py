"""A report as the rows of a CSV file: a header block, a line for each account and currency, a line for each item, totals that foot."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hub.finance.csv import Amount, Cell
from hub.finance.outcome import Outcome
from hub.finance.tieout.inputs import Source, Subscription, instant
from hub.finance.tieout.report import Report, Total
from hub.finance.tieout.rows import Row, priced

TEST = "TEST"


def table(report: Report) -> Iterator[list[Cell]]:
    """An empty line parts the header block from the table; `line` says what a line is: row, at_zero, item or total."""
    yield from _header(report)
    yield []
    sides = list(report.inputs.sides)
    told = [each for side in sides for each in (side, f"{side}_difference", f"{side}_class", f"{side}_reason")]
    yield ["line", "account", "name", "billing_customers", "currency", "billing", *told, "subscription", "item", "exact"]
    for kind, rows in (("row", report.rows), ("at_zero", report.at_zero)):
        yield from ([kind, *_row(row)] for row in rows)
    for subscription, outcome in priced(report.inputs):
        yield from _items(subscription, outcome, 4 * len(sides))
    yield from (["total", *_total(total, currency)] for currency, total in report.totals.items())


def _header(report: Report) -> Iterator[list[Cell]]:
    inputs = report.inputs
    policy = inputs.policy.identity
    yield ["as_of", instant(inputs.as_of)]
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


def _source(source: Source) -> list[Cell]:
    counts = [f"{object} {counted.read}" for object, counted in source.objects.items()]
    read_at = "" if source.read_at is None else instant(source.read_at)
    return [source.connection, source.role, read_at, "complete" if not source.missing else ", ".join(source.missing), *counts]


def _row(row: Row) -> list[Cell]:
    told: list[Cell] = []
    for cell in row.cells.values():
        told += [_amount(cell.value, row.currency), _amount(cell.difference, row.currency), cell.kind, cell.reason]
    customers = " ".join(row.customers)
    return [row.account, row.name, customers, row.currency, _amount(row.billing, row.currency), *told, None, None, None]


def _items(subscription: Subscription, outcome: Outcome, blanks: int) -> Iterator[list[Cell]]:
    """What each item bills a year, before the last rounding; in full, however long. Never added to the rows."""
    currency = next(iter(outcome.arr or {}), None)
    for step in outcome.formula:
        if step["step"] == "year":
            yield ["item", *_whose(subscription), currency, None, *[None] * blanks, subscription.id, *_item(step)]


def _item(step: dict[str, Any]) -> list[Cell]:
    return [str(step["item"]), str(step["amount"])]


def _whose(subscription: Subscription) -> list[Cell]:
    return [subscription.account, None, subscription.customer]


def _total(total: Total, currency: str) -> list[Cell]:
    told: list[Cell] = []
    for each in total.sides.values():
        told += [_amount(each.value, currency), _amount(each.difference, currency), None, None]
    matching = f"{total.matching} of {total.rows}"
    return [None, matching, None, currency, _amount(total.billing, currency), *told, None, None, None]


def _amount(amount: Decimal | None, currency: str) -> Cell:
    return None if amount is None else Amount(amount, currency)
