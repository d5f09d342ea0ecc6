"""Stripe's objects in full, as API version 2026-10-28 shows them to somebody who expands nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]

ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
NOBODY_LIABLE = {"disabled_reason": None, "enabled": False, "liability": None}


def customer(id: str, created: int, *, live: bool, **given: Any) -> Row:
    return {
        "id": id,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": created,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": id[-8:].upper(),
        "invoice_settings": {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None},
        "livemode": live,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
        **given,
    }


def address(**parts: str | None) -> Row:
    return {part: parts.get(part) or None for part in ADDRESS}


def product(id: str, created: int, name: str, **given: Any) -> Row:
    return {
        "id": id,
        "object": "product",
        "active": True,
        "created": created,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": True,
        "marketing_features": [],
        "metadata": {},
        "name": name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": "service",
        "unit_label": "seat",
        "updated": created,
        "url": None,
        **given,
    }


def price(id: str, created: int, product: str, *, currency: str, interval: str, unit: int | None = None, **given: Any) -> Row:
    return {
        "id": id,
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": created,
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": True,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product,
        "recurring": {
            "interval": interval,
            "interval_count": 1,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        },
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring",
        "unit_amount": unit,
        "unit_amount_decimal": None if unit is None else str(unit),
        **given,
    }


def plan(price: Row) -> Row:
    """What Stripe still shows of a price beside it, under its old name."""
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": price["billing_scheme"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": price["livemode"],
        "metadata": {},
        "meter": None,
        "nickname": None,
        "product": price["product"],
        "tiers_mode": price["tiers_mode"],
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": recurring["usage_type"],
    }


def item(id: str, created: int, subscription: str, price: Row, *, quantity: int, period: tuple[int, int]) -> Row:
    return {
        "id": id,
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": created,
        "current_period_end": period[1],
        "current_period_start": period[0],
        "discounts": [],
        "metadata": {},
        "plan": plan(price),
        "price": price,
        "quantity": quantity,
        "subscription": subscription,
        "tax_rates": [],
    }


UNUSED = (
    "application application_fee_percent billing_cycle_anchor_config billing_thresholds cancel_at canceled_at customer_account "
    "default_payment_method default_source description ended_at latest_invoice next_pending_invoice_item_invoice on_behalf_of "
    "pause_collection pending_invoice_item_interval pending_setup_intent pending_update schedule test_clock transfer_data "
    "trial_end trial_start"
)  # keys that a plain subscription leaves empty


def subscription(id: str, created: int, customer: str, items: Sequence[Row], *, more: bool = False, **given: Any) -> Row:
    url = f"/v1/subscription_items?subscription={id}"
    return {
        "id": id,
        "object": "subscription",
        **dict.fromkeys(UNUSED.split()),
        "automatic_tax": dict(NOBODY_LIABLE),
        "billing_cycle_anchor": created,
        "billing_mode": {"flexible": None, "type": "classic"},
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "send_invoice",
        "created": created,
        "currency": items[0]["price"]["currency"] if items else "usd",
        "customer": customer,
        "days_until_due": 30,
        "default_tax_rates": [],
        "discounts": [],
        "invoice_settings": {
            "account_tax_ids": None,
            "custom_fields": None,
            "description": None,
            "footer": None,
            "issuer": {"type": "self"},
        },
        "items": {"object": "list", "data": list(items), "has_more": more, "url": url},
        "livemode": True,
        "managed_payments": {"enabled": False},
        "metadata": {},
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "start_date": created,
        "status": "active",
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        **given,
    }


def coupon(id: str, created: int, percent_off: float, **given: Any) -> Row:
    return {
        "id": id,
        "object": "coupon",
        "amount_off": None,
        "created": created,
        "currency": None,
        "duration": "forever",
        "duration_in_months": None,
        "livemode": True,
        "max_redemptions": None,
        "metadata": {},
        "name": f"{percent_off:g} % off",
        "percent_off": percent_off,
        "redeem_by": None,
        "times_redeemed": 0,
        "valid": True,
        **given,
    }


def discount(id: str, coupon: str, start: int, customer: str, subscription: str | None) -> Row:
    return {
        "id": id,
        "object": "discount",
        "checkout_session": None,
        "customer": customer,
        "customer_account": None,
        "end": None,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": None,
        "source": {"coupon": coupon, "type": "coupon"},
        "start": start,
        "subscription": subscription,
        "subscription_item": None,
    }
