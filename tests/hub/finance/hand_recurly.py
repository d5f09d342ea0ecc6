"""Recurly objects as its API v2021-02-25 returns them, and what a person with paper expects of them (finance.md, R1 to R20 and Recurly)."""

from __future__ import annotations

from typing import Any

from paper import Json, error, excluded, file, ok

GOLD = {
    "id": "p1", "object": "plan", "code": "gold", "name": "Gold", "state": "active", "interval_length": 1, "interval_unit": "months",
    "pricing_model": "fixed", "trial_length": 0, "currencies": [{"currency": "USD", "setup_fee": 99.0, "unit_amount": 50.0}],
}  # fmt: skip


def sub(**more: Any) -> Json:
    """Keys that are `...` are absent."""
    made = {
        "id": "s1", "object": "subscription", "account": {"id": "a1", "object": "account", "code": "acme"}, "state": "active",
        "plan": {"id": "p1", "object": "plan", "code": "gold", "name": "Gold"}, "currency": "USD", "unit_amount": 50.0, "quantity": 1,
        "add_ons": [], "add_ons_total": 0.0, "coupon_redemptions": [], "trial_started_at": None, "trial_ends_at": None,
        "tax_inclusive": False, "tax_info": None, "auto_renew": True, "collection_method": "automatic", "pending_change": None,
        "canceled_at": None, "expires_at": None, "paused_at": None, "remaining_pause_cycles": None, "ramp_intervals": None,
        "created_at": "2025-01-01T00:00:00Z", "current_period_started_at": "2026-11-10T00:00:00Z",
        "current_period_ends_at": "2026-12-10T00:00:00Z",
    }  # fmt: skip
    return {key: value for key, value in (made | more).items() if value is not ...}


def of(plan: Json | None = None, **more: Any) -> Json:
    whole = GOLD | (plan or {})
    return {"plan": {key: value for key, value in whole.items() if value is not ...}, "subscription": sub(**more)}


def every(length: Any, unit: Any = "months", **more: Any) -> Json:
    return of({"interval_length": length, "interval_unit": unit}, **more)


def add_on(code: str = "seats", *, by: str | None = "fixed", **more: Any) -> Json:
    about = {
        "id": f"ao-{code}",
        "object": "add_on",
        "code": code,
        "name": code,
        "add_on_type": by,
        "usage_type": None if by == "fixed" else "price",
    }
    made = {
        "id": f"sa-{code}", "object": "subscription_add_on", "subscription_id": "s1", "add_on": about, "add_on_source": "plan_add_on",
        "quantity": 1, "unit_amount": 10.0, "unit_amount_decimal": None, "tier_type": "flat", "tiers": [], "expired_at": None,
    }  # fmt: skip
    return {key: value for key, value in (made | more).items() if value is not ...}


def by_tiers(kind: Any, quantity: Any, *tiers: tuple[Any, Any], **more: Any) -> Json:
    """Of (ending_quantity, unit_amount)."""
    rows = [{"ending_quantity": ends, "unit_amount": price, "unit_amount_decimal": None} for ends, price in tiers or STEPS]
    return of(add_ons=[add_on(quantity=quantity, unit_amount=None, tier_type=kind, tiers=rows) | more])


STEPS = ((10, 5.0), (20, 4.0), (None, 3.0))


def redemption(discount: Json | None, name: str = "r1", *, state: Any = "active", **coupon: Any) -> Json:
    about = {
        "id": f"c-{name}",
        "object": "coupon",
        "code": name,
        "state": "redeemable",
        "coupon_type": "single_code",
        "discount": discount,
    }
    made = {"id": name, "object": "coupon_redemption", "state": state, "discounted": 0.0, "created_at": "2026-10-01T00:00:00Z"}
    return made | {"coupon": about | coupon}


def percent(off: Any = 10, name: str = "r1", **more: Any) -> Json:
    return redemption({"type": "percent", "percent": off}, name, **more)


