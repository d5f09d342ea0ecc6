"""ARR of one subscription by a policy and at an instant (rules R1 to R15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hub.finance import counting, discounts
from hub.finance.lines import Line, Terms, item_instants, lines
from hub.finance.money import as_text, rounded, to_decimal
from hub.finance.outcome import Outcome, Step, Unpriceable
from hub.finance.policy import Policy
from hub.finance.shape import listed
from hub.finance.tax import untax
from mappings.currency import iso_digits

Subscription = Mapping[str, Any]  # canonical values by field name

_PRICED_BY = ("items", "discounts", "customer_discounts", "tax")


def arr(subscription: Subscription, policy: Policy, now: datetime) -> Outcome:
    """What the subscription bills over a year as it stands at `now`; bad or incomplete data give an error code."""
    formula: list[Step] = []
    upcoming = _next(subscription, policy, now)
    try:
        code = counting.exclusion(subscription, policy, now)
        if code is None:
            _complete(subscription)
        currency = _currency(subscription)
        parts = [] if code is not None else _annual(subscription, currency, policy, now, formula)
    except Unpriceable as error:
        formula.append({"step": "error", "code": error.code} | error.data)
        return Outcome("error", error.code, None, None, formula, upcoming)
    if code is not None:
        formula.append({"step": "excluded", "code": code})
    outcome = _outcome(currency, parts, policy, formula)
    return replace(outcome, status="ok" if code is None else "excluded", code=code, next=upcoming)


def _outcome(currency: str, parts: list[Fraction], policy: Policy, formula: list[Step]) -> Outcome:
    """Round once, at the end: ARR from its exact amount, MRR from a twelfth of the same."""
    exact = sum(parts, Fraction(0))
    grains = parts if policy.grain == "item" else [exact]
    yearly, monthly = _rounded_sum(grains, currency, policy), _rounded_sum([one / 12 for one in grains], currency, policy)
    formula.append({"step": "arr", "currency": currency, "exact": as_text(exact), "arr": str(yearly), "mrr": str(monthly)})
    return Outcome("ok", None, {currency: yearly}, {currency: monthly}, formula, exact=exact)


def _rounded_sum(grains: list[Fraction], currency: str, policy: Policy) -> Decimal:
    digits = iso_digits(currency)
    return to_decimal(sum((rounded(one, digits, policy.final_rounding) for one in grains), Fraction(0)), digits)


def _complete(subscription: Subscription) -> None:
    for problem in subscription.get("problems") or ():
        raise Unpriceable(str(problem))
    for name in _PRICED_BY:
        if name not in subscription:  # refused, contested or never read: not the same as none
            raise Unpriceable("not_seen", where=name)


def _annual(subscription: Subscription, currency: str, policy: Policy, now: datetime, formula: list[Step]) -> list[Fraction]:
    """The exact yearly amount of each counting item."""
    digits = subscription.get("minor_digits")
    if not isinstance(digits, int) or isinstance(digits, bool) or not 0 <= digits <= 4:
        raise Unpriceable("unsupported_shape", where="minor_digits", value=digits)
    formula.extend({"step": "note", "code": str(code)} for code in subscription.get("notes") or ())
    terms = Terms(policy, now, currency, digits)
    billed = lines(listed(subscription["items"], "items"), terms, formula)
    discounts.discount(billed, subscription, terms, formula)
    untax(billed, subscription, terms, formula)
    return [_a_year(line, formula) for line in billed]


def _a_year(line: Line, formula: list[Step]) -> Fraction:
    yearly = line.left * line.periods_a_year / line.count
    factor = {"periods_a_year": as_text(line.periods_a_year), "count": str(line.count)}
    formula.append({"step": "year", "item": line.where, "net": as_text(line.left), **factor, "amount": as_text(yearly)})
    return yearly


def _currency(subscription: Subscription) -> str:
    currency = subscription.get("currency")
    if currency is None:  # what is missing explains it better
        _complete(subscription)
    if not isinstance(currency, str) or not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise Unpriceable("unsupported_shape", where="currency", value=currency)
    return currency


def _next(subscription: Subscription, policy: Policy, now: datetime) -> datetime | None:
    return min((at for at in _instants(subscription, policy) if at > now), default=None)


def _instants(subscription: Subscription, policy: Policy) -> Iterator[datetime]:
    for instants in (counting.instants(subscription, policy), item_instants(subscription), discounts.instants(subscription)):
        with suppress(Unpriceable):  # what cannot be read does not hide the instants before it
            yield from instants
