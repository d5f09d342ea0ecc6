"""Stripe's discounts in their old and new shapes: `coupon` or `source.coupon`, `discount` or `discounts`."""

from __future__ import annotations

from typing import Any

from mappings.currency import currency_code, plain
from mappings.stripe.amounts import iso, major, mapping, number, rows


def discounts_of(holder: dict[str, Any], problems: list[str]) -> list[dict[str, Any]]:
    """Those of a subscription, an item or a customer. The same discount in two places counts once."""
    found: dict[str, dict[str, Any]] = {}
    single = holder.get("discount")
    for each in [*rows(holder.get("discounts")), *([] if single is None else [single])]:
        if not isinstance(each, dict):
            if not isinstance(each, str) or each not in found:
                problems.append("discounts_not_expanded")
            continue
        discount = _discount(each, problems)
        if discount is not None:
            found.setdefault(discount["id"], discount)
    return list(found.values())


def _discount(raw: dict[str, Any], problems: list[str]) -> dict[str, Any] | None:
    coupon = raw.get("coupon") or mapping(raw.get("source")).get("coupon")
    if not isinstance(coupon, dict):
        problems.append("coupon_not_expanded")
        return None
    percent, products = coupon.get("percent_off"), coupon.get("applies_to")
    return {
        "id": str(raw.get("id")),
        "percent_off": None if percent is None else plain(number(percent)),
        "amount_off": _amounts_off(coupon),
        "duration": str(coupon.get("duration")),
        "start": iso(raw.get("start")),
        "end": iso(raw.get("end")),
        "products": None if products is None else [str(each) for each in rows(mapping(products).get("products"))],
    }


def _amounts_off(coupon: dict[str, Any]) -> dict[str, str] | None:
    found = {}
    for currency, option in mapping(coupon.get("currency_options")).items():
        code = currency_code(currency)
        if mapping(option).get("amount_off") is not None:
            found[code] = major(option["amount_off"], code)
    if coupon.get("amount_off") is not None:
        code = currency_code(coupon.get("currency"))
        found[code] = major(coupon["amount_off"], code)
    return found or None
