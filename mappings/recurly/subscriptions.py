"""A Recurly subscription as finance reads it. Amounts are JSON numbers in major units; the billing period stands on the plan.
https://recurly.com/developers/api/v2021-02-25/#tag/subscription"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from mappings.billing import Raw, exact, item, mapping, minor, objects, once, records, subscription, text
from mappings.currency import currency_code, iso_digits
from mappings.recurly.prices import priced
from mappings.recurly.redemptions import discounts_of
from mappings.scalars import wrong
from mappings.values import Refused

_COUNTED = frozenset(["active", "canceled"])  # canceled: it will not renew, and lives until then
_NOT_COUNTED = {"expired": "canceled", "failed": None, "future": None, "paused": "paused", "pending": None}
_INTERVALS = {"months": "month", "days": "day"}
_USAGE = {"fixed": "licensed", "usage": "metered"}


def subscriptions(document: Raw, as_of: datetime) -> list[dict[str, Any]]:
    """Of `subscription`, `subscriptions` or an answer of the list API; beside them `plan` or `plans`, and for what an account
    redeemed `coupon_redemptions`."""
    if as_of.tzinfo is None:
        raise Refused("no_time_zone")
    plans = objects(document["plans"]) if "plans" in document else [mapping(document.get("plan"))]
    redeemed = objects(document.get("coupon_redemptions"))
    return once(_guarded(raw, [*own, *plans], redeemed, as_of) for raw, own in _rows(document))


def _rows(document: Raw) -> Iterator[tuple[dict[str, Any], list[Raw]]]:
    """Each with the plan that came beside it."""
    for row in records(document, "subscription", "data" if "data" in document else "subscriptions"):
        yield (mapping(row["subscription"]), [mapping(row.get("plan"))]) if "subscription" in row else (row, [])


def _guarded(raw: dict[str, Any], plans: Sequence[Raw], redeemed: list[dict[str, Any]], as_of: datetime) -> dict[str, Any]:
    id, account = text(raw.get("id")), text(mapping(raw.get("account")).get("id"))
    try:
        return subscription(id, account, **_standing(raw, as_of), **_read(raw, plans, redeemed, as_of))
    except Refused:
        standing = _standing(raw | {"trial_ends_at": None}, as_of)
        return subscription(id, account, **standing, problems=["unsupported_shape"])


def _standing(raw: Raw, as_of: datetime) -> dict[str, Any]:
    """The state stays `active` in a trial. A word that is unknown stays out, which finance refuses."""
    state = text(raw.get("state"))
    if state in _COUNTED:
        trial_ends = instant(raw.get("trial_ends_at"))
        in_trial = trial_ends is not None and trial_ends > as_of
        return {"status": "trialing", "excluded": "in_trial"} if in_trial else {"status": "active"}
    return {"status": _NOT_COUNTED[state], "excluded": f"status_{state}"} if state in _NOT_COUNTED else {}


def _read(raw: Raw, plans: Sequence[Raw], redeemed: list[dict[str, Any]], as_of: datetime) -> dict[str, Any]:
    currency, plan, state = currency_code(raw.get("currency")), _plan(raw, plans), text(raw.get("state"))
    problems = [] if state in _COUNTED or state in _NOT_COUNTED else ["unknown_status"]
    if plan is None:
        problems.append("plan_not_expanded")
    if raw.get("add_ons") is None and exact(raw.get("add_ons_total")) not in (None, "0"):
        problems.append("not_seen")
    lines = _lines(raw, plan or {}, currency, as_of)
    return {
        "currency": currency,
        "minor_digits": iso_digits(currency),
        "items": lines,
        "discounts": discounts_of(raw, redeemed, plan or {}),
        "trial_start": instant(raw.get("trial_started_at")),
        "trial_end": instant(raw.get("trial_ends_at")),
        "created_at": instant(raw.get("created_at")),
        "started_at": instant(raw.get("activated_at")),
        "cancel_at": instant(raw.get("expires_at")) if state == "canceled" else None,
        "canceled_at": instant(raw.get("canceled_at")),
        "ended_at": instant(raw.get("expires_at")) if state == "expired" else None,
        "period_start": instant(raw.get("current_period_started_at")),
        "period_end": instant(raw.get("current_period_ends_at")),
        "tax": _tax(raw),
        "problems": problems,
    }


def instant(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Refused("not_an_instant") from None
    if found.tzinfo is None:
        raise Refused("no_time_zone")
    return found


def _plan(raw: Raw, plans: Sequence[Raw]) -> Raw | None:
    """The subscription names its plan by id and code only; without any name, the one plan that is there."""
    own = mapping(raw.get("plan"))
    whole = [plan for plan in (own, *plans) if "interval_length" in plan]
    for plan in whole:
        same = [own[key] == plan[key] for key in ("id", "code") if key in own and key in plan]
        if all(same) and (same or plan is own or len(whole) == 1):
            return plan
    return None


def _lines(raw: Raw, plan: Raw, currency: str, as_of: datetime) -> list[dict[str, Any]]:
    common = {
        "interval": _INTERVALS.get(text(plan.get("interval_unit")) or "", text(plan.get("interval_unit"))),
        "count": plan.get("interval_length"),
        "tax_behavior": "inclusive" if raw.get("tax_inclusive") is True else "unspecified",
    }
    name = text(plan.get("code"))
    tiered_by_plan = text(raw.get("tier_type")) is None and text(plan.get("tier_type")) is not None
    price = {**raw, "tier_type": plan["tier_type"], "tiers": plan.get("tiers")} if tiered_by_plan else raw
    own = {"product": name, "price": name, "quantity": exact(raw.get("quantity"))} | common
    first = [item(name, **priced({**price, **step}, currency) | own | dated) for step, dated in _ramp(raw, as_of)]
    return [*first, *(_add_on(each, currency, common) for each in objects(raw.get("add_ons")))]


def _ramp(raw: Raw, as_of: datetime) -> list[tuple[Raw, dict[str, Any]]]:
    """The steps of a ramp with their dates, if one of them is in force; else the one price that the subscription tells.
    https://docs.recurly.com/docs/ramp-pricing-implementation-guide"""
    steps: list[tuple[Raw, dict[str, Any]]] = []
    running = 0
    for each in objects(raw.get("ramp_intervals")):
        begins, ends = instant(each.get("starting_on")), instant(each.get("ending_on"))
        if begins is None:
            return [({}, {})]
        running += begins <= as_of and (ends is None or as_of < ends)
        steps.append(({"unit_amount": each.get("unit_amount"), "unit_amount_decimal": None}, {"from": begins, "until": ends}))
    return steps if running == 1 else [({}, {})]


