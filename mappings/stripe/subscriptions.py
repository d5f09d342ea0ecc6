"""Stripe's subscriptions as its API returns them, for finance: `{"subscriptions": [...], "customers": [...]}`.

Each field is read by the function behind its lens, so that a file and the sync cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from mappings import billing
from mappings.scalars import wrong
from mappings.stripe.amounts import iso
from mappings.stripe.invoices import past_due_since
from mappings.stripe.subscription import PARTS
from mappings.values import ABSENT, Refused

Raw = dict[str, Any]


def subscriptions(document: Mapping[str, Any], as_of: datetime) -> list[Raw]:  # noqa: ARG001  # Stripe's edges are instants
    """Canonical subscriptions, each id once. A bare customer is looked up in `customers`; open `invoices`, if they are given
    too, tell since when a subscription is past due."""
    customers = {each["id"]: each for each in _others(document, "customers") if isinstance(each.get("id"), str)}
    since = past_due_since(_others(document, "invoices"))
    return billing.once(
        _subscription(raw, customers, since) for raw in billing.records(document, "subscription", "subscriptions")
    )


def _others(document: Mapping[str, Any], name: str) -> list[Raw]:
    """Objects that may be absent."""
    return [] if document.get(name) is None else billing.records(document, name, name)


def _subscription(raw: Raw, customers: dict[str, Raw], since: dict[str, str]) -> Raw:
    id, customer, notes = billing.text(raw.get("id")), raw.get("customer"), []
    account = billing.text(customer.get("id") if isinstance(customer, dict) else customer)
    if isinstance(customer, str) and customer in customers:
        raw = raw | {"customer": customers[customer]}
    elif isinstance(customer, str):
        notes.append("customer_not_expanded")
    return billing.subscription(id, account, notes=notes, past_due_since=since.get(id or ""), **_fields(raw))


def _fields(raw: Raw) -> Raw:
    found, refused = {}, False
    for name, read in _FIELDS.items():
        try:
            value = read(raw)
        except Refused:
            refused = True
            continue
        if value is not ABSENT:
            found[name] = value
    if refused and "unsupported_shape" not in found["problems"]:
        found["problems"].append("unsupported_shape")
    return found


def _flag(key: str, otherwise: bool) -> Callable[[Raw], bool]:
    def read(raw: Raw) -> bool:
        value = raw.get(key)
        if value is not None and value.__class__ is not bool:
            raise wrong("bool", value)
        return otherwise if value is None else bool(value)

    return read


def _instant(read: Callable[[Raw], Any]) -> Callable[[Raw], Any]:
    def instant(raw: Raw) -> Any:
        value = read(raw)
        return value if value is ABSENT else iso(value)

    return instant


def _at(key: str) -> Callable[[Raw], Any]:
    return lambda raw: raw.get(key)


_FIELDS: dict[str, Callable[[Raw], Any]] = {
    **PARTS,
    "status": lambda raw: billing.text(raw.get("status")),  # ours are Stripe's words; finance refuses any other
    "live": _flag("livemode", otherwise=True),
    "cancel_at_period_end": _flag("cancel_at_period_end", otherwise=False),
    "trial_start": _instant(_at("trial_start")),
    "trial_end": _instant(_at("trial_end")),
    "created_at": _instant(_at("created")),
    "started_at": _instant(_at("start_date")),
    "cancel_at": _instant(_at("cancel_at")),
    "canceled_at": _instant(_at("canceled_at")),
    "ended_at": _instant(_at("ended_at")),
    "period_start": _instant(PARTS["period_start"]),
    "period_end": _instant(PARTS["period_end"]),
}
