"""Stripe's own shapes. All of them only read: Concord writes no subscription and no invoice."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from mappings.currency import currency_code
from mappings.lens import Lens, scalar
from mappings.scalars import wrong
from mappings.stripe.amounts import stripe_digits
from mappings.stripe.invoices import owed_since, subscription_of
from mappings.stripe.subscription import PARTS
from mappings.transforms import Transform, minor_units, money_lens
from mappings.values import Money, Refused, is_blank

_KEYS: dict[str, tuple[str, ...]] = {
    "currency": ("currency",),
    "minor_digits": ("currency",),
    "items": ("items", "plan", "quantity"),
    "discounts": ("discounts", "discount"),
    "customer_discounts": ("customer",),
    "problems": ("items", "discounts", "customer"),
    "pause": ("pause_collection",),
    "tax": ("automatic_tax", "default_tax_rates"),
    "period_start": ("current_period_start", "items"),
    "period_end": ("current_period_end", "items"),
}
"""Stripe's own keys behind each part."""


def _subscription(argument: Any) -> Lens:
    """One part of a subscription, read from the whole of it."""
    if argument not in PARTS:
        raise Refused("takes_one_of", words=sorted(PARTS))
    return Lens(PARTS[argument], None, keys=_KEYS[argument])


def _invoice_subscription(argument: Any) -> Lens:
    if argument is not None:
        raise Refused("takes_no_argument")
    return Lens(subscription_of, None, keys=("parent", "subscription"))


def _owed_since(argument: Any) -> Lens:
    if argument is not None:
        raise Refused("takes_no_argument")
    return Lens(owed_since, None, keys=("due_date", "created"))


def _money(argument: Any) -> Lens:
    read, write = minor_units(stripe_digits)
    return money_lens(argument, read, write)


def _currency(argument: Any) -> Lens:
    if argument is not None:
        raise Refused("takes_no_argument")
    return scalar(currency_code, lambda value, _: value.lower())


def _day(argument: Any) -> Lens:
    """The UTC day of an instant in seconds."""
    if argument is not None:
        raise Refused("takes_no_argument")

    def get(external: Any) -> Any:
        if is_blank(external):
            return None
        if external.__class__ is not int:
            raise wrong("seconds", external)
        try:
            return datetime.fromtimestamp(external, UTC).date()
        except (OverflowError, ValueError, OSError):
            raise Refused("out_of_range", value=external) from None

    return Lens(get, None)


_IN_YEN = {"total": 500, "currency": "jpy"}

_ALL = (
    Transform(
        "stripe.subscription",
        _subscription,
        (("currency", {"currency": "usd"}, "USD"), ("minor_digits", {"currency": "ugx"}, 2)),
    ),
    Transform(
        "stripe.invoice_subscription", _invoice_subscription, ((None, {"subscription": "sub_1"}, "sub_1"),), frozenset({"ref"})
    ),
    Transform("stripe.owed_since", _owed_since, ((None, {"due_date": None, "created": 1769860800}, 1769860800),)),
    Transform(
        "stripe.money",
        _money,
        (({"amount": "total", "currency": "currency"}, _IN_YEN, Money(Decimal(500), "JPY")),),
        frozenset({"money"}),
    ),
    Transform("stripe.currency", _currency, ((None, "eur", "EUR"),), frozenset({"text"})),
    Transform("stripe.day", _day, ((None, 1769860800, datetime(2026, 1, 31, tzinfo=UTC).date()),), frozenset({"date"})),
)

LENSES = {transform.name: transform for transform in _ALL}
