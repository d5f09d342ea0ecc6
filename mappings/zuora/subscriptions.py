"""A Zuora subscription as finance reads it: its latest version, with the charges of its rate plans. Amounts are JSON numbers in
major units. https://developer.zuora.com/v1-api-reference/api/operation/GET_SubscriptionsByKey/"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from mappings.billing import Raw, exact, mapping, number, once, records, subscription, text
from mappings.currency import currency_code, iso_digits
from mappings.values import Refused
from mappings.zuora.charges import Charge, charges_of, item_of, overlapping
from mappings.zuora.discounts import discounts_of
from mappings.zuora.words import midnight

_NOT_COUNTED = {"Suspended": "paused", "Cancelled": "canceled", "Expired": "canceled", "Draft": None}


def subscriptions(document: Raw, as_of: datetime) -> list[dict[str, Any]]:
    """Of `subscription` or `subscriptions`. A change makes a new version with an id of its own: only the latest of a subscription
    number counts."""
    if as_of.tzinfo is None:
        raise Refused("no_time_zone")
    return once(_guarded(raw, as_of, told) for raw, told in _latest(_rows(document)))


def _rows(document: Raw) -> list[dict[str, Any]]:
    """A row may be wrapped as the one subscription is."""
    rows = records(document, "subscription", "subscriptions")
    return [mapping(row["subscription"]) if "subscription" in row else row for row in rows]


def _latest(rows: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], bool]]:
    """With whether the answer tells which version is the latest."""
    versions: dict[str, list[dict[str, Any]]] = {}
    for place, raw in enumerate(rows):
        versions.setdefault(_number(raw) or str(place), []).append(raw)
    for same in versions.values():
        ranks = [_rank(raw) for raw in same]
        yield same[ranks.index(max(ranks))], ranks.count(max(ranks)) == 1 or all(raw == same[0] for raw in same)


def _number(raw: Raw) -> str | None:
    return text(raw.get("subscriptionNumber")) or text(raw.get("name")) or text(raw.get("id"))


def _rank(raw: Raw) -> tuple[bool, Decimal]:
    """`version` counts 1, 2, 3; `revision` is "1.0", "2.0"."""
    for name in ("version", "revision"):
        try:
            if raw.get(name) is not None:
                return raw.get("isLatestVersion") is True, number(raw[name])
        except Refused:
            continue
    return raw.get("isLatestVersion") is True, Decimal(-1)


def _guarded(raw: Raw, as_of: datetime, told: bool) -> dict[str, Any]:
    id, standing = _number(raw), _standing(raw)
    account = text(raw.get("accountId")) or text(raw.get("accountNumber"))
    problems = ([] if standing else ["unknown_status"]) + ([] if told else ["unknown_version"])
    try:
        return subscription(id, account, **standing, **_read(raw, as_of, problems))
    except Refused:
        return subscription(id, account, **standing, problems=[*problems, "unsupported_shape"])


def _standing(raw: Raw) -> dict[str, Any]:
    """A word that is unknown stays out, which finance refuses."""
    status = text(raw.get("status")) or ""
    if status == "Active":
        return {"status": "active"}
    if status in _NOT_COUNTED or status.startswith("Pending"):
        return {"status": _NOT_COUNTED.get(status), "excluded": f"status_{status.replace(' ', '_')}"}
    return {}


def _read(raw: Raw, as_of: datetime, problems: list[str]) -> dict[str, Any]:
    charges = charges_of(raw, as_of)
    currency = _currency(raw, charges)
    mrr = exact(raw.get("contractedMrr"))
    return {
        "currency": currency,
        "minor_digits": iso_digits(currency),
        "items": [item_of(charge, currency) for charge in charges if not (charge.is_discount and charge.type == "recurring")],
        "discounts": discounts_of(charges, currency, as_of),
        "started_at": midnight(raw.get("subscriptionStartDate"), as_of.tzinfo),
        "cancel_at": midnight(raw.get("scheduledCancelDate"), as_of.tzinfo),
        "tax": {"automatic": True, "inclusive_rates": []},  # of an inclusive price the rate is told on invoices only
        "problems": problems + _gaps(raw, charges, as_of),
        "reported": {} if mrr is None else {"mrr": mrr},
    }


def _gaps(raw: Raw, charges: list[Charge], as_of: datetime) -> list[str]:
    plans = raw.get("ratePlans")
    if plans is None or any(plan.get("ratePlanCharges") is None for plan in plans):
        return ["not_seen"]
    return ["unknown_version"] if overlapping(charges, as_of) else []


def _currency(raw: Raw, charges: Iterable[Charge]) -> str:
    """The subscription's, in older answers that of all its charges."""
    if raw.get("currency") is not None:
        return currency_code(raw["currency"])
    found = {currency_code(charge.raw["currency"]) for charge in charges if charge.raw.get("currency") is not None}
    if len(found) != 1:
        raise Refused("not_a_currency", value=", ".join(sorted(found)))
    return found.pop()
