"""Chargebee objects as its API v2 returns them, and what a person with paper expects of them (finance.md, R1 to R20 and Chargebee)."""

from __future__ import annotations

from typing import Any

from paper import Json, error, excluded, file, ok, unix

NOW = unix("2026-11-30T12:00:00Z")
DAY = 86_400


def line(name: str = "basic-USD", kind: str = "plan", amount: int | None = 5000, **more: Any) -> Json:
    """Keys that are `...` are absent, as Chargebee leaves out what has no value."""
    made = {
        "item_price_id": name,
        "item_type": kind,
        "quantity": 1,
        "unit_price": amount,
        "amount": amount,
        "object": "subscription_item",
    }
    return {key: value for key, value in (made | more).items() if value is not ...}


def sub(*lines: Json, **more: Any) -> Json:
    made = {
        "id": "s1", "customer_id": "c1", "status": "active", "currency_code": "USD", "billing_period": 1, "billing_period_unit": "month",
        "created_at": NOW - 400 * DAY, "current_term_start": NOW - 10 * DAY, "current_term_end": NOW + 20 * DAY,
        "has_scheduled_changes": False, "deleted": False, "object": "subscription", "subscription_items": list(lines) or [line()],
    }  # fmt: skip
    return {key: value for key, value in (made | more).items() if value is not ...}


def of(*lines: Json, **more: Any) -> Json:
    return {"subscription": sub(*lines, **more), "customer": {"id": "c1", "object": "customer"}}


def percent(off: Any = 10, name: str = "d1", **more: Any) -> Json:
    made = {
        "id": name, "object": "discount", "type": "percentage", "percentage": off, "duration_type": "forever", "apply_on": "invoice_amount",
        "included_in_mrr": False, "created_at": NOW - DAY, "coupon_id": f"auto-{name}", "index": 0,
    }  # fmt: skip
    return {key: value for key, value in (made | more).items() if value is not ...}


def fixed(off: Any = 500, name: str = "d2", **more: Any) -> Json:
    return percent(..., name, **{"type": "fixed_amount", "amount": off, "currency_code": "USD"} | more)


def limited(till: Any) -> Json:
    return percent(duration_type="limited_period", period=3, period_unit="month", apply_till=till)


def on(name: str) -> Json:
    return {"apply_on": "specific_item_price", "item_price_id": name}


ADDON = line("seats-USD", "addon", 1000)
SETUP = line("setup-USD", "charge", 99_900, charge_once=True, charge_on_event="subscription_creation")
QUARTERLY = line("seats-USD", "addon", 3000, billing_period=3, billing_period_unit="month")
TIERS = [
    {"item_price_id": "basic-USD", "starting_unit": 1, "ending_unit": 10, "price": 1000, "index": 0},
    {"item_price_id": "basic-USD", "starting_unit": 11, "price": 800, "index": 0},
]
OLD = {"subscription_items": ..., "plan_id": "gold", "plan_quantity": 2, "plan_unit_price": 2500}

