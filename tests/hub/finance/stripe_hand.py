"""Stripe's objects as its API returns them, for figures that were worked out on paper."""

from __future__ import annotations

from typing import Any

from paper import Json, file, unix


def price(unit: Any = 2500, interval: str = "month", count: int = 1, **more: Any) -> Json:
    recurring = {"interval": interval, "interval_count": count, "usage_type": "licensed"}
    return {
        "id": "price_1",
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "currency": "usd",
        "product": "prod_1",
        "type": "recurring",
        "recurring": recurring,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "unit_amount": unit,
    } | more


def exact(decimal: str, **more: Any) -> Json:
    """A price in fractions of a minor unit."""
    return price(None, unit_amount_decimal=decimal, **more)


def metered(**more: Any) -> Json:
    return price(**more) | {"recurring": {"interval": "month", "interval_count": 1, "usage_type": "metered"}}


def tiered(mode: str, *tiers: tuple[Any, Any, Any], **more: Any) -> Json:
    """Tiers of (up_to, unit, flat)."""
    rows = [{"up_to": up_to, "unit_amount": unit, "flat_amount": flat} for up_to, unit, flat in tiers]
    return price(None, billing_scheme="tiered", tiers_mode=mode, tiers=rows, **more)


def item(of: Json | None = None, quantity: Any = 1, **more: Any) -> Json:
    return {"id": "si_1", "object": "subscription_item", "quantity": quantity, "price": price() if of is None else of} | more


def sub(*items: Json, **more: Any) -> Json:
    held = {"object": "list", "data": list(items) or [item(quantity=40)], "has_more": False}
    return {
        "id": "sub_1",
        "object": "subscription",
        "status": "active",
        "livemode": True,
        "currency": "usd",
        "customer": "cus_1",
        "items": held,
        "discounts": [],
        "default_tax_rates": [],
        "automatic_tax": {"enabled": False},
    } | more


def coupon(duration: str = "forever", **more: Any) -> Json:
    return {
        "id": "co_1",
        "object": "coupon",
        "duration": duration,
        "percent_off": None,
        "amount_off": None,
        "currency": None,
        "valid": True,
    } | more


def discount(of: Any, start: str = "2026-01-01T00:00:00Z", end: str | None = None, **more: Any) -> Json:
    """A discount of the new shape: its coupon under `source`."""
    until = None if end is None else unix(end)
    return {
        "id": "di_1",
        "object": "discount",
        "source": {"type": "coupon", "coupon": of},
        "start": unix(start),
        "end": until,
    } | more


def old_discount(of: Any, **more: Any) -> Json:
    """A discount of the old shape: its coupon directly in it."""
    whole = discount(of, **more)
    return {key: value for key, value in whole.items() if key != "source"} | {"coupon": of}


def percent(off: Any, duration: str = "forever", **more: Any) -> Json:
    return discount(coupon(duration, percent_off=off), **more)


def amount(off: int, currency: str = "usd", duration: str = "forever", **more: Any) -> Json:
    return discount(coupon(duration, amount_off=off, currency=currency), **more)


def rate(percentage: Any, inclusive: bool = True) -> Json:
    return {"id": f"txr_{percentage}", "object": "tax_rate", "percentage": percentage, "inclusive": inclusive, "active": True}


def of(price: Json, quantity: Any = 1, **more: Any) -> Json:
    """A file of one subscription to this price."""
    return file(sub(item(price, quantity), **more))
