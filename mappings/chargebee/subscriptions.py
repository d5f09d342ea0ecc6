"""A Chargebee subscription as finance reads it: product catalog 2.0 (`subscription_items`) and 1.0 (a plan and addons).
https://apidocs.chargebee.com/docs/api/subscriptions"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from mappings.billing import Raw, item, mapping, number, objects, once, records, subscription, text
from mappings.chargebee.amounts import billed, chargebee_digits, instant, money
from mappings.chargebee.discounts import Coupons, coupons_of, discounts_of
from mappings.currency import currency_code, plain
from mappings.values import Refused

_COUNTED = frozenset(["active", "non_renewing"])
_NOT_COUNTED = {"in_trial": "trialing", "future": None, "paused": "paused", "cancelled": "canceled", "transferred": "canceled"}
_METERED = ("metered_quantity", "last_calculated_at", "usage_accumulation_reset_frequency")
_RECURRING = {"plan": True, "addon": True, "charge": False}


def subscriptions(document: Raw, as_of: datetime) -> list[dict[str, Any]]:
    """Of `subscription`, `subscriptions` or an answer of the list API; `coupons` beside them, for the API names them only."""
    if as_of.tzinfo is None:
        raise Refused("no_time_zone")
    coupons = coupons_of(document)
    return once(_guarded(raw, coupons, as_of) for raw in _rows(document))


def _rows(document: Raw) -> Iterator[dict[str, Any]]:
    """A list's rows are wrapped: `{"subscription": {...}, "customer": {...}}`."""
    for row in records(document, "subscription", "list" if "list" in document else "subscriptions"):
        yield mapping(row["subscription"]) if "subscription" in row else row


def _guarded(raw: Raw, coupons: Coupons, as_of: datetime) -> dict[str, Any]:
    standing = _standing(raw)
    id, account = text(raw.get("id")), text(raw.get("customer_id"))
    try:
        return subscription(id, account, **_read(raw, coupons, as_of, standing.pop("problems")), **standing)
    except Refused:
        return subscription(id, account, **standing | {"problems": ["unsupported_shape"]})


def _standing(raw: Raw) -> dict[str, Any]:
    word = text(raw.get("status"))
    if raw.get("deleted") is True:
        return {"status": "canceled", "excluded": "status_deleted", "problems": []}
    if word in _COUNTED:
        return {"status": "active", "problems": []}
    if word in _NOT_COUNTED:
        return {"status": _NOT_COUNTED[word], "excluded": f"status_{word}", "problems": []}
    return {"status": None, "problems": ["unknown_status"]}


def _read(raw: Raw, coupons: Coupons, as_of: datetime, problems: list[str]) -> dict[str, Any]:
    currency = currency_code(raw.get("currency_code"))
    digits = chargebee_digits(currency)
    lines = _lines(raw)
    if lines is None:
        problems.append("not_seen")
    ends = instant(raw.get("cancelled_at"))  # of one that will not renew: when it will end
    return {
        "currency": currency,
        "minor_digits": digits,
        "items": [_item(line, raw, digits) for line in lines or ()],
        "discounts": discounts_of(raw, lines or [], coupons, currency, as_of),
        "trial_start": instant(raw.get("trial_start")),
        "trial_end": instant(raw.get("trial_end")),
        "created_at": instant(raw.get("created_at")),
        "started_at": instant(raw.get("started_at")),
        "cancel_at": ends if raw.get("status") == "non_renewing" else None,
        "canceled_at": instant(raw.get("cancel_schedule_created_at")),
        "ended_at": ends if raw.get("status") == "cancelled" else None,
        "period_start": instant(raw.get("current_term_start")),
        "period_end": instant(raw.get("current_term_end")),
        "tax": {"automatic": True, "inclusive_rates": []},  # Chargebee computes tax; it tells the rate on invoices only
        "problems": problems,
        "reported": _reported(raw, digits),
    }


def _lines(raw: Raw) -> list[dict[str, Any]] | None:
    """The items; of catalog 1.0 the plan and its addons in the same words; None if neither was read."""
    if raw.get("subscription_items") is not None:
        return objects(raw["subscription_items"])
    if text(raw.get("plan_id")) is None:
        return None
    names = ("quantity", "free_quantity", "unit_price", "amount")
    both = [name + suffix for name in names for suffix in ("", "_in_decimal")]
    plan = {"item_price_id": raw["plan_id"], "item_type": "plan"} | {name: raw.get(f"plan_{name}") for name in both}
    addons = [{"item_price_id": each.get("id"), "item_type": "addon"} | each for each in objects(raw.get("addons"))]
    return [plan, *addons]


def _item(line: Raw, raw: Raw, digits: int) -> dict[str, Any]:
    kind, name = text(line.get("item_type")), text(line.get("item_price_id"))
    own = line if line.get("billing_period_unit") is not None or line.get("billing_period") is not None else raw
    metered = any(line.get(name) is not None for name in _METERED)
    inclusive = "tax_inclusive" in (line.get("price_type"), raw.get("price_type"))
    amount = billed(line, "amount", digits)
    tiers = [_tier(each, digits) for each in objects(raw.get("item_tiers")) if each.get("item_price_id") == name]
    return item(
        name,
        product=name,
        price=name,
        amount=amount,
        unit=money(line, "unit_price", digits),
        quantity=_quantity(line),
        tiers=tiers,
        recurring=_RECURRING.get(kind or "", True),
        usage="metered" if metered else "licensed",
        interval=text(own.get("billing_period_unit")),
        count=own.get("billing_period"),
        tax_behavior="inclusive" if inclusive else "unspecified",
        **_problem(kind, tiers, amount),
    )


def _problem(kind: str | None, tiers: list[Any], amount: str | None) -> dict[str, str]:
    if kind not in _RECURRING:
        return {"problem": "unknown_item_type"}
    return {"problem": "unknown_tier_type"} if tiers and amount is None else {}


def _quantity(line: Raw) -> str | None:
    """What is paid for: without the units that are free."""
    bought, free = (_either(line, name) for name in ("quantity", "free_quantity"))
    if bought is None:
        return None
    return plain(max(bought - (free or 0), Decimal(0)))


def _either(line: Raw, name: str) -> Decimal | None:
    found = line.get(f"{name}_in_decimal")
    found = line.get(name) if found in (None, "") else found
    return None if found is None else number(found)


def _tier(raw: Raw, digits: int) -> dict[str, Any]:
    """What explains an item's amount: how its tiers are meant stands on the item price, not here."""
    ends = _either(raw, "ending_unit")
    return {"up_to": None if ends is None else plain(ends), "unit": money(raw, "price", digits), "flat": None}


def _reported(raw: Raw, digits: int) -> dict[str, str]:
    """Chargebee's own figures: rounded, and without coupons that end. https://www.chargebee.com/docs/2.0/mrr.html"""
    found = {name: money(raw, name, digits) for name in ("mrr", "arr")}
    return {name: figure for name, figure in found.items() if figure is not None}
