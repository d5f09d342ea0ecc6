"""Zuora objects as `GET /v1/subscriptions` returns them, and what a person with paper expects of them (finance.md, R1 to R20 and Zuora)."""

from __future__ import annotations

from typing import Any

from paper import Json, error, excluded, file, ok


def charge(number: str = "C-1", **more: Any) -> Json:
    """Keys that are `...` are absent."""
    made = {
        "id": f"id-{number}", "originalChargeId": f"id-{number}", "number": number, "name": "Fee", "type": "Recurring", "model": "FlatFee",
        "version": 1, "segment": 1, "price": 100.0, "quantity": None, "tiers": None, "currency": "USD", "billingPeriod": "Month",
        "specificBillingPeriod": None, "listPriceBase": "Per_Billing_Period", "specificListPriceBase": None, "taxMode": None,
        "effectiveStartDate": "2026-01-01", "effectiveEndDate": "2027-01-01", "endDateCondition": "Subscription_End",
        "discountAmount": None, "discountPercentage": None, "discountLevel": None, "applyDiscountTo": None, "mrr": 100.0,
    }  # fmt: skip
    return {key: value for key, value in (made | more).items() if value is not ...}


def plan(*charges: Json, **more: Any) -> Json:
    return {
        "id": "rp1",
        "productName": "P",
        "ratePlanName": "R",
        "lastChangeType": "Add",
        "ratePlanCharges": list(charges),
    } | more


def sub(*plans: Json, **more: Any) -> Json:
    made = {
        "id": "8ad1", "subscriptionNumber": "A-S1", "accountId": "a1", "accountNumber": "A1", "status": "Active", "currency": "USD",
        "termType": "TERMED", "termStartDate": "2026-01-01", "termEndDate": "2027-01-01", "subscriptionStartDate": "2026-01-01",
        "version": 1, "isLatestVersion": True, "contractedMrr": 100.0, "ratePlans": list(plans) or [plan(charge())],
    }  # fmt: skip
    return {key: value for key, value in (made | more).items() if value is not ...}


def of(*charges: Json, **more: Any) -> Json:
    return {"subscription": sub(plan(*charges or [charge()]), **more)}


def one(**fields: Any) -> Json:
    return of(charge(**fields))


def percent(off: Any = 10, number: str = "C-8", **more: Any) -> Json:
    made = {"model": "DiscountPercentage", "price": None, "discountPercentage": off, "mrr": 0}
    return charge(number, **made | {"discountLevel": "subscription", "applyDiscountTo": "RECURRING"} | more)


def fixed(off: Any = 15, number: str = "C-9", **more: Any) -> Json:
    return percent(None, number, **{"model": "DiscountFixedAmount", "discountAmount": off} | more)


def by_tiers(model: str, quantity: Any, *tiers: tuple[Any, Any, Any, Any], **more: Any) -> Json:
    """Of (startingUnit, endingUnit, price, priceFormat)."""
    names = ("startingUnit", "endingUnit", "price", "priceFormat")
    rows = [{"tier": number} | dict(zip(names, tier, strict=True)) for number, tier in enumerate(tiers, 1)]
    return one(model=model, price=None, quantity=quantity, tiers=rows, **more)


UNITS = ((0, 10, 5.0, "PerUnit"), (11, 20, 4.0, "PerUnit"), (21, None, 3.0, "Per Unit"))
MIXED = ((0, 10, 50.0, "FlatFee"), (11, 20, 80.0, "flat fee"), (21, None, 3.0, "per unit"))
SECOND = charge("C-2", price=50.0)
YEARLY = charge("C-2", billingPeriod="Annual", price=1000.0)
RECURS = ("ONETIMERECURRING", "RECURRINGUSAGE", "ONETIMERECURRINGUSAGE", None)
OTHERS = ("ONETIME", "USAGE", "ONETIMEUSAGE")
STEP = {"segment": 2, "effectiveStartDate": "2026-07-01"}

