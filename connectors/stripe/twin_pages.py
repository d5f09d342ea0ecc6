"""Lists as Stripe pages them: newest first, between two ids, never with a total. https://docs.stripe.com/api/pagination"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.stripe.twin_errors import invalid, missing, unknown_parameter

Row = dict[str, Any]
PAGING = {"limit", "starting_after", "ending_before", "expand"}
FILTERS = {
    "coupons": {"created"},
    "customers": {"created", "email"},
    "events": {"created", "type", "types"},
    "invoices": {"created", "customer", "status", "subscription"},
    "line_items": set[str](),
    "prices": {"active", "created", "currency", "product"},
    "products": {"active", "created"},
    "subscription_items": {"subscription"},
    "subscriptions": {"created", "customer", "price", "status"},
}
COMPARED: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


def newest_first(object: str, rows: Mapping[str, Row]) -> list[str]:
    """Ids in Stripe's order; events of one second come in no order that means anything."""
    if object == "events":
        return sorted(rows, key=lambda each: (-rows[each]["created"], hashlib.sha256(each.encode()).digest()))
    ids = list(rows)
    place = {id: n for n, id in enumerate(ids)}
    return sorted(ids, key=lambda each: (rows[each].get("created") or 0, place[each]), reverse=True)


def limit(params: Row, default: int = 10) -> int:
    text = str(params.get("limit", default))
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise invalid("limit", f"Invalid limit: {text}; must be between 1 and 100.")
    return int(text)


def cut(ids: Sequence[str], params: Row, object: str) -> tuple[list[str], bool]:
    """One page of `ids`, and whether there are more in the direction asked for."""
    size = limit(params)
    start, end = params.get("starting_after"), params.get("ending_before")
    if start is not None and end is not None:
        raise invalid("ending_before", "You cannot parse both ending_before and starting_after parameters.")
    if end is not None:
        at = _place(ids, end, object, "ending_before")
        return list(ids[max(0, at - size) : at]), at > size
    at = 0 if start is None else _place(ids, start, object, "starting_after") + 1
    return list(ids[at : at + size]), at + size < len(ids)


def _place(ids: Sequence[str], id: str, object: str, param: str) -> int:
    try:
        return ids.index(id)
    except ValueError:
        raise missing(object.removesuffix("s"), id, param) from None


def kept(object: str, params: Row) -> Callable[[Row], bool]:
    """Whether a row passes the filters in `params`. Raises `Refused` for a parameter that Stripe doesn't know here."""
    for name in params:
        if name not in PAGING | FILTERS[object]:
            raise unknown_parameter(name)
    tests = [_filter(object, name, value) for name, value in params.items() if name in FILTERS[object]]
    if object == "subscriptions" and "status" not in params:
        tests.append(lambda row: row.get("status") != "canceled")
    return lambda row: all(test(row) for test in tests)


def _filter(object: str, name: str, value: Any) -> Callable[[Row], bool]:
    if name == "created":
        bounds = value.items() if isinstance(value, dict) else [("gte", value), ("lte", value)]
        return lambda row: all(COMPARED[word](row.get("created") or 0, int(bound)) for word, bound in bounds)
    if name == "types":
        if len(value) > 20:
            raise invalid("types", "You may pass up to 20 event types.")
        return lambda row: row["type"] in value
    if object == "subscriptions" and name == "status" and value in {"all", "ended"}:
        return lambda row: value == "all" or row.get("status") in {"canceled", "incomplete_expired"}
    if object == "subscriptions" and name == "price":
        return lambda row: any(item["price"]["id"] == value for item in row["items"]["data"])
    if name == "active":
        return lambda row: str(row.get("active")).lower() == value
    return lambda row: pointed(row.get(name)) == value


def pointed(value: Any) -> Any:
    """The id behind a reference, expanded or not."""
    return value.get("id") if isinstance(value, dict) else value
