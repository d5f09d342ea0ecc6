"""What is read of each Stripe object: where it lies, what is expanded, which events touch it, how it is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DISCOUNTS = ("customer.discount.created", "customer.discount.updated", "customer.discount.deleted")


@dataclass(frozen=True, slots=True)
class Kind:
    """`expand` is relative to one record; a list puts `data.` before it and Stripe follows four levels at most.

    `counts`: searches whose totals add up to all records.
    """

    name: str
    object: str  # Stripe's word in `object`
    events: tuple[str, ...]  # at most 20 in one call
    counts: tuple[str, ...]
    expand: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/v1/{self.name}"


def _events(object: str, *what: str) -> tuple[str, ...]:
    return tuple(f"{object}.{each}" for each in what)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("customers", "customer", (*_events("customer", "created", "updated", "deleted"), *DISCOUNTS), ("created>0",)),
        Kind("products", "product", _events("product", "created", "updated", "deleted"), ("active:'true'", "active:'false'")),
        Kind(
            "prices",
            "price",
            _events("price", "created", "updated", "deleted"),
            ("active:'true'", "active:'false'"),
            expand=("tiers", "currency_options"),
        ),
        Kind(
            "subscriptions",
            "subscription",
            (
                *_events("customer.subscription", "created", "updated", "deleted", "paused", "resumed", "trial_will_end"),
                *_events("customer.subscription", "pending_update_applied", "pending_update_expired"),
                *DISCOUNTS,
            ),
            ("created>0",),
            expand=("customer", "discounts.source.coupon", "items.data.discounts"),
            filters={"status": "all"},  # without it canceled ones are left out
        ),
        Kind(
            "invoices",
            "invoice",
            # not `upcoming`: it is a preview and has no id
            (
                *_events("invoice", "created", "updated", "finalized", "finalization_failed", "deleted", "sent", "overdue"),
                *_events("invoice", "paid", "payment_failed", "payment_action_required", "payment_succeeded"),
                *_events("invoice", "voided", "marked_uncollectible", "will_be_due", "overpaid"),
            ),
            ("created>0",),
        ),
    )
}

BY_OBJECT = {kind.object: kind for kind in KINDS.values()}
