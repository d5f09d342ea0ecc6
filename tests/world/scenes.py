"""Companies that tests write down themselves, in the vendors' own shapes."""

from __future__ import annotations

from typing import Any

from worlds import World

from hub.readings.digest import digest


def of(world: World) -> str:
    with world.hub.engine.connect() as database:
        return digest(world.hub, database)


def company(id: str, **properties: str | None) -> dict[str, Any]:
    moment = "2024-05-01T10:00:00.000Z"
    return {"id": id, "properties": properties, "createdAt": moment, "updatedAt": moment, "archived": False}


def customer(id: str, **values: Any) -> dict[str, Any]:
    empty = {"address": None, "phone": None, "email": None, "name": None, "metadata": {}, "discount": None, "livemode": True}
    return {"id": id, "object": "customer", "created": 1_700_000_000, **empty, **values}


TEAPOT = {
    "stripe": {
        "customers": [
            customer("cus_1", name="Wobbly Teapot Works", email="pay@teapot.example", metadata={"domain": "teapot.example"})
        ]
    },
    "hubspot": {"companies": [company("1", name="Wobbly Teapot Works", domain="teapot.example", phone="+1 202-555-0100")]},
}


def subscription(id: str, customer: str, unit: int, interval: str) -> dict[str, Any]:
    price = {
        "id": f"price_{id}", "object": "price", "active": True, "billing_scheme": "per_unit", "currency": "usd", "product": "prod_1", "type": "recurring",
        "created": 1_700_000_000, "livemode": True, "metadata": {}, "tax_behavior": "unspecified", "tiers_mode": None, "transform_quantity": None,
        "recurring": {"interval": interval, "interval_count": 1, "usage_type": "licensed"}, "unit_amount": unit, "unit_amount_decimal": str(unit),
    }  # fmt: skip
    item = {
        "id": f"si_{id}",
        "object": "subscription_item",
        "created": 1_700_000_000,
        "price": price,
        "quantity": 1,
        "discounts": [],
        "tax_rates": [],
    }
    return {
        "id": id, "object": "subscription", "customer": customer, "status": "active", "currency": "usd", "livemode": True, "created": 1_700_000_000,
        "start_date": 1_700_000_000, "discounts": [], "default_tax_rates": [], "automatic_tax": {"enabled": False}, "cancel_at_period_end": False,
        "items": {"object": "list", "data": [item], "has_more": False, "url": "/v1/subscription_items"}, "metadata": {},
        "cancel_at": None, "canceled_at": None, "ended_at": None, "trial_start": None, "trial_end": None, "pause_collection": None,
    }  # fmt: skip


MARMALADE = {
    "stripe": {
        "customers": [
            customer("cus_a", name="Marmalade Submarines", email="a@marmalade.example"),
            customer("cus_b", name="Marmalade Submarines (yearly)", email="b@marmalade.example"),
        ],
        "subscriptions": [subscription("sub_a", "cus_a", 50_000, "month"), subscription("sub_b", "cus_b", 660_000, "year")],
    },
    "hubspot": {
        "companies": [
            company(
                "7", name="Marmalade Submarines", domain="marmalade.example", concord_arr="6000.00", concord_arr_currency="USD"
            )
        ]
    },
}
