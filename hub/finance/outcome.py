"""What finance answers: an amount with its formula, an exclusion, or an error code; never a guess."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

Step = dict[str, Any]


class Unpriceable(Exception):
    """The data do not support a number. `code` is for `Outcome.code`; `data` says where."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


Figures = dict[str, dict[str, str]]


def figures(yearly: dict[str, Decimal] | None, monthly: dict[str, Decimal] | None) -> Figures | None:
    """`{CUR: {"mrr", "arr"}}` as decimal strings with the ISO decimals of the currency; None where there is no number."""
    if yearly is None or monthly is None:
        return None
    return {currency: {"mrr": str(monthly[currency]), "arr": str(figure)} for currency, figure in yearly.items()}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One subscription's ARR. `arr` and `mrr` hold its one currency (excluded: zero there); both are None on an error.

    `formula` lists JSON-able steps, enough to redo the figure on paper. `exact` is ARR before its last rounding.
    `next` is the first later instant at which time alone may change this outcome.
    """

    status: Literal["ok", "excluded", "error"]
    code: str | None
    arr: dict[str, Decimal] | None
    mrr: dict[str, Decimal] | None
    formula: list[Step] = field(default_factory=list)
    next: datetime | None = None
    exact: Fraction | None = None

    @property
    def figures(self) -> Figures | None:
        """As `figures`, for JSON."""
        return figures(self.arr, self.mrr)


@dataclass(frozen=True, slots=True)
class Total:
    """Several subscriptions' ARR, per currency and never added across; `by_currency` is None where nothing could be counted.

    `partial`: some are errors, and the amounts are the subtotal of the rest.
    """

    status: Literal["ok", "partial", "excluded", "error"]
    code: str | None
    by_currency: dict[str, Decimal] | None
    mrr: dict[str, Decimal] | None
    outcomes: tuple[Outcome, ...]
    next: datetime | None = None

    @property
    def figures(self) -> Figures | None:
        """As `figures`, for JSON."""
        return figures(self.by_currency, self.mrr)