# fmt: off
LINES = [
    ok("monthly", "50.00 x 12", of(), "50.00", "600.00"),
    ok("plan and addon, no charge", "50.00 + 10.00 = 60.00; x 12", of(line(), ADDON, SETUP), "60.00", "720.00"),
    ok("only a charge", "nothing recurs", of(SETUP), "0.00", "0.00"),
    ok("no items", "nothing recurs", of(subscription_items=[]), "0.00", "0.00"),
    ok("tiers explain the amount", "10 x 10.00 + 5 x 8.00 = 140.00; x 12",
       of(line(amount=14_000, unit_price=..., quantity=15), item_tiers=TIERS), "140.00", "1680.00"),
    ok("free units are in the amount", "(5 - 2) x 10.00 = 30.00; x 12", of(line(amount=3000, unit_price=1000, quantity=5, free_quantity=2)), "30.00", "360.00"),
    ok("without amount", "3 x 33.33 = 99.99; x 12", of(line(amount=..., unit_price=3333, quantity=3)), "99.99", "1199.88"),
    ok("amount null", "3 x 33.33 = 99.99; x 12", of(line(amount=None, unit_price=3333, quantity=3)), "99.99", "1199.88"),
    ok("without amount, free units", "(5 - 2) x 10.00 = 30.00; x 12", of(line(amount=..., unit_price=1000, quantity=5, free_quantity=2)), "30.00", "360.00"),
    ok("without amount and quantity", "1 x 33.33; x 12", of(line(amount=..., unit_price=3333, quantity=...)), "33.33", "399.96"),
    ok("quantity 0", "0 x 33.33", of(line(amount=..., unit_price=3333, quantity=0)), "0.00", "0.00"),
    ok("the amount is invoiced, decimals explain it", "10.12 x 12", of(line(amount=1012, amount_in_decimal="10.125")), "10.12", "121.44"),
    ok("amount in decimals only", "10.125 half-up 10.13; x 12", of(line(amount=..., unit_price=..., amount_in_decimal="10.125")), "10.13", "121.56"),
    ok("decimals of price and quantity", "2.5 x 0.125 = 0.3125, half-up 0.31; x 12",
       of(line(amount=..., unit_price=..., quantity=..., unit_price_in_decimal="0.125", quantity_in_decimal="2.5")), "0.31", "3.72"),
    ok("a metered item", "50.00 x 12", of(line(), line("use-USD", "addon", 900, metered_quantity="12", quantity=...)), "50.00", "600.00"),
    ok("a metered item without use yet", "50.00 x 12", of(line(), line("use-USD", "addon", 900, last_calculated_at=NOW, quantity=...)), "50.00", "600.00"),
    ok("no binary float", "300000000000000.01 x 12", of(line(amount=30_000_000_000_000_001)), "300000000000000.01", "3600000000000000.12"),
    ok("vendor's own figures do not count", "50.00 x 12", of(mrr=1, arr=12), "50.00", "600.00"),
    ok("changes to come do not count", "50.00 x 12", of(has_scheduled_changes=True, changes_scheduled_at=NOW + DAY), "50.00", "600.00"),
    error("no price", "missing_amount", of(line(amount=..., unit_price=...))),
    error("a price by tiers without amount", "unknown_tier_type", of(line(amount=..., unit_price=1000, quantity=15), item_tiers=TIERS)),
    error("half a cent", "unsupported_shape", of(line(amount=50.5))),
    error("amount no number", "unsupported_shape", of(line(amount="fifty"))),
    error("item type missing", "unknown_item_type", of(line(item_type=...))),
    error("item type unknown", "unknown_item_type", of(line(kind="gift"))),
    error("items missing", "not_seen", of(subscription_items=...)),
    error("items null", "not_seen", of(subscription_items=None)),
]

PERIODS = [
    ok("yearly", "100.00; / 12 = 8.333..., not 8.33 x 12", of(line(amount=10_000), billing_period_unit="year"), "8.33", "100.00"),
    ok("two years", "100.00 / 2; / 12 = 4.1666...", of(line(amount=10_000), billing_period_unit="year", billing_period=2), "4.17", "50.00"),
    ok("quarterly", "100.00 x 12/3; / 12 = 33.333...", of(line(amount=10_000), billing_period=3), "33.33", "400.00"),
    ok("weekly", "10.00 x 52; / 12 = 43.333...", of(line(amount=1000), billing_period_unit="week"), "43.33", "520.00"),
    ok("weekly by 365/7", "10.00 x 365/7 = 521.428...; / 12 = 43.452...",
       of(line(amount=1000), billing_period_unit="week"), "43.45", "521.43", policy="week: 365/7"),
    ok("every two weeks", "10.00 x 52/2; / 12 = 21.666...", of(line(amount=1000), billing_period_unit="week", billing_period=2), "21.67", "260.00"),
    ok("daily", "1.00 x 365; / 12 = 30.41666...", of(line(amount=100), billing_period_unit="day"), "30.42", "365.00"),
    ok("every 30 days", "10.00 x 365/30 = 121.666...; / 12 = 10.1388...",
       of(line(amount=1000), billing_period_unit="day", billing_period=30), "10.14", "121.67"),
    ok("an item's own period", "50.00 x 12 + 30.00 x 4 = 720.00", of(line(), QUARTERLY), "60.00", "720.00"),
    error("period missing", "unsupported_shape", of(billing_period=...)),
    error("period 0", "unsupported_shape", of(billing_period=0)),
    error("unit missing", "unknown_interval", of(billing_period_unit=...)),
    error("unit unknown", "unknown_interval", of(billing_period_unit="fortnight")),
    error("an item's own period in half", "unknown_interval", of(line(), QUARTERLY | {"billing_period_unit": None})),
]