def _add_on(raw: Raw, currency: str, common: dict[str, Any]) -> dict[str, Any]:
    kind, name = _kind(raw), text(_about(raw, "code"))
    fields = priced(raw, currency) | common
    if kind not in _USAGE:
        fields["problem"] = "unknown_add_on_type"
    return item(
        text(raw.get("id")) or name,
        product=name,
        price=name,
        usage=_USAGE.get(kind, "licensed"),
        quantity=exact(raw.get("quantity")),
        until=instant(raw.get("expired_at")),
        **fields,
    )


def _about(raw: Raw, name: str) -> Any:
    """What all who bought the add-on have in common stands under `add_on`, if it was read."""
    common = mapping(raw.get("add_on"))
    return common[name] if name in common else raw.get(name)


def _kind(raw: Raw) -> str:
    """Without a word, one with a type of use is by use, and one that was read is fixed."""
    word = _about(raw, "add_on_type")
    if word is not None:
        return text(word) or "unknown"
    if _about(raw, "usage_type") is not None:
        return "usage"
    return "fixed" if mapping(raw.get("add_on")) else "unknown"


def _tax(raw: Raw) -> dict[str, Any]:
    """`rate` is a fraction: 0.0875. Without it, an inclusive price cannot be split."""
    if not isinstance(raw.get("tax_inclusive"), bool | None):
        raise wrong("bool", raw["tax_inclusive"])
    rate = mapping(raw.get("tax_info")).get("rate")
    inclusive = raw.get("tax_inclusive") is True and rate is not None
    return {"automatic": True, "inclusive_rates": [minor(rate, -2)] if inclusive else []}