# fmt: off
MODELS = [
    ok("flat fee", "100.00 x 12, whatever the quantity", one(quantity=5), "100.00", "1200.00"),
    ok("per unit", "7 x 9.99 = 69.93; x 12", one(model="PerUnit", price=9.99, quantity=7), "69.93", "839.16"),
    ok("per unit, half a unit", "2.5 x 10.01 = 25.025, half-up 25.03; x 12", one(model="PerUnit", price=10.01, quantity=2.5), "25.03", "300.36"),
    ok("per unit, no quantity", "1 x 9.99; x 12", one(model="PerUnit", price=9.99), "9.99", "119.88"),
    ok("per unit, quantity 0", "0 x 9.99", one(model="PerUnit", price=9.99, quantity=0), "0.00", "0.00"),
    ok("no binary float", "3 x 0.1 = 0.30; x 12", one(model="PerUnit", price=0.1, quantity=3), "0.30", "3.60"),
    ok("tiered", "10 x 5.00 + 5 x 4.00 = 70.00; x 12", by_tiers("Tiered", 15, *UNITS), "70.00", "840.00"),
    ok("tiered, at the end of a tier", "10 x 5.00; x 12", by_tiers("Tiered", 10, *UNITS), "50.00", "600.00"),
    ok("tiered, last tier", "50 + 40 + 5 x 3.00 = 105.00; x 12", by_tiers("Tiered", 25, *UNITS), "105.00", "1260.00"),
    ok("tiered with flat fees", "50.00 + 80.00 = 130.00; x 12", by_tiers("Tiered", 15, *MIXED), "130.00", "1560.00"),
    ok("tiered with both", "50.00 + 80.00 + 5 x 3.00 = 145.00; x 12", by_tiers("Tiered", 25, *MIXED), "145.00", "1740.00"),
    ok("volume", "15 x 4.00; x 12", by_tiers("Volume", 15, *UNITS), "60.00", "720.00"),
    ok("volume, at the end of a tier", "20 x 4.00; x 12", by_tiers("Volume", 20, *UNITS[::-1]), "80.00", "960.00"),
    ok("volume with flat fees", "80.00; x 12", by_tiers("Volume", 15, *MIXED), "80.00", "960.00"),
    ok("volume, half a unit above", "10.5 x 4.00 = 42.00; x 12", by_tiers("Volume", 10.5, *UNITS), "42.00", "504.00"),
    ok("one-time and usage", "100.00 x 12",
       of(charge(), charge("C-2", type="OneTime", billingPeriod=None), charge("C-3", type="Usage", model="Overage")), "100.00", "1200.00"),
    ok("nothing recurs", "0", one(type="OneTime"), "0.00", "0.00"),
    ok("vendor's own figures do not count", "100.00 x 12", of(charge(mrr=7), contractedMrr=7), "100.00", "1200.00"),
    error("price null", "missing_amount", one(price=None)),
    error("type absent", "unknown_charge_type", one(type=...)),
    error("type unknown", "unknown_charge_type", one(type="Sometimes")),
    error("model absent", "unknown_charge_model", one(model=...)),
    error("overage that recurs", "unknown_charge_model", one(model="Overage")),
    error("model unknown", "unknown_charge_model", one(model="MultiAttributePricing")),
    error("tiers null", "tiers_not_expanded", one(model="Tiered", price=None, quantity=5)),
    error("tiers that end too early", "tiers_not_covering", by_tiers("Volume", 25, *UNITS[:2])),
    error("two tiers without end", "unsupported_shape", by_tiers("Tiered", 15, (0, None, 5.0, "PerUnit"), *UNITS[1:])),
    error("a tier without price", "missing_amount", by_tiers("Tiered", 5, (0, None, None, "PerUnit"))),
    error("a tier without format", "unknown_price_format", by_tiers("Tiered", 5, (0, None, 50.0, None))),
]

