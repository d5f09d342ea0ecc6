"""A report as JSON lines: a line a row, then one for the whole. Amounts are strings with the ISO decimals of their currency.

Where test objects count, each line says so: `mode` is TEST.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hub.finance.tieout.inputs import TEST, canonical, instant
from hub.finance.tieout.report import Report, Total
from hub.finance.tieout.rows import Cell, Row
from mappings.currency import amount_text

Json = dict[str, Any]
AT_ZERO = "at_zero"


def lines(report: Report, *, every: bool = True) -> Iterator[Json]:
    """`every`: with those at zero, which are not among the rows."""
    label = {"mode": TEST} if report.inputs.test else {}
    yield from (row_line(row) | label for row in report.rows)
    if every:
        yield from (row_line(row) | label | {"event": AT_ZERO} for row in report.at_zero)
    yield report_line(report) | label


def encoded(report: Report) -> bytes:
    """What a snapshot is signed by: equal for equal reports, to the byte."""
    return b"".join(canonical(line) + b"\n" for line in lines(report))


def row_line(row: Row) -> Json:
    worst = row.worst or next(iter(row.cells.values()))
    return {
        "event": "row",
        "account": row.account,
        "billing_customers": list(row.customers),
        "currency": row.currency,
        "billing": money(row.billing, row.currency),
        "sides": {side: _cell(cell, row.currency) for side, cell in row.cells.items()},
        "class": worst.kind,
        "reason": worst.reason,
        "difference": money(worst.difference, row.currency),
    }


def report_line(report: Report) -> Json:
    tally = report.tally
    return {
        "event": "report",
        "as_of": instant(report.inputs.as_of),
        "policy": report.inputs.policy.identity,
        "complete": report.complete,
        "ties_out": report.ties_out,
        "totals": {currency: _total(total, currency) for currency, total in report.totals.items()},
        "subscriptions": {
            "read": tally.read,
            "counted": tally.counted,
            "excluded": dict(tally.excluded),
            "error": dict(tally.error),
        },
    }


def money(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else amount_text(amount, currency)


def _cell(cell: Cell, currency: str) -> Json:
    difference = money(cell.difference, currency)
    return {"value": money(cell.value, currency), "difference": difference, "class": cell.kind, "reason": cell.reason}


def _total(total: Total, currency: str) -> Json:
    sides = {
        side: {"value": money(each.value, currency), "difference": money(each.difference, currency)}
        for side, each in total.sides.items()
    }
    return {
        "billing": money(total.billing, currency),
        "sides": sides,
        "rows": total.rows,
        "matching": total.matching,
        "ties_out": total.ties_out,
    }
