"""A second calculator of ARR by net_billed_run_rate_v1, from Stripe's raw objects: integers only, no code of ours.

It was written from the policy's text alone, and is plain rather than fast. Amounts are counted in Stripe's minor units.
"""

from __future__ import annotations

from math import gcd, lcm
from typing import Any, NamedTuple

STRIPE_DIGITS = {"jpy": 0, "mga": 0, "kwd": 3, "isk": 2, "ugx": 2, "usd": 2, "eur": 2}
ISO_DIGITS = {"jpy": 0, "mga": 2, "kwd": 3, "isk": 0, "ugx": 0, "usd": 2, "eur": 2}
PERIODS = {"month": 12, "year": 1, "week": 52, "day": 365}
FINE = 10**12  # Stripe's decimal amounts have twelve decimals at most


class Wrong(Exception):
    """An error code instead of a number."""


class Answer(NamedTuple):
    """`yearly` and `monthly` in ISO minor units; None where there is no number."""

    outcome: str
    code: str | None
    yearly: int | None
    monthly: int | None


class Bill:
    """One item's line as it shrinks."""

    def __init__(self, item: dict[str, Any], price: dict[str, Any], option: dict[str, Any], cents: int) -> None:
        self.item, self.price, self.option, self.cents = item, price, option, cents
        recurring = price.get("recurring") or price
        self.interval, self.count = recurring["interval"], recurring.get("interval_count") or 1


def half_up(above: int, below: int) -> int:
    """above / below, both not negative."""
    return (2 * above + below) // (2 * below)


def fine(holder: dict[str, Any], name: str) -> int | None:
    """An amount in trillionths of a minor unit."""
    text = holder.get(name + "_decimal")
    if text is None:
        return None if holder.get(name) is None else holder[name] * FINE
    whole, _, rest = text.partition(".")
    return int(whole) * FINE + (int(rest.ljust(12, "0")) if rest else 0)


def calculate(raw: dict[str, Any], customers: dict[str, Any], now: int) -> Answer:
    try:
        code = excluded(raw, now)
        currency = currency_of(raw)
        if code is not None:
            return Answer("excluded", code, 0, 0)
        above, below = yearly(raw, customers, currency, now)
    except Wrong as wrong:
        return Answer("error", str(wrong), None, None)
    above *= 10 ** ISO_DIGITS[currency]
    below *= 10 ** STRIPE_DIGITS[currency]
    return Answer("ok", None, half_up(above, below), half_up(above, below * 12))


def currency_of(raw: dict[str, Any]) -> str:
    if raw.get("currency"):
        return str(raw["currency"])
    for price in map(price_of, items_of(raw)):
        if isinstance(price, dict):
            return str(price["currency"])
    raise Wrong("missing_price")


def items_of(raw: dict[str, Any]) -> list[dict[str, Any]]:
    if raw.get("items") is not None:
        return list(raw["items"]["data"])
    return [{"id": raw["id"], "plan": raw["plan"], "quantity": raw.get("quantity")}]


def price_of(item: dict[str, Any]) -> Any:
    return item["price"] if isinstance(item.get("price"), dict) else item.get("plan")


def excluded(raw: dict[str, Any], now: int) -> str | None:
    if raw["livemode"] is False:
        return "test_mode"
    status = raw["status"]
    if status in ("trialing", "unpaid", "canceled", "incomplete", "incomplete_expired", "paused"):
        return f"status_{status}"
    if status not in ("active", "past_due"):
        raise Wrong("unknown_status")
    if raw.get("cancel_at") is not None and raw["cancel_at"] <= now:
        return "status_canceled"
    pause = raw.get("pause_collection")
    if pause is not None and (pause.get("resumes_at") is None or pause["resumes_at"] > now):
        if pause["behavior"] in ("void", "mark_uncollectible"):
            return f"collection_paused_{pause['behavior']}"
        if pause["behavior"] != "keep_as_draft":
            raise Wrong("unknown_pause_behavior")
    return None


