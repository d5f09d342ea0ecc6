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
from mappings.stripe.subscription import PARTS
from mappings.values import ABSENT, Refused

Raw = dict[str, Any]


def subscriptions(document: Mapping[str, Any], as_of: datetime) -> list[Raw]:  # noqa: ARG001  # Stripe's edges are instants
    """Canonical subscriptions, each id once. A bare customer is looked up in `customers`."""
    customers = _customers(document.get("customers"))
    return billing.once(_subscription(raw, customers) for raw in billing.records(document, "subscription", "subscriptions"))


def _customers(given: Any) -> dict[str, Raw]:
    if given is not None and not isinstance(given, list):
        raise wrong("list", given)
    return {each["id"]: each for each in given or () if isinstance(each, dict) and isinstance(each.get("id"), str)}


def _subscription(raw: Raw, customers: dict[str, Raw]) -> Raw:
    customer, notes = raw.get("customer"), []
    if isinstance(customer, str):
        if customer in customers:
            raw = raw | {"customer": customers[customer]}
        else:
            notes.append("customer_not_expanded")
    account = billing.text(billing.mapping(customer).get("id") if isinstance(customer, dict) else customer)
    fields, refused = {}, False
    for name, read in _FIELDS.items():
        try:
            value = read(raw)
        except Refused:
            refused = True
            continue
        if value is not ABSENT:
            fields[name] = value
    if refused and "unsupported_shape" not in fields["problems"]:
        fields["problems"].append("unsupported_shape")
    return billing.subscription(billing.text(raw.get("id")), account, notes=notes, **fields)


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
