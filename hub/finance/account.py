"""ARR of an account: its subscriptions added up per currency."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from hub.finance.arr import Subscription, arr
from hub.finance.money import iso_digits, rounded, to_decimal
from hub.finance.outcome import Outcome, Total
from hub.finance.policy import Policy


def account(subscriptions: Iterable[Subscription], policy: Policy, now: datetime) -> Total:
    """The ARR of several subscriptions of one account, per currency; its rows foot to it."""
    outcomes = tuple(arr(subscription, policy, now) for subscription in subscriptions)
    good = [one for one in outcomes if one.status != "error"]
    counted = [one for one in good if one.status == "ok"]
    upcoming = min((one.next for one in outcomes if one.next is not None), default=None)
    code = next((one.code for one in outcomes if one.status == "error"), None)
    if code is not None and not counted:
        return Total("error", code, None, None, outcomes, upcoming)
    yearly, monthly = _sum(good, policy, 1), _sum(good, policy, 12)
    if code is not None:
        return Total("partial", code, _sum(counted, policy, 1), _sum(counted, policy, 12), outcomes, upcoming)
    if good and not counted:
        return Total("excluded", good[0].code, yearly, monthly, outcomes, upcoming)
    return Total("ok", None, yearly, monthly, outcomes, upcoming)


def _sum(outcomes: Iterable[Outcome], policy: Policy, by: int) -> dict[str, Decimal]:
    if policy.grain == "customer":
        return _sum_exact(outcomes, policy, by)
    sums: dict[str, Decimal] = {}
    for one in outcomes:
        for currency, amount in ((one.arr if by == 1 else one.mrr) or {}).items():
            sums[currency] = sums.get(currency, Decimal(0)) + amount
    return dict(sorted(sums.items()))


def _sum_exact(outcomes: Iterable[Outcome], policy: Policy, by: int) -> dict[str, Decimal]:
    """`grain: customer` rounds the customer's sum instead of each subscription."""
    sums: dict[str, Fraction] = {}
    for one in outcomes:
        for currency in one.arr or {}:
            sums[currency] = sums.get(currency, Fraction(0)) + (one.exact or Fraction(0)) / by
    return {
        currency: to_decimal(rounded(exact, iso_digits(currency), policy.final_rounding), iso_digits(currency))
        for currency, exact in sorted(sums.items())
    }
