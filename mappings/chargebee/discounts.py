"""Chargebee's coupons and manual discounts. A subscription names its coupons only; what they take off stands on the coupon.
https://apidocs.chargebee.com/docs/api/coupons https://apidocs.chargebee.com/docs/api/discounts"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mappings.billing import Raw, discount, exact, mapping, objects, text
from mappings.chargebee.amounts import chargebee_digits, instant, money
from mappings.currency import currency_code

Coupons = Mapping[str, Raw]
_DURATIONS = {"forever": "forever", "limited_period": "repeating", "one_time": "once"}


def coupons_of(document: Raw) -> Coupons:
    """By id, those that came with the document; rows of the list API are wrapped."""
    given = objects(document["coupons"]) if "coupons" in document else [mapping(document.get("coupon"))]
    rows = [mapping(row.get("coupon", row)) for row in given]
    return {row["id"]: row for row in rows if text(row.get("id")) is not None}


def discounts_of(
    raw: Raw, lines: list[dict[str, Any]], coupons: Coupons, currency: str, as_of: datetime
) -> list[dict[str, Any]]:
    """Those of single items first, then those of the invoice, each in the order in which Chargebee lists them."""
    manual = objects(raw.get("discounts"))
    behind = {text(each.get("coupon_id")) for each in manual} - {None}  # a manual discount may be in both lists
    named = [each for each in _named(raw) if text(each.get("coupon_id")) not in behind]
    found = [off for each in named for off in _coupon(each, lines, coupons, currency, as_of)]
    found += [_manual(each, currency) for each in manual]
    if any(text(line.get("item_price_id")) is None for line in lines):  # which item is meant, nobody can tell
        found = [each if each["products"] is None else each | {"problem": "unknown_discount_scope"} for each in found]
    return sorted(found, key=lambda each: each["products"] is None)


def _named(raw: Raw) -> list[dict[str, Any]]:
    """`coupon` is the older field, for one coupon only."""
    single = text(raw.get("coupon"))
    return objects(raw.get("coupons")) or ([] if single is None else [{"coupon_id": single}])


def _manual(raw: Raw, currency: str) -> dict[str, Any]:
    id, scope, price = (text(raw.get(name)) for name in ("id", "apply_on", "item_price_id"))
    off = _duration(raw, raw.get("apply_till")) | _reduction(raw, raw.get("type"), "percentage", "amount", currency)
    if scope == "invoice_amount":
        return discount(id, **off)
    if scope == "specific_item_price" and price is not None:
        return discount(id, products=[price], **off)
    return discount(id, **off | {"problem": "unknown_discount_scope"})


def _coupon(named: Raw, lines: list[dict[str, Any]], coupons: Coupons, currency: str, as_of: datetime) -> list[dict[str, Any]]:
    """A coupon on each specified item is taken off each of them on its own."""
    id, till = text(named.get("coupon_id")), named.get("apply_till")
    ends = instant(till)
    if ends is not None and ends <= as_of:
        return []
    raw = coupons.get(id or "")
    if raw is None:
        return [discount(id, problem="coupon_not_expanded")]
    reduction = _reduction(raw, raw.get("discount_type"), "discount_percentage", "discount_amount", currency)
    off = _duration(raw, till) | reduction
    if raw.get("apply_on") == "invoice_amount":
        return [discount(id, **off)]
    prices = _specified(raw, lines)
    if prices is None:
        return [discount(id, **off | {"problem": "unknown_discount_scope"})]
    return [discount(f"{id} on {price}", products=[price], **off) for price in prices]


def _specified(coupon: Raw, lines: list[dict[str, Any]]) -> list[str] | None:
    """The item prices of the subscription that a coupon covers; None if that cannot be told from the coupon."""
    rules = _constraints(coupon)
    if coupon.get("apply_on") != "each_specified_item" or not rules:
        return None
    found = []
    for line in lines:
        price = line.get("item_price_id")
        match rules.get(text(line.get("item_type")), ("none", None)):
            case "all", _:
                found.append(price)
            case "specific", list(listed):
                found += [price] if price in listed else []
            case (("none" | "not_applicable"), _):
                continue
            case _:  # criteria ask for the item's family
                return None
    return [price for price in found if isinstance(price, str)]


def _constraints(coupon: Raw) -> dict[str | None, tuple[Any, Any]]:
    """By item type; catalog 1.0 has them in fields of their own."""
    if "item_constraints" in coupon:
        rules = objects(coupon["item_constraints"])
        return {text(each.get("item_type")): (each.get("constraint"), each.get("item_price_ids")) for each in rules}
    kinds = [kind for kind in ("plan", "addon") if f"{kind}_constraint" in coupon]
    return {kind: (coupon[f"{kind}_constraint"], coupon.get(f"{kind}_ids")) for kind in kinds}


def _duration(raw: Raw, till: Any) -> dict[str, Any]:
    duration, end = _DURATIONS.get(text(raw.get("duration_type")) or ""), instant(till)
    if duration is None:
        return {"problem": "unknown_discount_duration"}
    if duration == "repeating" and end is None:
        return {"duration": duration, "problem": "discount_end_unknown"}
    return {"duration": duration, "end": end}


def _reduction(raw: Raw, kind: Any, percent: str, fixed: str, currency: str) -> dict[str, Any]:
    if kind == "percentage":
        return {"percent_off": exact(raw.get(percent))}
    if kind != "fixed_amount":
        return {"problem": "unknown_discount_type"}
    own = currency if raw.get("currency_code") is None else currency_code(raw["currency_code"])
    off = money(raw, fixed, chargebee_digits(own))
    return {"amount_off": None if off is None else {own: off}}