CURRENCIES = [
    ok("yen are whole", "5000 x 12", of(currency_code="JPY"), "5000", "60000", "JPY"),
    ok("yen a year", "10000; / 12 = 833.33...", of(line(amount=10_000), currency_code="JPY", billing_period_unit="year"), "833", "10000", "JPY"),
    ok("dinars in hundredths", "50.50 x 12, printed by ISO", of(line(amount=5050), currency_code="KWD"), "50.500", "606.000", "KWD"),
    ok("small letters", "50.00 x 12", of(currency_code="usd"), "50.00", "600.00"),
    error("currency missing", "unsupported_shape", of(currency_code=...)),
    error("currency unknown", "unsupported_shape", of(currency_code="DOLLAR")),
]

STATUSES = [
    ok("non_renewing", "it lives until it ends: 50.00 x 12", of(status="non_renewing", cancelled_at=NOW + 1), "50.00", "600.00"),
    excluded("non_renewing, ended", "status_canceled", of(status="non_renewing", cancelled_at=NOW)),
    excluded("non_renewing, excluded at request", "scheduled_cancellation",
       of(status="non_renewing", cancelled_at=NOW + 1), policy="scheduled_cancellation: exclude_at_request"),
    *(excluded(word, f"status_{word}", of(status=word)) for word in ("in_trial", "future", "paused", "cancelled", "transferred")),
    ok("trials included", "50.00 x 12", of(status="in_trial", trial_end=NOW + DAY), "50.00", "600.00", policy="trialing: include"),
    ok("trial over", "50.00 x 12", of(trial_end=NOW - DAY), "50.00", "600.00"),
    ok("pause to come", "50.00 x 12", of(pause_date=NOW + DAY, resume_date=NOW + 9 * DAY), "50.00", "600.00"),
    ok("dues", "50.00 x 12", of(due_since=NOW - 40 * DAY, due_invoices_count=1, total_dues=5000), "50.00", "600.00"),
    excluded("cancelled without items", "status_cancelled", of(status="cancelled", subscription_items=...)),
    excluded("deleted", "status_deleted", of(deleted=True)),
    error("status unknown", "unknown_status", of(status="expired")),
    error("status null", "unknown_status", of(status=None)),
    error("status missing", "unknown_status", of(status=...)),
]

DISCOUNTS = [
    ok("10 %", "50.00 - 5.00; x 12", of(discounts=[percent()]), "45.00", "540.00"),
    ok("12.5 %", "12.5 % of 33.33 = 4.16625, half-up 4.17; 29.16 x 12", of(line(amount=3333), discounts=[percent(12.5)]), "29.16", "349.92"),
    ok("5.00 off", "50.00 - 5.00; x 12", of(discounts=[fixed()]), "45.00", "540.00"),
    ok("more than there is", "50.00 - 99.00, floor 0", of(discounts=[fixed(9900)]), "0.00", "0.00"),
    ok("one_time", "never counts: 50.00 x 12", of(discounts=[percent(duration_type="one_time")]), "50.00", "600.00"),
    ok("one_time by policy", "45.00 x 12", of(discounts=[percent(duration_type="one_time")]), "45.00", "540.00", policy="discounts: all_including_once"),
    ok("limited, in force", "45.00 x 12", of(discounts=[limited(NOW + 1)]), "45.00", "540.00"),
    ok("limited, at its end", "over: 50.00 x 12", of(discounts=[limited(NOW)]), "50.00", "600.00"),
    ok("limited, forever only", "50.00 x 12", of(discounts=[limited(NOW + 1)]), "50.00", "600.00", policy="discounts: forever_only"),
    ok("none by policy", "50.00 x 12", of(discounts=[percent()]), "50.00", "600.00", policy="discounts: none"),
    ok("off one item", "50.00 - 5.00 + 10.00; x 12", of(line(), ADDON, discounts=[percent(**on("basic-USD"))]), "55.00", "660.00"),
    ok("off one item, more than it costs", "50.00 + 0; x 12", of(line(), ADDON, discounts=[fixed(5000, **on("seats-USD"))]), "50.00", "600.00"),
    ok("off a charge", "the charge does not recur: 50.00 x 12", of(line(), SETUP, discounts=[fixed(**on("setup-USD"))]), "50.00", "600.00"),
    ok("item first", "50.00 - 10 % = 45.00; - 5.00 = 40.00; x 12", of(discounts=[fixed(), percent(**on("basic-USD"))]), "40.00", "480.00"),
    ok("as listed, amount first", "50.00 - 5.00 = 45.00; - 10 % = 40.50; x 12", of(discounts=[fixed(), percent()]), "40.50", "486.00"),
    ok("as listed, percent first", "50.00 - 10 % = 45.00; - 5.00 = 40.00; x 12", of(discounts=[percent(), fixed()]), "40.00", "480.00"),
    ok("percent first by policy", "45.00 - 5.00; x 12", of(discounts=[fixed(), percent()]), "40.00", "480.00", policy="discount_order: percent_first"),
    ok("percent of two periods", "(50.00 + 10.00 a month) - 10 %", of(line(), QUARTERLY, discounts=[percent()]), "54.00", "648.00"),
    ok("coupon and its discount", "once: 45.00 x 12", of(coupons=[{"coupon_id": "auto-d1", "applied_count": 1}], discounts=[percent()]), "45.00", "540.00"),
    ok("coupon that is over", "50.00 x 12", of(coupons=[{"coupon_id": "SAVE", "applied_count": 1, "apply_till": NOW}]), "50.00", "600.00"),
    error("amount off two periods", "ambiguous_discount_mixed_interval", of(line(), QUARTERLY, discounts=[fixed()])),
    error("coupon by its id", "coupon_not_expanded", of(coupons=[{"coupon_id": "SAVE", "applied_count": 1}])),
    error("coupon in the old field", "coupon_not_expanded", of(coupon="SAVE")),
    error("limited without end", "discount_end_unknown", of(discounts=[limited(...)])),
    error("duration missing", "unknown_discount_duration", of(discounts=[percent(duration_type=...)])),
    error("percentage missing", "missing_amount", of(discounts=[percent(...)])),
    error("amount missing", "missing_amount", of(discounts=[fixed(...)])),
    error("other currency", "coupon_currency_mismatch", of(discounts=[fixed(currency_code="EUR")])),
    error("units for free", "unknown_discount_type", of(discounts=[percent(..., type="offer_quantity", quantity=1)])),
    error("scope missing", "unknown_discount_scope", of(discounts=[percent(apply_on=...)])),
    error("item missing", "unknown_discount_scope", of(discounts=[percent(apply_on="specific_item_price")])),
    error("an item has no name", "unknown_discount_scope", of(line(item_price_id=...), discounts=[percent(**on("basic-USD"))])),
]

