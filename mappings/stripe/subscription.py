"""A Stripe subscription in its shapes of 2026 and before, as finance reads it: major units as exact text, instants in ISO.

What is missing to price it becomes a code, on the subscription, the item or the discount that lacks it; never a guess.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mappings.billing import exact, item, mapping, number, objects, text
from mappings.currency import currency_code, plain
from mappings.scalars import wrong
from mappings.stripe.amounts import either, iso, major, rows, stripe_digits, whole
from mappings.stripe.discounts import discounts_of
from mappings.values import ABSENT, Refused, is_blank

Raw = dict[str, Any]


def currency(raw: Raw) -> Any:
    """The subscription's own, else that of its first price."""
    if not is_blank(raw.get("currency")):
        return currency_code(raw["currency"])
    for each in _items(raw):
        price = _price(each)
        if price is not None:
            return None if is_blank(price.get("currency")) else currency_code(price["currency"])
    return None


def minor_digits(raw: Raw) -> Any:
    code = currency(raw)
    return None if code is None else stripe_digits(code)


def items(raw: Raw) -> Any:
    code = currency(raw)
    return [_item(each, code) for each in _items(raw)]


def discounts(raw: Raw) -> Any:
    return discounts_of(raw)


def customer_discounts(raw: Raw) -> Any:
    """Of the expanded customer; a bare id tells of none."""
    return discounts_of(mapping(raw.get("customer")))


def pause(raw: Raw) -> Any:
    paused = raw.get("pause_collection")
    if paused is None:
        return ABSENT if "pause_collection" not in raw else None
    return {"behavior": str(mapping(paused).get("behavior")), "resumes_at": iso(mapping(paused).get("resumes_at"))}


def tax(raw: Raw) -> Any:
    automatic = whole(raw.get("automatic_tax")).get("enabled") is True
    return {"automatic": automatic, "inclusive_rates": _inclusive(raw.get("default_tax_rates"))}


def period_start(raw: Raw) -> Any:
    return _period(raw, "current_period_start")


def period_end(raw: Raw) -> Any:
    return _period(raw, "current_period_end")


def problems(raw: Raw) -> Any:
    """Codes of what keeps the whole subscription from having a number."""
    found = []
    if mapping(raw.get("items")).get("has_more") not in (None, False):
        found.append("items_truncated")
    if any(_refuses(read, raw) for read in (items, discounts, customer_discounts, tax, pause)):
        found.append("unsupported_shape")
    elif _unpriced(raw):
        found.append("missing_price")
    return found


_PARTS = (
    currency, minor_digits, items, discounts, customer_discounts, pause, tax, period_start, period_end, problems,
)  # fmt: skip
PARTS: dict[str, Callable[[Raw], Any]] = {part.__name__: part for part in _PARTS}
"""Fields of the canonical subscription that are more than one value of Stripe's."""


def _unpriced(raw: Raw) -> bool:
    """Without any price there may be no currency either."""
    if raw.get("items") is None and raw.get("plan") is None:
        return True
    return is_blank(raw.get("currency")) and all(_price(each) is None for each in _items(raw))


def _refuses(read: Callable[[Raw], Any], raw: Raw) -> bool:
    try:
        read(raw)
    except Refused:
        return True
    return False


def _period(raw: Raw, key: str) -> Any:
    """On the subscription until 2025-03, on its items since; of several the one that comes first."""
    if key in raw:
        return raw[key]
    found = [each[key] for each in _items(raw) if each.get(key).__class__ is int]
    return min(found) if found else ABSENT


def _items(raw: Raw) -> list[Raw]:
    """The items; without any list the old plan and quantity on the subscription itself."""
    if raw.get("items") is None and raw.get("plan") is not None:
        return [{"id": raw.get("id"), "plan": raw["plan"], "quantity": raw.get("quantity")}]
    return [mapping(each) for each in rows(raw.get("items"))]


def _price(item: Raw) -> Raw | None:
    """`plan` mirrors `price`, and stood alone before 2020."""
    return next((each for each in (item.get("price"), item.get("plan")) if isinstance(each, dict)), None)


def _item(raw: Raw, code: str | None) -> Raw:
    id, deleted, price = text(raw.get("id")), raw.get("deleted") is True, _price(raw)
    if price is None or code is None:
        return item(id, deleted=deleted, problem="missing_price")
    amounts, problem = _amounts(price, code)
    scheme, rates = str(price.get("billing_scheme") or "per_unit"), rows(raw.get("tax_rates"))
    if problem is None and scheme == "tiered" and amounts.get("tiers") is None:
        problem = "tiers_not_expanded"
    divide = _transform(price)
    found = item(
        id,
        product=_id(price.get("product")),
        price=text(price.get("id")),
        quantity=exact(raw.get("quantity")),
        deleted=deleted,
        scheme=scheme,
        tiers_mode=price.get("tiers_mode"),
        unit=_unit(amounts, code),
        tiers=[_tier(each, code) for each in objects(rows(amounts.get("tiers")))],
        divide_by=divide.get("divide_by"),
        round=divide.get("round"),
        tax_behavior=str(amounts.get("tax_behavior") or price.get("tax_behavior") or "unspecified"),
        inclusive_rates=_inclusive(rates) if rates else None,  # no rates of its own: the subscription's
        discounts=discounts_of(raw),
        **_period_of(price),
    )
    return found if problem is None else found | {"problem": problem}


def _transform(price: Raw) -> Raw:
    given = [whole(price.get(name)) for name in ("transform_quantity", "transform_usage")]  # the second is a plan's
    divide = given[0] or given[1]
    if divide and divide.get("divide_by") is None:
        raise wrong("divide_by", divide)
    return divide


def _unit(holder: Raw, code: str) -> str | None:
    """Of a price or a tier; of a plan, and of a tier until 2018, it is `amount`."""
    unit = either(holder, "unit_amount")
    return major(either(holder, "amount") if unit is None else unit, code)


def _amounts(price: Raw, code: str) -> tuple[Raw, str | None]:
    """The price itself, or its option in the subscription's currency; with the code of what is missing."""
    own = price.get("currency")
    if is_blank(own) or currency_code(own) == code:
        return price, None
    for other, option in mapping(price.get("currency_options")).items():
        if currency_code(other) == code and isinstance(option, dict):
            return option, None
    return {}, "currency_options_not_expanded"


def _period_of(price: Raw) -> Raw:
    """Of a price under `recurring`, null if it is charged once; a plan carries the same words itself and always recurs."""
    holder = price.get("recurring") if "recurring" in price else price if "interval" in price else None
    if not isinstance(holder, dict):
        once = price.get("recurring", ABSENT) is None or price.get("type") == "one_time"
        return {"recurring": False if once else None}  # neither a period nor the word that there is none: finance refuses it
    usage, every = holder.get("usage_type"), holder.get("interval_count")
    return {
        "usage": "licensed" if usage is None else str(usage),
        "interval": holder.get("interval"),
        "count": 1 if every is None else every,
    }


def _tier(tier: Raw, code: str) -> Raw:
    up_to = tier.get("up_to")
    return {
        "up_to": None if up_to == "inf" else exact(up_to),
        "unit": _unit(tier, code) or "0",
        "flat": major(either(tier, "flat_amount"), code) or "0",
    }


def _inclusive(rates: Any) -> list[str]:
    """An id alone does not say whether it is inside the price."""
    given = objects(rows(rates))
    return [plain(number(each.get("percentage"))) for each in given if each.get("inclusive") is True]


def _id(value: Any) -> str | None:
    return text(value.get("id") if isinstance(value, dict) else value)
