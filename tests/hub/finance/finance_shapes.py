"""Subscriptions as the billing mappings produce them, for the tests of finance."""

from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def item(unit: str | None = "25.00", quantity: str | None = "40", **other: Any) -> dict[str, Any]:
    return {
        "id": "si_1", "product": "prod_1", "price": "price_1", "quantity": quantity, "deleted": False, "recurring": True,
        "usage": "licensed", "interval": "month", "count": 1, "scheme": "per_unit", "tiers_mode": None, "unit": unit,
        "tiers": [], "divide_by": None, "round": None, "tax_behavior": "exclusive", "inclusive_rates": None, "discounts": [],
    } | other  # fmt: skip


def tiered(mode: str, quantity: str, *tiers: tuple[str | None, str | None, str | None], **other: Any) -> dict[str, Any]:
    steps = [{"up_to": up_to, "unit": unit, "flat": flat} for up_to, unit, flat in tiers]
    return item(None, quantity, scheme="tiered", tiers_mode=mode, tiers=steps, **other)


def percent(off: str, **other: Any) -> dict[str, Any]:
    return _discount(percent_off=off, **other)


def amount(off: str, currency: str = "USD", **other: Any) -> dict[str, Any]:
    return _discount(amount_off={currency: off}, **other)


def _discount(**other: Any) -> dict[str, Any]:
    blank = {"id": None, "percent_off": None, "amount_off": None, "start": None, "end": None, "products": None}
    return blank | {"duration": "forever"} | other


def subscription(*items: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {
        "status": "active", "currency": "USD", "minor_digits": 2, "live": True, "items": list(items) or [item()],
        "discounts": [], "customer_discounts": [], "pause": None, "tax": {"automatic": False, "inclusive_rates": []},
        "problems": [],
    } | other  # fmt: skip
