"""Recurly's coupon redemptions. The coupon inside a subscription does not tell how long it lasts: the redemption's state does.
https://recurly.com/developers/api/v2021-02-25/#tag/coupon_redemption"""

from __future__ import annotations

from typing import Any

from mappings.billing import Raw, discount, exact, mapping, objects, text
from mappings.currency import currency_code

_DURATIONS = {"forever": "forever", "temporal": "repeating", "single_use": "once", None: "repeating"}


def discounts_of(raw: Raw, redeemed: list[dict[str, Any]], plan: Raw) -> list[dict[str, Any]]:
    """Of the subscription's own redemptions, then of those that its account made for all subscriptions."""
    found: dict[str, dict[str, Any]] = {}
    for one in [*objects(raw.get("coupon_redemptions")), *(each for each in redeemed if _of(raw, each))]:
        off = _discount(one, plan)
        if off is not None:
            found.setdefault(off["id"] or str(len(found)), off)
    return list(found.values())


def _of(raw: Raw, redemption: Raw) -> bool:
    only = redemption.get("subscription_id")
    if only is not None:
        return bool(only == raw.get("id"))
    account = text(mapping(redemption.get("account")).get("id"))
    return account is not None and account == mapping(raw.get("account")).get("id")


def _discount(raw: Raw, plan: Raw) -> dict[str, Any] | None:
    id, state, coupon = text(raw.get("id")), text(raw.get("state")), mapping(raw.get("coupon"))
    if state == "inactive" or not _covers(coupon, plan):
        return None
    if state != "active":
        return discount(id, problem="unknown_redemption_state")
    duration = _DURATIONS.get(text(coupon.get("duration")))
    if duration is None:
        return discount(id, problem="unknown_discount_duration")
    terms = mapping(coupon.get("discount"))
    match terms.get("type"):
        case "percent":
            return discount(id, duration=duration, percent_off=exact(terms.get("percent")))
        case "fixed":
            return discount(id, duration=duration, amount_off=_amounts(terms))
        case "free_trial":  # makes the trial longer, takes nothing off afterwards
            return None
        case unknown:
            return discount(id, problem="coupon_not_expanded" if unknown is None else "unknown_discount_type")


def _covers(coupon: Raw, plan: Raw) -> bool:
    """Only the full coupon tells for which plans it is."""
    if coupon.get("applies_to_all_plans") is not False or "plans" not in coupon:
        return True
    return any(each.get(key) == plan.get(key) for each in objects(coupon["plans"]) for key in ("id", "code") if key in each)


def _amounts(terms: Raw) -> dict[str, str | None]:
    return {currency_code(each.get("currency")): exact(each.get("amount")) for each in objects(terms.get("currencies"))}
