"""The tie-out in a few numbers, for whoever only wants to know how the CRM stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Connection as Database

from hub.context import Hub
from hub.finance.tieout.inputs import CRM, GOLDEN
from hub.finance.tieout.report import Report
from hub.readings.arr.gather import report

Money = dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Compared:
    """`unknown`: rows of accounts that are billed and that the CRM does not know. Sums by currency."""

    rows: int = 0
    matching: int = 0
    unknown: int = 0
    agreed: Money = field(default_factory=dict)
    crm: Money = field(default_factory=dict)


def compared(hub: Hub, database: Database) -> Compared:
    found = report(hub, database)
    unknown = sum(CRM in row.cells and row.cells[CRM].reason == "unmapped_customer" for row in found.rows)
    matching = sum(total.matching for total in found.totals.values())
    return Compared(len(found.rows), matching, unknown, _sums(found, GOLDEN), _sums(found, CRM))


def _sums(found: Report, side: str) -> Money:
    return {currency: total.sides[side].value for currency, total in found.totals.items() if side in total.sides}