PERIODS = [
    ok("quarter", "100.00 x 12/3; / 12 = 33.333...", one(billingPeriod="Quarter"), "33.33", "400.00"),
    ok("half a year", "100.00 x 12/6; / 12 = 16.666...", one(billingPeriod="Semi_Annual"), "16.67", "200.00"),
    ok("year", "100.00; / 12 = 8.333..., not 8.33 x 12", one(billingPeriod="Annual"), "8.33", "100.00"),
    ok("18 months", "1800.00 x 12/18", one(billingPeriod="Eighteen_Months", price=1800), "100.00", "1200.00"),
    ok("five years", "6000.00 / 5", one(billingPeriod="Five_Years", price=6000), "100.00", "1200.00"),
    ok("4 months", "100.00 x 12/4", one(billingPeriod="Specific_Months", specificBillingPeriod=4), "25.00", "300.00"),
    ok("week", "10.00 x 52; / 12 = 43.333...", one(billingPeriod="Week", price=10), "43.33", "520.00"),
    ok("week by 365/7", "10.00 x 365/7 = 521.428...", one(billingPeriod="Week", price=10), "43.45", "521.43", policy="week: 365/7"),
    ok("price a month, billed yearly", "12 x 10.00 = 120.00", one(billingPeriod="Annual", listPriceBase="Per_Month", price=10), "10.00", "120.00"),
    ok("price a year, billed monthly", "1000.00 / 12 = 83.333..., billed 83.33; x 12", one(listPriceBase="Per_Year", price=1000), "83.33", "999.96"),
    ok("price a year and unit", "3 x 100.00 / 12 = 25.00; x 12", one(model="PerUnit", listPriceBase="Per_Year", quantity=3), "25.00", "300.00"),
    ok("price for 6 months", "600.00 / 6; x 12", one(listPriceBase="Per_Specific_Months", specificListPriceBase=6, price=600), "100.00", "1200.00"),
    ok("base absent", "100.00 x 12", one(listPriceBase=...), "100.00", "1200.00"),
    error("4 months, nobody tells 4", "unsupported_shape", one(billingPeriod="Specific_Months")),
    error("the term", "unknown_interval", one(billingPeriod="Subscription_Term")),
    error("period absent", "unknown_interval", one(billingPeriod=...)),
    error("base for how many months", "unsupported_shape", one(listPriceBase="Per_Specific_Months")),
    error("base unknown", "unknown_price_base", one(listPriceBase="Per_Moon")),
    error("base no text", "unknown_price_base", one(listPriceBase=[])),
]

DATES = [
    ok("begins today", "100.00 x 12", one(effectiveStartDate="2026-11-30"), "100.00", "1200.00"),
    ok("begins tomorrow", "0", one(effectiveStartDate="2026-12-01"), "0.00", "0.00"),
    ok("ends today", "up to, not on, its end: 0", one(effectiveEndDate="2026-11-30"), "0.00", "0.00"),
    ok("ends tomorrow", "100.00 x 12", one(effectiveEndDate="2026-12-01"), "100.00", "1200.00"),
    ok("without end", "100.00 x 12", of(charge(effectiveEndDate=None), termType="EVERGREEN", termEndDate=None), "100.00", "1200.00"),
    ok("still yesterday there", "the 29th: 100.00 x 12", one(effectiveEndDate="2026-11-30"), "100.00", "1200.00", as_of="2026-11-29T23:30:00-05:00"),
    ok("already tomorrow there", "the 30th: 100.00 x 12", one(effectiveStartDate="2026-11-30"), "100.00", "1200.00", as_of="2026-11-30T00:30:00+13:00"),
    ok("segments", "the second: 100.00 x 12", of(charge(price=50.0, effectiveEndDate="2026-07-01"), charge(**STEP)), "100.00", "1200.00"),
    ok(
        "segments inside the charge", "the second: 100.00 x 12",
        one(price=..., effectiveStartDate=..., effectiveEndDate=..., segment=..., chargeSegments=[
            {"segment": 1, "price": 50.0, "effectiveStartDate": "2026-01-01", "effectiveEndDate": "2026-07-01"},
            {"segment": 2, "price": 100.0, "effectiveStartDate": "2026-07-01", "effectiveEndDate": "2027-01-01"},
        ]), "100.00", "1200.00",
    ),
    ok("a plan that was removed", "its charges ended: 100.00 x 12",
       {"subscription": sub(plan(charge()), plan(charge("C-2", effectiveEndDate="2026-06-01"), lastChangeType="Remove"))}, "100.00", "1200.00"),
    ok("a later charge without price", "not yet: 100.00 x 12", of(charge(), charge("C-2", price=None, effectiveStartDate="2026-12-01")), "100.00", "1200.00"),
    error("two segments at once", "unknown_version", of(charge(price=50.0, effectiveEndDate=None), charge(**STEP))),
    error("start null", "missing_effective_date", one(effectiveStartDate=None)),
    error("start absent", "missing_effective_date", one(effectiveStartDate=...)),
    error("end absent, though it ends", "missing_effective_date", one(effectiveEndDate=..., endDateCondition="Specific_End_Date")),
    error("start no date", "unsupported_shape", one(effectiveStartDate="01/02/2026")),
]

