"""What an invoice of Stripe's says of its subscription."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mappings.billing import mapping, text
from mappings.stripe.amounts import iso
from mappings.values import ABSENT

Raw = dict[str, Any]


def subscription_of(invoice: Raw) -> Any:
    """Under `parent` since 2025-03, on the invoice before. https://docs.stripe.com/changelog/basil"""
    details = mapping(mapping(invoice.get("parent")).get("subscription_details"))
    found = details.get("subscription", invoice.get("subscription", ABSENT))
    return None if found is ABSENT and "parent" in invoice else found


def owed_since(invoice: Raw) -> Any:
    """Seconds: when it fell due; when it was made, if it has no due date."""
    due = invoice.get("due_date")
    return invoice.get("created", ABSENT) if due is None else due


def past_due_since(invoices: Iterable[Raw]) -> dict[str, str]:
    """By subscription: the due date, else the creation, of its oldest open invoice."""
    found: dict[str, str] = {}
    for invoice in invoices:
        given = subscription_of(invoice)
        id = text(given.get("id") if isinstance(given, dict) else given)
        owed = owed_since(invoice)
        since = iso(owed) if owed.__class__ is int else None
        if invoice.get("status") == "open" and id is not None and since is not None:
            found[id] = min(found.get(id, since), since)
    return found