def fixed(off: Any = 5.0, currency: str = "USD", name: str = "r2") -> Json:
    return redemption({"type": "fixed", "currencies": [{"currency": currency, "amount": off}]}, name)


def less(*redemptions: Json, **more: Any) -> Json:
    return of(coupon_redemptions=list(redemptions), **more)


def ramp(*steps: tuple[Any, Any, float], **more: Any) -> Json:
    """Of (starting_on, ending_on, unit_amount)."""
    rows = [
        {"starting_billing_cycle": n, "starting_on": a, "ending_on": b, "unit_amount": price}
        for n, (a, b, price) in enumerate(steps)
    ]
    return of({"pricing_model": "ramp"}, ramp_intervals=rows, **more)


LOW = ("2026-01-01T00:00:00Z", "2026-10-01T00:00:00Z", 30.0)
MIDDLE = ("2026-10-01T00:00:00Z", "2027-02-01T00:00:00Z", 50.0)
HIGH = ("2027-02-01T00:00:00Z", None, 80.0)
LATER = "2026-12-10T00:00:00Z"
ENDING = {"state": "canceled", "canceled_at": "2026-11-11T00:00:00Z", "expires_at": LATER}
VAT = {"type": "vat", "region": "SE", "rate": 0.25}

# fmt: off
LINES = [
    ok("monthly", "50.00 x 12", of(), "50.00", "600.00"),
    ok("unit times quantity", "3 x 19.99 = 59.97; x 12", of(unit_amount=19.99, quantity=3), "59.97", "719.64"),
    ok("quantity null", "1 x 50.00; x 12", of(quantity=None), "50.00", "600.00"),
    ok("quantity 0", "0 x 50.00", of(quantity=0), "0.00", "0.00"),
    ok("decimal wins", "10 x 0.125 = 1.25; x 12", of(unit_amount=0.13, unit_amount_decimal="0.125", quantity=10), "1.25", "15.00"),
    ok("half a cent", "1.005 half-up 1.01; x 12", of(unit_amount_decimal="1.005"), "1.01", "12.12"),
    ok("half a cent, unrounded", "1.005 x 12", of(unit_amount_decimal="1.005"), "1.01", "12.06", policy="line_rounding: none"),
    ok("no binary float", "3 x 0.1 = 0.30; x 12", of(unit_amount=0.1, quantity=3), "0.30", "3.60"),
    ok("amount as text", "50.00 x 12", of(unit_amount="50.00"), "50.00", "600.00"),
    ok("setup fee, shipping, change to come", "50.00 x 12", of(shipping={"amount": 9.0}, pending_change={"unit_amount": 99.0}), "50.00", "600.00"),
    error("no price", "missing_amount", of(unit_amount=None)),
    error("price absent", "missing_amount", of(unit_amount=...)),
    error("price no number", "unsupported_shape", of(unit_amount="fifty")),
    ok("yen", "1000 x 12", of(currency="JPY", unit_amount=1000), "1000", "12000", "JPY"),
    ok("dinars in thousandths", "1.234 x 12 = 14.808", of(currency="KWD", unit_amount=1.234), "1.234", "14.808", "KWD"),
    error("currency absent", "unsupported_shape", of(currency=...)),
]

PERIODS = [
    ok("yearly", "100.00; / 12 = 8.333..., not 8.33 x 12", every(12, unit_amount=100), "8.33", "100.00"),
    ok("quarterly", "100.00 x 12/3; / 12 = 33.333...", every(3, unit_amount=100), "33.33", "400.00"),
    ok("30 days", "10.00 x 365/30 = 121.666...; / 12 = 10.1388...", every(30, "days", unit_amount=10), "10.14", "121.67"),
    ok("30 days of 360", "10.00 x 360/30 = 120.00", every(30, "days", unit_amount=10), "10.00", "120.00", policy="day: 360"),
    ok("7 days", "10.00 x 365/7 = 521.428...; / 12 = 43.452...", every(7, "days", unit_amount=10), "43.45", "521.43"),
    ok("365 days", "100.00", every(365, "days", unit_amount=100), "8.33", "100.00"),
    ok("the whole plan inside", "50.00 x 12", {"subscription": sub(plan=GOLD)}, "50.00", "600.00"),
    ok("no name of the plan", "the one that is there: 50.00 x 12", {"plan": GOLD, "subscription": sub(plan=...)}, "50.00", "600.00"),
    error("unit unknown", "unknown_interval", every(1, "fortnights")),
    error("unit absent", "unknown_interval", every(1, ...)),
    error("length absent", "plan_not_expanded", every(...)),
    error("length 0", "unsupported_shape", every(0)),
    error("plan absent", "plan_not_expanded", {"subscription": sub()}),
    error("plan null", "plan_not_expanded", {"plan": None, "subscription": sub()}),
    error("another plan", "plan_not_expanded", of({"id": "p9", "code": "silver"})),
]