STATUSES = [
    *(excluded(word, f"status_{word}", of(status=word)) for word in ("Suspended", "Cancelled", "Expired", "Draft", "PendingActivation", "PendingAcceptance")),
    ok("cancellation to come", "100.00 x 12", of(scheduledCancelDate="2026-12-31"), "100.00", "1200.00"),
    excluded("Suspended without charges", "status_Suspended", of(status="Suspended", ratePlans=...)),
    error("status unknown", "unknown_status", of(status="Live")),
    error("status in small letters", "unknown_status", of(status="active")),
    error("status null", "unknown_status", of(status=None)),
    error("status absent", "unknown_status", of(status=...)),
]

DISCOUNTS = [
    ok("10 %", "100.00 - 10.00; x 12", of(charge(), percent()), "90.00", "1080.00"),
    ok("10 %, then 20 %", "100.00 - 10.00 = 90.00; - 18.00; x 12", of(charge(), percent(), percent(20, "C-7")), "72.00", "864.00"),
    ok("10 % of two periods", "(100.00 - 10 %) x 12 + 1000.00 - 10 %; / 12", of(charge(), YEARLY, percent()), "165.00", "1980.00"),
    ok("of the rate plan", "100.00 + (50.00 - 5.00); x 12",
       {"subscription": sub(plan(charge()), plan(SECOND, percent(discountLevel="rateplan")))}, "145.00", "1740.00"),
    ok("of the subscription", "150.00 - 15.00; x 12", {"subscription": sub(plan(charge()), plan(SECOND, percent()))}, "135.00", "1620.00"),
    ok("level absent, one rate plan", "100.00 - 10.00; x 12", of(charge(), percent(discountLevel=...)), "90.00", "1080.00"),
    *(ok(f"to {word}", "100.00 - 10.00; x 12", of(charge(), percent(applyDiscountTo=word)), "90.00", "1080.00") for word in RECURS),
    *(ok(f"to {word}", "not off what recurs: 100.00 x 12", of(charge(), percent(applyDiscountTo=word)), "100.00", "1200.00") for word in OTHERS),
    ok("over", "100.00 x 12", of(charge(), percent(effectiveEndDate="2026-11-30")), "100.00", "1200.00"),
    ok("not begun", "100.00 x 12", of(charge(), percent(effectiveStartDate="2026-12-01")), "100.00", "1200.00"),
    ok("once", "100.00 x 12", of(charge(), percent(type="OneTime")), "100.00", "1200.00"),
    ok("an amount", "100.00 - 15.00; x 12", of(charge(), fixed()), "85.00", "1020.00"),
    ok("an amount off its own period", "(100.00 - 15.00) x 12 + 1000.00; / 12 = 168.333...", of(charge(), YEARLY, fixed()), "168.33", "2020.00"),
    ok("an amount a year", "100.00 x 12 + 1000.00 - 15.00; / 12 = 182.0833...", of(charge(), YEARLY, fixed(billingPeriod="Annual")), "182.08", "2185.00"),
    ok("more than there is", "floor 0", of(charge(), fixed(500)), "0.00", "0.00"),
    ok("as listed, amount first", "100.00 - 15.00 = 85.00; - 8.50; x 12", of(charge(), fixed(), percent()), "76.50", "918.00"),
    ok("as listed, percent first", "100.00 - 10.00 = 90.00; - 15.00; x 12", of(charge(), percent(), fixed()), "75.00", "900.00"),
    ok("percent first by policy", "90.00 - 15.00; x 12", of(charge(), fixed(), percent()), "75.00", "900.00", policy="discount_order: percent_first"),
    ok("rate plan first", "100.00 - 10.00 = 90.00; - 15.00; x 12", of(charge(), fixed(), percent(discountLevel="rateplan")), "75.00", "900.00"),
    error("percentage null", "missing_amount", of(charge(), percent(None))),
    error("amount null", "missing_amount", of(charge(), fixed(None))),
    error("an amount in another currency", "coupon_currency_mismatch", of(charge(), fixed(currency="EUR"))),
    error("an amount of another period", "ambiguous_discount_mixed_interval", of(charge(), fixed(billingPeriod="Annual"))),
    error("of the account", "unknown_discount_scope", of(charge(), percent(discountLevel="account"))),
    error("level absent, two rate plans", "unknown_discount_scope", {"subscription": sub(plan(charge()), plan(SECOND, percent(discountLevel=...)))}),
    error("to something unknown", "unknown_discount_scope", of(charge(), percent(applyDiscountTo="EVERYTHING"))),
]

