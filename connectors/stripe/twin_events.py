"""Stripe's event log: what happened, in the account's own old API version, for 30 days. https://docs.stripe.com/api/events"""

from __future__ import annotations

import copy
from typing import Any

Row = dict[str, Any]

REACH = 30 * 86_400
OLD_VERSION = "2024-06-20"  # an account keeps the version of its first day; events are told in it
TYPES = {
    "coupons": "coupon",
    "customers": "customer",
    "discounts": "customer.discount",
    "invoices": "invoice",
    "prices": "price",
    "products": "product",
    "subscriptions": "customer.subscription",
}
ACTIONS = {"create": "created", "update": "updated", "delete": "deleted"}


def event(id: str, at: int, object: str, action: str, row: Row, *, before: Row, asked: Row | None, live: bool) -> Row:
    """`asked`: the request that caused it (id, idempotency_key); None for Stripe's own doing."""
    data: Row = {"object": _old_shape(row)}
    changed = {key: value for key, value in before.items() if row.get(key) != value}
    if action == "update" and changed:
        data["previous_attributes"] = copy.deepcopy(changed)
    return {
        "id": id,
        "object": "event",
        "api_version": OLD_VERSION,
        "created": at,
        "data": data,
        "livemode": live,
        "pending_webhooks": 0,
        "request": asked or {"id": None, "idempotency_key": None},
        "type": f"{TYPES[object]}.{ACTIONS[action]}",
    }


def _old_shape(row: Row) -> Row:
    """Periods stood on the subscription itself, and a discount held its coupon: who trusts an event's body reads wrong."""
    old = copy.deepcopy(row)
    for item in (old.get("items") or {}).get("data") or []:
        for edge in ("current_period_start", "current_period_end"):
            if edge in item:
                old[edge] = item.pop(edge)
    if isinstance(old.get("source"), dict) and old.get("object") == "discount":
        old["coupon"] = {"id": old.pop("source").get("coupon"), "object": "coupon"}
    return old
