"""Small tie-outs to be signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hub.finance import Policy
from hub.finance.snapshots import Snapshot, take
from hub.finance.tieout.inputs import Account, Held, Inputs, Source, Subscription, Version, canonical
from hub.finance.tieout.report import tie_out
from mappings import billing

AS_OF = datetime(2026, 11, 30, 23, tzinfo=UTC)
COVERED = AS_OF - timedelta(days=30)


def body(monthly: str, currency: str = "USD", **other: object) -> dict[str, object]:
    item = billing.item("si_1", quantity="1", unit=monthly, interval="month")
    made = billing.subscription(
        "sub", None, **{"status": "active", "currency": currency, "minor_digits": 2, "items": [item]} | other
    )
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in made.items()}


def sub(account: str, given: dict[str, object], id: str = "sub_1") -> Subscription:
    return Subscription("stripe", id, f"cus_{account}", account, (Version(canonical(given).decode(), COVERED),))


def held(account: str, arr: str, currency: str = "USD") -> Held:
    return Held(f"crm:{account}", account, {currency: Decimal(arr)})


def inputs(crm: dict[str, str], *, policy: Policy | None = None, missing: tuple[str, ...] = (), **more: object) -> Inputs:
    """Each account is billed 100.00 USD a month, so 1200.00 a year; the CRM holds what is given."""
    subscriptions = tuple(sub(account, body("100.00", **more), f"sub_{account}") for account in crm)
    sources = (
        Source("stripe", "billing", AS_OF, missing=missing, since=COVERED),
        Source("hubspot", "crm", AS_OF, since=COVERED),
    )
    golden = tuple(held(account, "1200.00") for account in crm)
    sides = {"golden": golden, "crm": tuple(held(account, arr) for account, arr in crm.items())}
    accounts = tuple(Account(account, account.title(), (f"cus_{account}",)) for account in crm)
    return Inputs(AS_OF, 7, policy or Policy(), sources, accounts, subscriptions, sides)


def snapshot(crm: dict[str, str], **more: object) -> Snapshot:
    return take(tie_out(inputs(crm, **more)))


def by(policy: Policy, of: Inputs) -> Inputs:
    return replace(of, policy=policy)
