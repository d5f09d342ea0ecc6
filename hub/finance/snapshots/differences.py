"""Which differences of a report somebody answers for: by a comment, or by an adjustment that lasts until a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.finance.tieout.reasons import MATCH

Line = Mapping[str, Any]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What somebody accepts: `what` is an account or a reason; without `currency`, in every one."""

    what: str
    comment: str
    currency: str | None = None

    def covers(self, row: Line) -> bool:
        return self.what in (name(row), row["reason"]) and self.currency in (None, row["currency"])


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A line beside the figures: `amount` of the difference is known and answered for, until an instant (exclusive)."""

    account: str
    currency: str
    amount: Decimal
    until: datetime
    reason: str
    by: str

    def answers(self, row: Line) -> bool:
        """Nothing is left of the difference, on any side that differs."""
        differ = [side["difference"] for side in row["sides"].values() if side["class"] != MATCH]
        return all(each is not None and Decimal(each) == self.amount for each in differ)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A difference, and why it is accepted. `adjusted`: by an adjustment."""

    account: str
    currency: str
    difference: str | None
    reason: str | None
    comment: str
    adjusted: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """`open`: rows that nobody answers for. `unmet`: acceptances that name no difference."""

    accepted: tuple[Accepted, ...]
    open: tuple[Line, ...]
    unmet: tuple[Acceptance, ...]


def name(row: Line) -> str:
    """Whose row it is: our account, else the billing customer whom nobody here knows."""
    return str(row["account"] or next(iter(row["billing_customers"]), "-"))


def differing(lines: Iterable[Line]) -> list[Line]:
    """The rows of a report that are no match."""
    return [line for line in lines if line["event"] == "row" and line["class"] != MATCH]


def settle(lines: Iterable[Line], acceptances: Sequence[Acceptance], adjustments: Mapping[Key, Adjustment]) -> Settled:
    """Every difference is accepted by the first that covers it; an adjustment only covers its exact amount."""
    rows = differing(lines)
    answered = [_answer(row, acceptances, adjustments.get((name(row), row["currency"]))) for row in rows]
    return Settled(
        tuple(each for each in answered if each is not None),
        tuple(row for row, answer in zip(rows, answered, strict=True) if answer is None),
        tuple(each for each in acceptances if not any(each.covers(row) for row in rows)),
    )


def _answer(row: Line, acceptances: Sequence[Acceptance], adjustment: Adjustment | None) -> Accepted | None:
    told = name(row), row["currency"], row["difference"], row["reason"]
    for each in acceptances:
        if each.covers(row):
            return Accepted(*told, each.comment)
    if adjustment is not None and adjustment.answers(row):
        return Accepted(*told, adjustment.reason, adjusted=True)
    return None
