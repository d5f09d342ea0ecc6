"""Movements of ARR, an account and a currency at a time. Nothing is netted: neither between accounts nor between currencies."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

Key = tuple[str, str]  # account, currency
Balances = Mapping[Key, Decimal | None]
"""None: there is ARR, and nobody can tell how much. Absent is zero."""

ZERO = Decimal(0)
MOVES = ("new", "expansion", "reactivation", "contraction", "churn", "restatement")
COLUMNS = ("opening", *MOVES, "closing")


@dataclass(frozen=True, slots=True)
class Line:
    """`columns`: by name; all but `closing` add up to it: contraction and churn are negative. A converted line has `fx` as well.

    A column is None where billing's data are incomplete, or a rate is missing. `account`: None in a total. `of`: the currency
    that a line was converted from.
    """

    currency: str
    account: str | None
    columns: Mapping[str, Decimal | None]
    tags: tuple[str, ...] = ()
    of: str | None = None

    def tagged(self, *tags: str) -> Line:
        return replace(self, tags=tuple(sorted({*self.tags, *tags})))

    def has(self, *columns: str) -> bool:
        return any(self.columns[name] for name in columns)


def bridge(opening: Balances, restated: Balances, closing: Balances, before: Container[Key]) -> list[Line]:
    """A line for each account and currency, in their order.

    `opening`: what was signed, or is begun with. `restated`: the same instant as it is known now, and by the policy of now.
    `before`: had ARR in that currency at some time before the opening.
    """
    lines = []
    for account, currency in sorted({*opening, *restated, *closing}, key=lambda key: (key[1], key[0])):
        key = account, currency
        first, then, last = (balances.get(key, ZERO) for balances in (opening, restated, closing))
        if (first, then, last) != (ZERO, ZERO, ZERO):
            lines.append(_line(key, first, then, last, key in before))
    return _switched(lines)


def _line(key: Key, first: Decimal | None, then: Decimal | None, last: Decimal | None, before: bool) -> Line:
    account, currency = key
    if first is None or then is None or last is None:
        columns: dict[str, Decimal | None] = {"opening": first, **dict.fromkeys(MOVES), "closing": last}
        return Line(currency, account, columns, ("incomplete",))
    columns = {"opening": first, **dict.fromkeys(MOVES, ZERO), "restatement": then - first, "closing": last}
    if last != then:
        columns[kind_of(then, last, before)] = last - then
    return Line(currency, account, columns)


def kind_of(then: Decimal, last: Decimal, before: bool) -> str:
    """The column of a movement."""
    if then == 0:
        return "reactivation" if before else "new"
    if last == 0:
        return "churn"
    return "expansion" if last > then else "contraction"


def _switched(lines: list[Line]) -> list[Line]:
    """Left one currency and entered another: churn here and new there, and both say so."""
    left = {line.account for line in lines if line.has("churn")}
    entered = {line.account for line in lines if line.has("new", "reactivation")}
    both = left & entered
    return [
        line.tagged("currency_switch") if line.account in both and line.has("churn", "new", "reactivation") else line
        for line in lines
    ]


def totals(lines: Iterable[Line]) -> list[Line]:
    """One line a currency: each column is the sum of its lines, None as soon as one of them is."""
    by_currency: dict[str, list[Line]] = {}
    for line in lines:
        by_currency.setdefault(line.currency, []).append(line)
    return [_total(currency, mine) for currency, mine in sorted(by_currency.items())]


def _total(currency: str, lines: list[Line]) -> Line:
    columns = {name: _sum(line.columns[name] for line in lines) for name in lines[0].columns}
    return Line(currency, None, columns, tuple(sorted({tag for line in lines for tag in line.tags})))


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    total = ZERO
    for each in amounts:
        if each is None:
            return None
        total += each
    return total
