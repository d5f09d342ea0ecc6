"""Why a side differs from billing: facts first, then the account computed again under each named alternative. Computed, never guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hub.finance.money import rounded, to_decimal
from hub.finance.policy import CHOICES, Policy
from hub.finance.tieout.bill import Bill, Money
from hub.finance.tieout.inputs import Held
from mappings.currency import iso_digits

MATCH, MISMATCH, MISSING_IN_HUB, MISSING_IN_BILLING, INCOMPLETE = (
    "match", "mismatch", "missing_in_hub", "missing_in_billing", "incomplete",
)  # fmt: skip

EXPLAINS = {
    "past_due": "status_treatment",
    "trialing": "status_treatment",
    "pause": "status_treatment",
    "scheduled_cancellation": "status_treatment",
    "metered": "item_treatment",
    "tier_zero_fee": "item_treatment",
    "line_rounding": "rounding",
    "discounts": "discount_treatment",
    "discount_order": "discount_treatment",
    "discount_rounding": "rounding",
    "tax": "tax_treatment",
    "week": "normalisation_factor",
    "day": "normalisation_factor",
    "final_rounding": "rounding",
    "grain": "rounding",
}
"""By key of the policy, in the order of its rules."""


@dataclass(frozen=True)
class Side:
    """What one side holds of one account: `lead` speaks for it (None: no record); `doubled`: several records carry a value."""

    lead: Held | None
    doubled: bool = False

    def value(self, currency: str) -> Decimal | None:
        return None if self.lead is None else self.lead.arr.get(currency)

    @property
    def amounts(self) -> Mapping[str, Decimal]:
        held = {} if self.lead is None else self.lead.arr
        return {currency: amount for currency, amount in held.items() if amount is not None}


def judge(bill: Bill, side: Side, currency: str) -> tuple[str, str | None]:
    """Class and reason of one side in one currency."""
    if bill.code is not None:
        return INCOMPLETE, bill.code
    if side.doubled or (side.lead is not None and currency in side.lead.doubled):
        return MISMATCH, "duplicate_link"
    billed, value = bill.amounts.get(currency), side.value(currency)
    if currency in bill.unsure or (side.lead is not None and side.lead.unsure):
        return MISMATCH, "timing"
    if billed == value:
        return MATCH, None
    if value is None:
        return MISSING_IN_HUB, _missing(bill, side)
    return (MISSING_IN_BILLING if billed is None else MISMATCH), _differs(bill, side, currency, value)


def _missing(bill: Bill, side: Side) -> str:
    if side.lead is None:
        return "unmapped_customer"
    return "currency" if _other_currencies(bill, side) else "hub_value_null"


def _differs(bill: Bill, side: Side, currency: str, value: Decimal) -> str:
    if _other_currencies(bill, side):
        return "currency"
    if (when := _when(bill, side, currency, value)) is not None:
        return when
    if currency not in bill.amounts:
        return "no_counting_subscription"
    found = next((reason for reason, figures in alternatives(bill) if figures.get(currency) == value), None)
    if currency in bill.excluded:
        return found if found in ("status_treatment", "test_mode") else "no_counting_subscription"
    if found is not None:
        return found
    return "manual_override" if side.lead is not None and side.lead.typed else "unexplained"


def _other_currencies(bill: Bill, side: Side) -> bool:
    billed, held = ({key for key, amount in each.items() if amount} for each in (bill.amounts, side.amounts))
    return bool(billed and held and billed != held)


def _when(bill: Bill, side: Side, currency: str, value: Decimal) -> str | None:
    """Whether it is billing's own figure of another time: of an earlier one, or of one after as-of."""
    moments = bill.moments()
    if side.lead is not None and side.lead.since is not None and bill.covered is not None and side.lead.since >= bill.covered:
        moments.add(side.lead.since)
    equal = [moment for moment in moments if moment != bill.as_of and bill.at(moment).get(currency) == value]
    if any(moment < bill.as_of for moment in equal):
        return "stale_sync"
    return "timing" if equal else None


def alternatives(bill: Bill) -> Iterator[tuple[str, Money]]:
    """Every single alternative with what it makes of the account."""
    for key, policy in other_policies(bill.policy):
        yield EXPLAINS[key], bill.under(policy)
    for figures in derived(bill):
        yield "rounding", figures
    yield "test_mode", bill.under(bill.policy, live=True)


def other_policies(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """The policy with one choice changed, in the order of the rules."""
    for key in EXPLAINS:
        for choice in CHOICES[key]:
            if choice != getattr(policy, key):
                changed: dict[str, Any] = {key: choice} | ({"past_due_days": None} if key == "past_due" else {})
                yield key, replace(policy, **changed)


def derived(bill: Bill) -> Iterator[Money]:
    """Twelve times the rounded month, and twelve times a twelfth of the rounded year; by subscription and by account."""
    yield {currency: 12 * month for currency, month in bill.monthly().items()}
    yield {currency: _twelve_twelfths(year, currency) for currency, year in bill.amounts.items()}
    each: dict[str, Decimal] = {}
    for outcome in bill.total.outcomes:
        for currency, year in (outcome.arr or {}).items():
            each[currency] = each.get(currency, Decimal(0)) + _twelve_twelfths(year, currency)
    yield each


def _twelve_twelfths(year: Decimal, currency: str) -> Decimal:
    digits = iso_digits(currency)
    return 12 * to_decimal(rounded(Fraction(year) / 12, digits), digits)


def open_since(bill: Bill, side: Side) -> datetime | None:
    """Since when both values have stood beside each other."""
    told = (bill.seen_at, None if side.lead is None else side.lead.since)
    return max((each for each in told if each is not None), default=None)