ADD_ONS = [
    ok("flat", "50.00 + 2 x 10.00; x 12", of(add_ons=[add_on(quantity=2)]), "70.00", "840.00"),
    ok("decimals", "50.00 + 3 x 0.333333333 = 0.999999999, half-up 1.00; x 12",
       of(add_ons=[add_on(quantity=3, unit_amount=None, unit_amount_decimal="0.333333333")]), "51.00", "612.00"),
    ok("by use", "50.00 x 12", of(add_ons=[add_on(by="usage")]), "50.00", "600.00"),
    ok("by use, without its type", "usage_type tells it: 50.00 x 12", of(add_ons=[add_on(by=None)]), "50.00", "600.00"),
    ok("add-on expired", "50.00 x 12", of(add_ons=[add_on(expired_at="2026-11-30T12:00:00Z")]), "50.00", "600.00"),
    ok("expires later", "60.00 x 12", of(add_ons=[add_on(expired_at=LATER)]), "60.00", "720.00"),
    ok("tiered", "50 + 10 x 5.00 + 5 x 4.00 = 120.00; x 12", by_tiers("tiered", 15), "120.00", "1440.00"),
    ok("tiered, at the end of a tier", "50 + 10 x 5.00 = 100.00; x 12", by_tiers("tiered", 10), "100.00", "1200.00"),
    ok("tiered, last tier", "50 + 50 + 40 + 5 x 3.00 = 155.00; x 12", by_tiers("tiered", 25), "155.00", "1860.00"),
    ok("tiered, in any order", "50 + 10 x 5.00 + 5 x 4.00; x 12", by_tiers("tiered", 15, *STEPS[::-1]), "120.00", "1440.00"),
    ok("volume", "50 + 15 x 4.00 = 110.00; x 12", by_tiers("volume", 15), "110.00", "1320.00"),
    ok("volume, at the end of a tier", "50 + 20 x 4.00 = 130.00; x 12", by_tiers("volume", 20), "130.00", "1560.00"),
    ok("stairstep", "50 + 4.00 for all 15; x 12", by_tiers("stairstep", 15), "54.00", "648.00"),
    ok("stairstep, at the end of a tier", "50 + 5.00 for all 10; x 12", by_tiers("stairstep", 10), "55.00", "660.00"),
    error("tiers absent", "tiers_not_expanded", by_tiers("tiered", 5, tiers=None)),
    error("tiers that end too early", "tiers_not_covering", by_tiers("volume", 25, *STEPS[:2])),
    error("two tiers without end", "unsupported_shape", by_tiers("tiered", 15, (None, 5.0), *STEPS[1:])),
    error("a tier without price", "missing_amount", by_tiers("tiered", 5, (None, None))),
    error("tiers without their type", "unknown_tier_type", by_tiers(None, 15, unit_amount=5.0)),
    error("tier type unknown", "unknown_tier_type", by_tiers("sideways", 15)),
    error("add-on not read", "unknown_add_on_type", of(add_ons=[add_on(add_on=None)])),
    error("add-on type unknown", "unknown_add_on_type", of(add_ons=[add_on(by="gift")])),
    error("add-on without price", "missing_amount", of(add_ons=[add_on(unit_amount=None)])),
    error("add-ons null beside their total", "not_seen", of(add_ons=None, add_ons_total=20.0)),
    error("add-ons absent beside their total", "not_seen", of(add_ons=..., add_ons_total=20.0)),
    ok("add-ons absent, nothing in total", "50.00 x 12", of(add_ons=...), "50.00", "600.00"),
]