def yearly(raw: dict[str, Any], customers: dict[str, Any], currency: str, now: int) -> tuple[int, int]:
    if raw.get("items") is not None and raw["items"].get("has_more"):
        raise Wrong("items_truncated")
    bills = [bill for item in items_of(raw) if (bill := billed(item, currency)) is not None]
    discount(raw, customers, bills, currency, now)
    untax(raw, bills)
    below = lcm(*(bill.count for bill in bills)) if bills else 1
    above = sum(bill.cents * PERIODS[bill.interval] * (below // bill.count) for bill in bills)
    shrink = gcd(above, below)
    return above // shrink, below // shrink


def billed(item: dict[str, Any], currency: str) -> Bill | None:
    if item.get("deleted"):
        return None
    price = price_of(item)
    if not isinstance(price, dict):
        raise Wrong("missing_price")
    if "recurring" in price and price["recurring"] is None:
        return None
    if (price.get("recurring") or price).get("usage_type") == "metered":
        return None
    option = price
    if price["currency"] != currency:
        option = (price.get("currency_options") or {}).get(currency)
        if option is None:
            raise Wrong("currency_options_not_expanded")
    return Bill(item, price, option, half_up(amount(item, price, option), FINE))


def amount(item: dict[str, Any], price: dict[str, Any], option: dict[str, Any]) -> int:
    quantity = 1 if item.get("quantity") is None else item["quantity"]
    if price.get("billing_scheme") == "tiered" and option.get("tiers") is None:
        raise Wrong("tiers_not_expanded")
    packs = price.get("transform_quantity") or price.get("transform_usage")
    if packs:
        quantity = -(-quantity // packs["divide_by"]) if packs["round"] == "up" else quantity // packs["divide_by"]
    if price.get("billing_scheme") == "tiered":
        return tiers(option["tiers"], price["tiers_mode"], quantity)
    unit = fine(option, "amount" if "interval" in price else "unit_amount")
    if unit is None:
        raise Wrong("missing_amount")
    return unit * quantity


def tiers(table: list[dict[str, Any]], mode: str, quantity: int) -> int:
    total = start = 0
    for tier in table:
        unit, flat = fine(tier, "unit_amount") or 0, fine(tier, "flat_amount") or 0
        last = tier["up_to"] is None or tier["up_to"] == "inf" or quantity <= tier["up_to"]
        if mode == "volume" and last:
            return quantity * unit + flat
        if mode == "graduated":
            total += ((quantity if last else tier["up_to"]) - start) * unit + flat
            if last:
                return total
            start = tier["up_to"]
    raise Wrong("tiers_not_covering")


def listed(holder: dict[str, Any]) -> list[Any]:
    found = list(holder.get("discounts") or [])
    single = holder.get("discount")
    if single is not None:
        found = [single if one == single["id"] else one for one in found]
        if all(not isinstance(one, dict) or one["id"] != single["id"] for one in found):
            found.append(single)
    return found


def discount(raw: dict[str, Any], customers: dict[str, Any], bills: list[Bill], currency: str, now: int) -> None:
    for bill in bills:
        for one in listed(bill.item):
            take(one, [bill], currency, now)
    customer = raw.get("customer")
    if isinstance(customer, str):
        customer = customers.get(customer, {})
    for one in listed(raw) or listed(customer or {}):
        take(one, bills, currency, now)


def take(one: Any, bills: list[Bill], currency: str, now: int) -> None:
    if not isinstance(one, dict):
        raise Wrong("discounts_not_expanded")
    coupon = one.get("coupon") or one["source"]["coupon"]
    if not isinstance(coupon, dict):
        raise Wrong("coupon_not_expanded")
    if coupon["duration"] == "once":
        return
    started, ended = one.get("start"), one.get("end")
    if coupon["duration"] == "repeating" and not ((started or 0) <= now and (ended is None or now < ended)):
        return
    only = (coupon.get("applies_to") or {}).get("products")
    covered = [bill for bill in bills if bill.cents > 0 and (only is None or product(bill) in only)]
    groups: dict[tuple[str, int], list[Bill]] = {}
    for bill in covered:
        groups.setdefault((bill.interval, bill.count), []).append(bill)
    if coupon.get("percent_off") is not None:
        rate = hundredths(str(coupon["percent_off"]))
        for group in groups.values():
            spread(half_up(sum(bill.cents for bill in group) * rate, 10_000), group)
        return
    off = coupon.get("amount_off") if coupon.get("currency") == currency else None
    off = off if off is not None else (coupon.get("currency_options") or {}).get(currency, {}).get("amount_off")
    if off is None:
        raise Wrong("coupon_currency_mismatch")
    if len(groups) > 1:
        raise Wrong("ambiguous_discount_mixed_interval")
    for group in groups.values():
        spread(off, group)


def product(bill: Bill) -> Any:
    found = bill.price.get("product")
    return found["id"] if isinstance(found, dict) else found


def hundredths(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0") or 0)


def spread(off: int, group: list[Bill]) -> None:
    """By largest remainder; of equal ones the first."""
    subtotal = sum(bill.cents for bill in group)
    off = min(off, subtotal)
    parts = [off * bill.cents // subtotal for bill in group]
    order = sorted(range(len(group)), key=lambda nth: (-(off * group[nth].cents % subtotal), nth))
    for nth in order[: off - sum(parts)]:
        parts[nth] += 1
    for bill, part in zip(group, parts, strict=True):
        bill.cents -= part


def untax(raw: dict[str, Any], bills: list[Bill]) -> None:
    for bill in bills:
        rates = bill.item.get("tax_rates") or raw.get("default_tax_rates") or []
        rate = sum(hundredths(str(one["percentage"])) for one in rates if one["inclusive"])
        behavior = bill.option.get("tax_behavior") or bill.price.get("tax_behavior")
        has_inclusive = any(one["inclusive"] for one in rates)
        if behavior == "inclusive" and not has_inclusive and (raw.get("automatic_tax") or {}).get("enabled") and bill.cents:
            raise Wrong("tax_inclusive_unresolved")
        bill.cents = half_up(bill.cents * 10_000, 10_000 + rate)
