"""A bridge in one currency, by a dated table of rates: movements at the opening rate, what is left over is fx. Only ever shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hub.finance.bridge.movements import COLUMNS, ZERO, Line
from hub.finance.csv import filled
from hub.finance.money import rounded, to_decimal
from hub.words import Problem
from mappings.currency import currency_code, iso_digits
from mappings.values import Refused

FX = "fx"
HEADER = ("date", "from", "to", "rate", "source")
_RATE = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)

Pair = tuple[date, str, str]


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of the first currency in units of the second, and who says so."""

    rate: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Rates:
    """Only what the table says: no rate is guessed from another day, from the way back or over a third currency."""

    table: Mapping[Pair, Rate] = field(default_factory=dict)

    def on(self, day: date, currency: str, to: str) -> Rate | None:
        return Rate(Decimal(1), "") if currency == to else self.table.get((day, currency, to))


def convert(lines: Iterable[Line], to: str, opened: date, closed: date, rates: Rates) -> list[Line]:
    """Line by line, each amount rounded half-up once. A line without a rate has no numbers, and says so."""
    return [_converted(line, to, rates.on(opened, line.currency, to), rates.on(closed, line.currency, to)) for line in lines]


def _converted(line: Line, to: str, first: Rate | None, last: Rate | None) -> Line:
    if first is None or last is None:
        return Line(to, line.account, dict.fromkeys((*COLUMNS, FX)), line.tags, line.currency).tagged("fx_missing")
    columns = {name: _exchanged(amount, last if name == "closing" else first, to) for name, amount in line.columns.items()}
    return Line(to, line.account, columns | {FX: _left_over(columns)}, line.tags, line.currency)


def _left_over(columns: Mapping[str, Decimal | None]) -> Decimal | None:
    found = ZERO
    for name, amount in columns.items():
        if amount is None:
            return None
        found += amount if name == "closing" else -amount
    return found


def _exchanged(amount: Decimal | None, rate: Rate, to: str) -> Decimal | None:
    if amount is None:
        return None
    digits = iso_digits(to)
    return to_decimal(rounded(Fraction(amount) * Fraction(rate.rate), digits), digits)


def parse_rates(text: str, name: str) -> Rates:
    """CSV with the columns date,from,to,rate,source. Raises `Problem` with the line."""
    rows = filled(text, name)
    line, header = next(rows, (1, []))
    if tuple(header) != HEADER:
        raise Problem("rates_header", file=name, line=line, found=",".join(header) or "-")
    table: dict[Pair, Rate] = {}
    for line, cells in rows:
        pair, rate = _entry(cells, name, line)
        if pair in table:
            day, from_, to = pair
            raise Problem("rates_twice", file=name, line=line, date=day.isoformat(), from_=from_, to=to)
        table[pair] = rate
    return Rates(table)


def _entry(cells: list[str], name: str, line: int) -> tuple[Pair, Rate]:
    given = dict(zip(HEADER, cells, strict=False)) | dict.fromkeys(HEADER[len(cells) :], "")

    def unusable(column: str) -> Problem:
        return Problem("rates_unusable", file=name, line=line, column=column, found=given[column])

    try:
        day = date.fromisoformat(given["date"])
    except ValueError:
        raise unusable("date") from None
    if not _RATE.fullmatch(given["rate"]) or not Decimal(given["rate"]):
        raise unusable("rate")
    codes = []
    for column in ("from", "to"):
        try:
            codes.append(currency_code(given[column]))
        except Refused:
            raise unusable(column) from None
    if len(cells) != len(HEADER) or not given["source"]:
        raise unusable("source")
    return (day, codes[0], codes[1]), Rate(Decimal(given["rate"]), given["source"])