STATES = [
    ok("canceled lives until it expires", "50.00 x 12", of(**ENDING), "50.00", "600.00"),
    excluded("canceled, expired", "status_canceled", of(**ENDING | {"expires_at": "2026-11-30T12:00:00Z"})),
    excluded("canceled, excluded at request", "scheduled_cancellation", of(**ENDING), policy="scheduled_cancellation: exclude_at_request"),
    *(excluded(word, f"status_{word}", of(state=word)) for word in ("expired", "failed", "future", "paused", "pending")),
    excluded("in trial", "in_trial", of(trial_ends_at="2026-11-30T12:00:01Z")),
    excluded("canceled in its trial", "in_trial", of(**ENDING, trial_ends_at=LATER)),
    ok("trial ends now", "50.00 x 12", of(trial_ends_at="2026-11-30T12:00:00Z"), "50.00", "600.00"),
    ok("trials included", "50.00 x 12", of(trial_ends_at=LATER), "50.00", "600.00", policy="trialing: include"),
    ok("will not renew", "50.00 x 12", of(auto_renew=False), "50.00", "600.00"),
    ok("pause to come", "50.00 x 12", of(remaining_pause_cycles=2, paused_at=LATER), "50.00", "600.00"),
    excluded("expired without price", "status_expired", of(state="expired", unit_amount=None, add_ons=None)),
    error("trial end no instant", "unsupported_shape", of(trial_ends_at="soon")),
    error("state unknown", "unknown_status", of(state="live")),
    error("state null", "unknown_status", of(state=None)),
    error("state absent", "unknown_status", of(state=...)),
]

COUPONS = [
    ok("10 %", "50.00 - 5.00; x 12", less(percent()), "45.00", "540.00"),
    ok("33 %", "33 % of 99.99 = 32.9967, half-up 33.00; 66.99 x 12", less(percent(33), unit_amount=99.99), "66.99", "803.88"),
    ok("off add-ons, too", "(50.00 + 20.00) - 10 %; x 12", less(percent(), add_ons=[add_on(quantity=2)]), "63.00", "756.00"),
    ok("5.00 off", "50.00 - 5.00; x 12", less(fixed()), "45.00", "540.00"),
    ok("more than there is", "floor 0", less(fixed(500)), "0.00", "0.00"),
    ok("as listed, amount first", "50.00 - 5.00 = 45.00; - 4.50; x 12", less(fixed(), percent()), "40.50", "486.00"),
    ok("as listed, percent first", "50.00 - 5.00 = 45.00; - 5.00; x 12", less(percent(), fixed()), "40.00", "480.00"),
    ok("inactive", "50.00 x 12", less(percent(state="inactive")), "50.00", "600.00"),
    ok("inactive, not read", "50.00 x 12", less(percent(state="inactive") | {"coupon": None}), "50.00", "600.00"),
    ok("active of an expired coupon", "45.00 x 12", less(percent(expired_at="2026-10-02T00:00:00Z")), "45.00", "540.00"),
    ok("one redemption twice", "once: 45.00 x 12", less(percent(), percent()), "45.00", "540.00"),
    ok("free trial", "50.00 x 12", less(redemption({"type": "free_trial", "trial": {"length": 1, "unit": "month"}})), "50.00", "600.00"),
    ok("single use, where it is told", "50.00 x 12", less(percent(duration="single_use")), "50.00", "600.00"),
    ok("temporal, where it is told", "45.00 x 12", less(percent(duration="temporal")), "45.00", "540.00"),
    ok("none by policy", "50.00 x 12", less(percent()), "50.00", "600.00", policy="discounts: none"),
    error("redemption state absent", "unknown_redemption_state", less(percent(state=None))),
    error("coupon by its id", "coupon_not_expanded", less(percent() | {"coupon": "c-r1"})),
    error("discount null", "coupon_not_expanded", less(redemption(None))),
    error("discount unknown", "unknown_discount_type", less(redemption({"type": "two_for_one"}))),
    error("percent absent", "missing_amount", less(redemption({"type": "percent"}))),
    error("amounts absent", "missing_amount", less(redemption({"type": "fixed"}))),
    error("other currency", "coupon_currency_mismatch", less(fixed(currency="EUR"))),
]

