"""Stripe's invoice and its lines in full, as API version 2026-10-28 shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]


def line(id: str, invoice: str, item: Row, *, amount: int, currency: str, period: tuple[int, int]) -> Row:
    return {
        "id": id,
        "object": "line_item",
        "amount": amount,
        "currency": currency,
        "description": f"{item['quantity']} seats",
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice,
        "livemode": True,
        "metadata": {},
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": {"credited_items": None},
                "subscription": item["subscription"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        "period": {"end": period[1], "start": period[0]},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": item["price"]["id"], "product": item["price"]["product"]},
            "type": "price_details",
            "unit_amount_decimal": item["price"]["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
        "quantity_decimal": str(item["quantity"]),
        "subscription": item["subscription"],
        "subtotal": amount,
        "taxes": [],
    }


def invoice(
    id: str, created: int, customer: Row, subscription: Row, lines: Sequence[Row], *, status: str, total: int, **given: Any
) -> Row:
    """`given` brings what hangs on the status; `total` is after discounts, in minor units."""
    paid = total if status == "paid" else 0
    return {
        "id": id,
        "object": "invoice",
        **_account(customer),
        **_state(created, status, paid),
        "amount_due": total,
        "amount_overpaid": 0,
        "amount_paid": paid,
        "amount_remaining": total - paid,
        "amount_shipping": 0,
        "billing_reason": "subscription_cycle",
        "collection_method": subscription["collection_method"],
        "created": created,
        "currency": subscription["currency"],
        "due_date": created + 30 * 86_400,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "lines": {"object": "list", "data": list(lines), "has_more": False, "url": f"/v1/invoices/{id}/lines"},
        "number": None,
        "parent": {
            "quote_details": None,
            "subscription_details": {"metadata": {}, "subscription": subscription["id"]},
            "type": "subscription_details",
        },
        "period_end": created,
        "period_start": created,
        "subtotal": sum(each["amount"] for each in lines),
        "subtotal_excluding_tax": sum(each["amount"] for each in lines),
        "total": total,
        "total_discount_amounts": [],
        "total_excluding_tax": total,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        **_unused(),
        **given,
    }


def _account(customer: Row) -> Row:
    return {
        "account_country": "US",
        "account_name": "Practice Inc.",
        "account_tax_ids": None,
        "customer": customer["id"],
        "customer_account": None,
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": None,
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "livemode": customer["livemode"],
    }


def _state(created: int, status: str, paid: int) -> Row:
    return {
        "attempt_count": 1 if paid else 0,
        "attempted": bool(paid),
        "auto_advance": status == "open",
        "automatically_finalizes_at": None,
        "effective_at": created,
        "ending_balance": 0,
        "next_payment_attempt": None,
        "starting_balance": 0,
        "status": status,
        "status_transitions": {
            "finalized_at": None if status == "draft" else created,
            "marked_uncollectible_at": None,
            "paid_at": created + 86_400 if status == "paid" else None,
            "voided_at": None,
        },
        "webhooks_delivered_at": created,
    }


def _unused() -> Row:
    """Keys that a plain subscription invoice leaves empty."""
    empty = (
        "application custom_fields default_payment_method default_source description footer from_invoice "
        "last_finalization_error latest_revision on_behalf_of receipt_number rendering shipping_cost shipping_details "
        "statement_descriptor test_clock"
    )
    return {
        **dict.fromkeys(empty.split()),
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None, "provider": None, "status": None},
        "default_tax_rates": [],
        "discounts": [],
        "issuer": {"type": "self"},
        "metadata": {},
        "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
    }
