"""Expansion: four levels, ids replaced by their objects, and what Stripe includes only when asked. https://docs.stripe.com/api/expanding_objects"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from connectors.stripe.twin_errors import Refused

LEVELS = 4
POINTS_TO = {
    "coupon": "coupons",
    "customer": "customers",
    "default_price": "prices",
    "discounts": "discounts",
    "latest_invoice": "invoices",
    "price": "prices",
    "product": "products",
    "subscription": "subscriptions",
}
INCLUDABLE = frozenset({"tiers", "currency_options", "applies_to"})
Find = Callable[[str, str], dict[str, Any] | None]


def expanded(answer: dict[str, Any], paths: Sequence[str], find: Find) -> dict[str, Any]:
    """A copy of `answer` with `paths` expanded; `find(object, id)` looks rows up."""
    answer = copy.deepcopy(answer)
    for path in paths:
        parts = path.split(".")
        if len(parts) > LEVELS:
            raise Refused(400, f"You cannot expand more than {LEVELS} levels of a property. Property: {path}", param="expand")
        _expand(answer, parts, path, find)
    return answer


def _expand(holder: Any, parts: Sequence[str], path: str, find: Find) -> None:
    if isinstance(holder, list):
        for each in holder:
            _expand(each, parts, path, find)
        return
    if not isinstance(holder, dict):
        return
    key, rest = parts[0], parts[1:]
    if key in INCLUDABLE:
        included = find("includable", str(holder.get("id"))) or {}
        if key in included:
            holder[key] = copy.deepcopy(included[key])
        return
    value = holder.get(key)
    if key in POINTS_TO:
        value = holder[key] = _resolved(value, POINTS_TO[key], find)
    elif value is not None and not isinstance(value, dict | list):
        raise Refused(400, f"This property cannot be expanded ({path}).", param="expand")
    if rest:
        _expand(value, rest, path, find)


def _resolved(value: Any, object: str, find: Find) -> Any:
    if isinstance(value, list):
        return [_resolved(each, object, find) for each in value]
    row = find(object, value) if isinstance(value, str) else None
    return value if row is None else copy.deepcopy(row)