TAX = [
    ok("on top", "50.00 x 12", of(tax_info=VAT, tax=12.5), "50.00", "600.00"),
    ok("inside", "50.00 / 1.25 = 40.00; x 12", of(tax_inclusive=True, tax_info=VAT), "40.00", "480.00"),
    ok("inside, after discounts", "(50.00 - 5.00) / 1.25 = 36.00; x 12", less(percent(), tax_inclusive=True, tax_info=VAT), "36.00", "432.00"),
    ok("inside, by policy", "50.00 x 12", of(tax_inclusive=True, tax_info=VAT), "50.00", "600.00", policy="tax: include"),
    error("inside, nobody tells how much", "tax_inclusive_unresolved", of(tax_inclusive=True)),
    error("inside, in a strange way", "unsupported_shape", of(tax_inclusive="perhaps", tax_info=VAT)),
]

RAMPS = [
    ok("the step in force", "50.00 x 12", ramp(LOW, MIDDLE, HIGH), "50.00", "600.00"),
    ok("by the instant", "30.00 x 12", ramp(LOW, MIDDLE, HIGH), "30.00", "360.00", as_of="2026-09-30T23:59:59Z"),
    ok("at its edge", "80.00 x 12", ramp(LOW, MIDDLE, HIGH), "80.00", "960.00", as_of="2027-02-01T00:00:00Z"),
    ok("without unit amount", "50.00 x 12", ramp(LOW, MIDDLE, HIGH, unit_amount=None), "50.00", "600.00"),
    ok("without dates", "the subscription's own: 50.00 x 12", ramp((None, None, 30.0), (None, None, 80.0)), "50.00", "600.00"),
    ok("one date missing", "the subscription's own: 50.00 x 12", ramp(LOW, MIDDLE, (None, None, 80.0)), "50.00", "600.00"),
    error("a step without price", "missing_amount", ramp(LOW, (*MIDDLE[:2], None))),
]

YEARLY = GOLD | {"id": "p2", "code": "year", "interval_length": 12}
SEVERAL = [
    ok("two of one plan", "2 x 50.00; x 12", file(sub(), sub(id="s2"), plan=GOLD), "100.00", "1200.00"),
    ok("pairs", "2 x 50.00; x 12", file(of(), {"plan": GOLD, "subscription": sub(id="s2")}), "100.00", "1200.00"),
    ok("two plans", "50.00 x 12 + 50.00; / 12 = 50.00 + 4.1666...",
       file(sub(), sub(id="s2", plan={"id": "p2", "code": "year"}), plans=[GOLD, YEARLY]), "54.17", "650.00"),
    ok("one id twice", "once: 50.00 x 12", file(sub(), sub(), plan=GOLD), "50.00", "600.00"),
    ok("two currencies", "never added",
       file(sub(), sub(id="s2", currency="EUR"), plan=GOLD), "0", "0")._replace(figures={"EUR": ("50.00", "600.00"), "USD": ("50.00", "600.00")}),
    ok("one without number", "50.00 x 12, and what is not known",
       file(sub(), sub(id="s2", state="odd"), plan=GOLD), "50.00", "600.00")._replace(outcome="partial", code="unknown_status"),
    ok("none", "an empty list", file(plan=GOLD), "0", "0")._replace(figures={}),
]
# fmt: on

CASES = [*LINES, *PERIODS, *ADD_ONS, *STATES, *COUPONS, *TAX, *RAMPS, *SEVERAL]
