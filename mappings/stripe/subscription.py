"""A Stripe subscription in its shapes of 2026 and before, as finance reads it: major units as exact text, instants in ISO.

What is missing to price it becomes a code in `problems`, never a guess.
"""

from __future__ import annotations

from typing import Any

from mappings.currency import currency_code, plain
from mappings.stripe.amounts import either, iso, major, mapping, number, rows, stripe_digits
from mappings.stripe.discounts import discounts_of
from mappings.values import ABSENT, Refused, is_blank

Raw = dict[str, Any]


def currency(raw: Raw) -> Any:
    """The subscription's own, else that of its first price."""
    if not is_blank(raw.get("currency")):
        return currency_code(raw["currency"])
    prices = [price for each in _items(raw) if (price := _price(each)) is not None]
    if prices and not is_blank(prices[0].get("currency")):
        return currency_code(prices[0]["currency"])
    return None


def minor_digits(raw: Raw) -> Any:
    code = currency(raw)
    return None if code is None else stripe_digits(code)


def items(raw: Raw) -> Any:
    return _read_items(raw, [])


def discounts(raw: Raw) -> Any:
    return discounts_of(raw, [])


def customer_discounts(raw: Raw) -> Any:
    """Of the expanded customer; a bare id tells of none."""
    return discounts_of(mapping(raw.get("customer")), [])


def problems(raw: Raw) -> Any:
    """Codes of docs/finance: what keeps this subscription from having a number."""
    found: list[str] = []
    for holder in (raw, mapping(raw.get("customer"))):
        _noting(found, lambda holder=holder: discounts_of(holder, found))
    _noting(found, lambda: _read_items(raw, found))
    _noting(found, lambda: tax(raw))
    return list(dict.fromkeys(found))


def _noting(found: list[str], read: Any) -> None:
    try:
        read()
    except Refused:
        found.append("unsupported_shape")


def pause(raw: Raw) -> Any:
    paused = raw.get("pause_collection")
    if paused is None:
        return ABSENT if "pause_collection" not in raw else None
    return {"behavior": str(mapping(paused).get("behavior")), "resumes_at": iso(mapping(paused).get("resumes_at"))}


def tax(raw: Raw) -> Any:
    automatic = mapping(raw.get("automatic_tax")).get("enabled") is True
    return {"automatic": automatic, "inclusive_rates": _inclusive(raw.get("default_tax_rates"))}


def period_start(raw: Raw) -> Any:
    return _period(raw, "current_period_start")


def period_end(raw: Raw) -> Any:
    return _period(raw, "current_period_end")


def _period(raw: Raw, key: str) -> Any:
    """On the subscription until 2025-03, on its items since; of several the one that comes first."""
    if key in raw:
        return raw[key]
    found = [each[key] for each in _items(raw) if each.get(key).__class__ is int]
    return min(found) if found else ABSENT


def _items(raw: Raw) -> list[Raw]:
    """The items; without any list the old plan and quantity on the subscription itself."""
    if isinstance(raw.get("items"), dict) or raw.get("plan") is None:
        return [each for each in rows(raw.get("items")) if isinstance(each, dict)]
    return [{"id": raw.get("id"), "plan": raw["plan"], "quantity": raw.get("quantity")}]


def _price(item: Raw) -> Raw | None:
    found = item.get("price") or item.get("plan")
    return found if isinstance(found, dict) else None


def _read_items(raw: Raw, found: list[str]) -> list[Raw]:
    if mapping(raw.get("items")).get("has_more") is True:
        found.append("items_truncated")
    code = currency(raw)
    return [read for each in _items(raw) if (read := _item(each, code, found)) is not None]


def _item(item: Raw, code: str | None, found: list[str]) -> Raw | None:
    price = _price(item)
    if price is None or code is None:
        found.append("missing_price")
        return None
    amounts = _amounts(price, code, found)
    recurring = _recurring(price)
    tiered = price.get("billing_scheme") == "tiered"
    if tiered and amounts.get("tiers") is None:
        found.append("tiers_not_expanded")
    unit, divide = either(amounts, _unit_name(price)), mapping(price.get("transform_quantity") or price.get("transform_usage"))
    quantity, rates = item.get("quantity"), item.get("tax_rates")
    return {
        "id": _text(item.get("id")),
        "product": _id(price.get("product")),
        "price": _text(price.get("id")),
        "quantity": None if quantity is None else plain(number(quantity)),
        "deleted": item.get("deleted") is True,
        "recurring": recurring is not None,
        "usage": str((recurring or {}).get("usage_type") or "licensed"),
        "interval": (recurring or {}).get("interval"),
        "count": (recurring or {}).get("interval_count") or 1,
        "scheme": "tiered" if tiered else "per_unit",
        "tiers_mode": price.get("tiers_mode"),
        "unit": None if unit is None else major(unit, code),
        "tiers": [_tier(each, code) for each in rows(amounts.get("tiers"))],
        "divide_by": divide.get("divide_by"),
        "round": divide.get("round"),
        "tax_behavior": str(amounts.get("tax_behavior") or price.get("tax_behavior") or "unspecified"),
        "inclusive_rates": _inclusive(rates) if rates else None,
        "discounts": discounts_of(item, found),
    }


def _unit_name(price: Raw) -> str:
    return "amount" if price.get("object") == "plan" or ("amount" in price and "unit_amount" not in price) else "unit_amount"


def _amounts(price: Raw, code: str, found: list[str]) -> Raw:
    """The price itself, or its option in the subscription's currency."""
    own = price.get("currency")
    if is_blank(own) or currency_code(own) == code:
        return price
    for other, option in mapping(price.get("currency_options")).items():
        if currency_code(other) == code and isinstance(option, dict):
            return option
    found.append("currency_options_not_expanded")
    return {"tiers": []}


def _recurring(price: Raw) -> Raw | None:
    """Of a price; a plan of before carries the same words itself and always recurs."""
    if isinstance(price.get("recurring"), dict):
        recurring: Raw = price["recurring"]
        return recurring
    return price if "interval" in price else None


def _tier(tier: Any, code: str) -> Raw:
    tier = mapping(tier)
    up_to = tier.get("up_to")
    unit = either(tier, "unit_amount")
    flat = either(tier, "flat_amount")
    return {
        "up_to": None if up_to in (None, "inf") else plain(number(up_to)),
        "unit": "0" if unit is None else major(unit, code),
        "flat": "0" if flat is None else major(flat, code),
    }


def _inclusive(rates: Any) -> list[str]:
    return [
        plain(number(each.get("percentage")))
        for each in rows(rates)
        if isinstance(each, dict) and each.get("inclusive") is True
    ]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _id(value: Any) -> str | None:
    return _text(mapping(value).get("id")) if isinstance(value, dict) else _text(value)
