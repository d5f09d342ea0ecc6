"""Small worlds of billing and its mirrors, for the tests of the tie-out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hub.finance import Policy, account
from hub.finance.tieout.inputs import Account, Counted, Held, Inputs, Source, Subscription, Version, canonical
from hub.finance.tieout.report import Report, tie_out
from mappings import billing

AS_OF = datetime(2026, 11, 30, 12, tzinfo=UTC)
COVERED = AS_OF - timedelta(days=30)
DIGITS = {"JPY": 0, "KWD": 3}

Body = dict[str, Any]


def item(unit: str = "25.00", quantity: str | None = "40", **other: Any) -> Body:
    given = {"product": "prod_1", "quantity": quantity, "unit": unit, "interval": "month"} | other
    return billing.item(given.pop("id", "si_1"), **given)


def tiered(mode: str, quantity: str, *tiers: tuple[str | None, str, str], **other: Any) -> Body:
    steps = [{"up_to": up_to, "unit": unit, "flat": flat} for up_to, unit, flat in tiers]
    return item(quantity=quantity, scheme="tiered", tiers_mode=mode, tiers=steps, unit=None, **other)


def body(*items: Body, **other: Any) -> Body:
    currency = other.get("currency", "USD")
    given = {
        "status": "active",
        "currency": currency,
        "minor_digits": DIGITS.get(currency, 2),
        "items": list(items) or [item()],
    }
    made = billing.subscription("sub", None, **given | other)
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in made.items()}


def version(of: Body | None, at: datetime = COVERED, after: datetime | None = None) -> Version:
    return Version("" if of is None else canonical(of).decode(), at, after)


def sub(whose: str | None, *versions: Body | Version, id: str = "sub_1", customer: str | None = None) -> Subscription:
    """`versions`: bodies as first read, or versions."""
    made = tuple(each if isinstance(each, Version) else version(each) for each in versions)
    return Subscription("stripe", id, customer or f"cus_{whose}", whose, made)


def held(whose: str | None, record: str | None = None, **arr: str | None) -> Held:
    amounts = {currency: None if text is None else Decimal(text) for currency, text in arr.items()}
    return Held(record or f"crm:{whose}", whose, amounts)


def source(role: str = "billing", *missing: str) -> Source:
    return Source("stripe" if role == "billing" else "hubspot", role, AS_OF, {"customers": Counted(1, 1)}, missing, COVERED)


def right(subscriptions: list[Subscription], policy: Policy | None = None) -> tuple[Held, ...]:
    """What everybody should hold, as the policy has it."""
    whose: dict[str, list[Body]] = {}
    for each in subscriptions:
        if each.account is not None and each.versions[-1].body:
            whose.setdefault(each.account, []).append(billed(each))
    return tuple(
        Held(f"crm:{id}", id, account(bodies, policy or Policy(), AS_OF).by_currency or {}) for id, bodies in whose.items()
    )


def billed(subscription: Subscription) -> Body:
    return dict(json.loads(subscription.versions[-1].body)) | {"account": subscription.account}


def inputs(subscriptions: list[Subscription], **sides: tuple[Held, ...]) -> Inputs:
    """Sides that are not given hold what is right."""
    customers: dict[str, set[str]] = {}
    for each in subscriptions:
        if each.account is not None:
            customers.setdefault(each.account, set()).add(str(each.customer))
    accounts = tuple(Account(id, f"Account {id}", tuple(sorted(of))) for id, of in customers.items())
    given = {"golden": right(subscriptions), "crm": right(subscriptions)} | sides
    return Inputs(AS_OF, 7, Policy(), (source(), source("crm")), accounts, tuple(subscriptions), given)


def report(subscriptions: list[Subscription], **sides: tuple[Held, ...]) -> Report:
    return tie_out(inputs(subscriptions, **sides))