CATALOG_1 = [
    ok("plan and addons", "2 x 25.00 + 2 x 5.00 = 60.00; x 12",
       of(**OLD, plan_amount=5000, addons=[{"id": "a", "quantity": 2, "unit_price": 500, "amount": 1000}]), "60.00", "720.00"),
    ok("plan without amount", "2 x 25.00; x 12", of(**OLD), "50.00", "600.00"),
    ok("plan in decimals", "2.5 x 10.01 = 25.025, half-up 25.03; x 12",
       of(**OLD | {"plan_unit_price": ..., "plan_unit_price_in_decimal": "10.01", "plan_quantity_in_decimal": "2.5"}), "25.03", "300.36"),
    ok("addons by event", "50.00 x 12", of(**OLD, event_based_addons=[{"id": "e", "quantity": 1, "unit_price": 900, "charge_once": True}]), "50.00", "600.00"),
    ok("items null beside a plan", "2 x 25.00; x 12", of(**OLD | {"subscription_items": None}), "50.00", "600.00"),
    error("plan without price", "missing_amount", of(**OLD | {"plan_unit_price": ...})),
]

SEVERAL = [
    ok("two", "2 x 50.00; x 12", file(sub(), sub(id="s2")), "100.00", "1200.00"),
    ok("rows of the list", "2 x 50.00; x 12", {"list": [of(), of(id="s2")], "next_offset": None}, "100.00", "1200.00"),
    ok("one id twice", "once: 50.00 x 12", file(sub(), sub()), "50.00", "600.00"),
    ok("counted and excluded", "50.00 x 12", file(sub(), sub(id="s2", status="paused")), "50.00", "600.00"),
    ok("two currencies", "never added",
       file(sub(), sub(id="s2", currency_code="EUR")), "50.00", "600.00")._replace(figures={"EUR": ("50.00", "600.00"), "USD": ("50.00", "600.00")}),
    ok("one without number", "50.00 x 12, and what is not known",
       file(sub(), sub(id="s2", status="odd")), "50.00", "600.00")._replace(outcome="partial", code="unknown_status"),
    excluded("nothing counts", "status_paused", file(sub(status="paused"), sub(id="s2", status="cancelled"))),
    error("excluded and error", "unknown_status", file(sub(status="paused"), sub(id="s2", status="odd"))),
    ok("none", "an empty list", file(), "0", "0")._replace(figures={}),
]
# fmt: on

CASES = [*LINES, *PERIODS, *CURRENCIES, *STATUSES, *DISCOUNTS, *CATALOG_1, *SEVERAL]