WHOLE = [
    ok("yen", "1000 x 12", of(charge(price=1000, currency="JPY"), currency="JPY"), "1000", "12000", "JPY"),
    ok("dinars in thousandths", "1.2345 half-up 1.235; x 12", of(charge(price=1.2345, currency="KWD"), currency="KWD"), "1.235", "14.820", "KWD"),
    ok("currency on the charges only", "100.00 x 12", of(currency=...), "100.00", "1200.00"),
    error("two currencies", "unsupported_shape", of(charge(), charge("C-2", currency="EUR"))),
    error("no currency", "unsupported_shape", of(charge(currency=...), currency=...)),
    ok("tax on top", "100.00 x 12", one(taxMode="TaxExclusive"), "100.00", "1200.00"),
    error("tax inside", "tax_inclusive_unresolved", one(taxMode="TaxInclusive")),
    ok("no rate plans", "nothing recurs", of(ratePlans=[]), "0.00", "0.00"),
    error("rate plans absent", "not_seen", of(ratePlans=...)),
    error("rate plans null", "not_seen", of(ratePlans=None)),
    error("charges null", "not_seen", {"subscription": sub(plan(charge()), plan(ratePlanCharges=None))}),
    error("charges absent", "not_seen", {"subscription": sub({"id": "rp1"})}),
]

SEVERAL = [
    ok("two", "2 x 100.00; x 12", file(sub(), sub(id="8ad2", subscriptionNumber="A-S2")), "200.00", "2400.00"),
    ok("two, wrapped", "2 x 100.00; x 12", file(of(), of(id="8ad2", subscriptionNumber="A-S2")), "200.00", "2400.00"),
    ok("versions", "the latest: 150.00 x 12", file(sub(plan(charge(price=150.0)), version=2), sub(id="8ad0", isLatestVersion=False)), "150.00", "1800.00"),
    ok("versions without a flag", "the latest: 150.00 x 12",
       file(sub(id="8ad0", isLatestVersion=...), sub(plan(charge(price=150.0)), version=2, isLatestVersion=...)), "150.00", "1800.00"),
    ok("one id twice", "once: 100.00 x 12", file(sub(), sub()), "100.00", "1200.00"),
    ok("one without number", "100.00 x 12, and what is not known",
       file(sub(), sub(subscriptionNumber="A-S2", status="odd")), "100.00", "1200.00")._replace(outcome="partial", code="unknown_status"),
    ok("none", "an empty list", file(), "0", "0")._replace(figures={}),
]
# fmt: on

CASES = [*MODELS, *PERIODS, *DATES, *STATUSES, *DISCOUNTS, *WHOLE, *SEVERAL]
