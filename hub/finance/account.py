"""ARR of an account: its subscriptions added up per currency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from hub.finance.arr import Subscription, arr
from hub.finance.money import rounded, to_decimal
from hub.finance.outcome import Outcome, Total
from hub.finance.policy import Policy
from mappings.currency import iso_digits


def account(subscriptions: Iterable[Subscription], policy: Policy, now: datetime) -> Total:
    """The ARR of several subscriptions, of one account or of many, per currency; its rows foot to it."""
    given = tuple(subscriptions)
    outcomes = tuple(arr(subscription, policy, now) for subscription in given)
    rows = [_Row(str(each.get("account")), outcome) for each, outcome in zip(given, outcomes, strict=True)]
    good = [row for row in rows if row.outcome.status != "error"]
    counted = [row for row in good if row.outcome.status == "ok"]
    upcoming = min((one.next for one in outcomes if one.next is not None), default=None)
    code = next((one.code for one in outcomes if one.status == "error"), None)
    if code is not None and not counted:
        return Total("error", code, None, None, outcomes, upcoming)
    summed = good if code is None else counted
    yearly, monthly = _sum(summed, policy, 1), _sum(summed, policy, 12)
    if code is not None:
        return Total("partial", code, yearly, monthly, outcomes, upcoming)
    if good and not counted:
        return Total("excluded", good[0].outcome.code, yearly, monthly, outcomes, upcoming)
    return Total("ok", None, yearly, monthly, outcomes, upcoming)


class _Row(NamedTuple):
    """An outcome and whose it is: `grain: customer` rounds the sum of each customer."""

    customer: str
    outcome: Outcome


def _sum(rows: Iterable[_Row], policy: Policy, by: int) -> dict[str, Decimal]:
    sums: dict[str, Fraction] = {}  # adding decimals would round beyond 28 digits
    for currency, amount in _by_customer(rows, policy, by) if policy.grain == "customer" else _by_subscription(rows, by):
        sums[currency] = sums.get(currency, Fraction(0)) + Fraction(amount)
    return {currency: to_decimal(amount, iso_digits(currency)) for currency, amount in sorted(sums.items())}


def _by_subscription(rows: Iterable[_Row], by: int) -> Iterator[tuple[str, Decimal]]:
    for row in rows:
        yield from ((row.outcome.arr if by == 1 else row.outcome.mrr) or {}).items()


def _by_customer(rows: Iterable[_Row], policy: Policy, by: int) -> Iterator[tuple[str, Fraction]]:
    sums: dict[tuple[str, str], Fraction] = {}
    for customer, outcome in rows:
        for currency in outcome.arr or {}:
            sums[customer, currency] = sums.get((customer, currency), Fraction(0)) + (outcome.exact or Fraction(0)) / by
    for (_, currency), exact in sums.items():
        yield currency, rounded(exact, iso_digits(currency), policy.final_rounding)
