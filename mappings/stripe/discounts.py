"""Stripe's discounts in their old and new shapes: `coupon` or `source.coupon`, `discount` or `discounts`."""

from __future__ import annotations

from typing import Any

from mappings.billing import discount, exact, mapping, text
from mappings.currency import currency_code
from mappings.stripe.amounts import iso, major, rows, whole

Raw = dict[str, Any]


def discounts_of(holder: Raw) -> list[Raw]:
    """Those of a subscription, an item or a customer, each once. Until 2025 `discounts` may hold the bare id of what `discount`
    shows in full. What is not expanded anywhere has a `problem`."""
    single = holder.get("discount")
    id = text(mapping(single).get("id"))  # before 2020 a discount had none
    given = [single if id is not None and each == id else each for each in rows(holder.get("discounts"))]
    if single is not None and (id is None or id not in [text(mapping(each).get("id")) for each in given]):
        given.append(single)
    found: list[Raw] = []
    for each in map(_discount, given):
        if each not in found:
            found.append(each)
    return found


def _coupon(raw: Raw) -> Any:
    """Under `source` since 2025-09. https://docs.stripe.com/changelog/clover"""
    old, new = raw.get("coupon"), mapping(raw.get("source")).get("coupon")
    return new if isinstance(new, dict) else old


def _discount(raw: Any) -> Raw:
    if not isinstance(raw, dict):
        return discount(text(raw), problem="discounts_not_expanded")
    id, coupon = text(raw.get("id")), _coupon(raw)
    if not isinstance(coupon, dict):
        return discount(id, problem="coupon_not_expanded")
    products = whole(coupon.get("applies_to")).get("products")
    return discount(
        id,
        percent_off=exact(coupon.get("percent_off")),
        amount_off=_amounts_off(coupon),
        duration=str(coupon.get("duration")),
        start=iso(raw.get("start")),
        end=iso(raw.get("end")),
        products=None if products is None else [str(each) for each in rows(products)],
    )


def _amounts_off(coupon: Raw) -> dict[str, str] | None:
    found = {}
    for currency, option in mapping(coupon.get("currency_options")).items():
        code = currency_code(currency)
        found[code] = major(mapping(option).get("amount_off"), code)
    if coupon.get("amount_off") is not None:
        code = currency_code(coupon.get("currency"))
        found[code] = major(coupon["amount_off"], code)
    return {code: off for code, off in found.items() if off is not None} or None
