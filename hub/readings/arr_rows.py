"""ARR by account and currency: what is agreed beside what the CRM's own records hold. Rows that are nought on both sides are none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection as Database

from conflict.cell import held
from conflict.claim import EMPTY
from hub.bulk import decode_json
from hub.context import Hub
from hub.intake.work import record_key
from hub.readings.rows import stream
from hub.session import view_of
from hub.settling import sheets
from hub.view import View

CRM = "crm"
Money = dict[str, Decimal]
_ROWS = (
    "SELECT g.id, g.values->>'name', g.values->'arr', (SELECT array_agg(ARRAY[connection, object, external_id, sheet::text] ORDER BY id)"
    " FROM record WHERE golden_id = g.id AND deleted IS NULL AND connection = ANY(%s))"
    " FROM golden g WHERE g.entity = 'account' AND g.records > 0 ORDER BY g.id"
)


class ArrRow(NamedTuple):
    """`crm`: None where it holds no amount in this currency. `known`: whether the CRM has a record of the account at all."""

    id: str
    name: str
    currency: str
    agreed: Decimal | None
    crm: Decimal | None
    known: bool

    @property
    def matches(self) -> bool:
        return self.agreed == self.crm


@dataclass(slots=True)
class Compared:
    """`unknown`: rows of accounts that are billed and that the CRM does not know. Sums by currency."""

    rows: int = 0
    matching: int = 0
    unknown: int = 0
    agreed: Money = field(default_factory=dict)
    crm: Money = field(default_factory=dict)

    def add(self, row: ArrRow) -> None:
        self.rows += 1
        self.matching += row.matches
        self.unknown += not row.known
        for sums, amount in ((self.agreed, row.agreed), (self.crm, row.crm)):
            sums[row.currency] = sums.get(row.currency, Decimal(0)) + (amount or Decimal(0))


def arr_rows(hub: Hub, database: Database) -> Iterator[ArrRow]:
    """Of an account with several records in the CRM the oldest is compared: it is the one that is written to."""
    view = view_of(hub)
    crm = [name for name, seat in view.seats.items() if CRM in seat.roles]
    for id, name, arr, records in stream(database, _ROWS, [crm]):
        agreed = {currency: Decimal(amount) for currency, amount in (arr or {}).items()}
        there = _held(view, records[0]) if records else {}
        for currency in sorted({*agreed, *there}):
            if agreed.get(currency) or there.get(currency):
                yield ArrRow(id, name or "", currency, agreed.get(currency), there.get(currency), bool(records))


def compared(rows: Iterable[ArrRow]) -> Compared:
    found = Compared()
    for row in rows:
        found.add(row)
    return found


def _held(view: View, record: list[str]) -> Money:
    connection, object, id, sheet = record
    loaded = sheets.load(decode_json(sheet), record_key(connection, object, id), "account", view)
    value: Any = held(loaded.cells.get("arr", EMPTY))
    return dict(value) if isinstance(value, dict) else {}
