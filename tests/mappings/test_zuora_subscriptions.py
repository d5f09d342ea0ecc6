"""Zuora's objects, priced: figures are computed by hand beside them."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from billing_checks import GARBAGE, NOW, answers, garbled, told, total
from hypothesis import given
from hypothesis import strategies as st

from mappings.values import Refused
from mappings.zuora.subscriptions import subscriptions


def charge(number: str = "C-1", **fields: Any) -> dict[str, Any]:
    return {
        "id": f"id-{number}", "number": number, "type": "Recurring", "model": "FlatFee", "billingPeriod": "Month", "price": 100,
        "effectiveStartDate": "2026-01-01", "effectiveEndDate": "2027-01-01", "productRatePlanChargeId": f"prpc-{number}",
    } | fields  # fmt: skip


def percent(off: Any = 10, number: str = "D-1", **fields: Any) -> dict[str, Any]:
    return charge(number, model="DiscountPercentage", price=None, discountPercentage=off, discountLevel="subscription") | fields


def fixed(off: Any = 15, number: str = "D-2", **fields: Any) -> dict[str, Any]:
    return charge(number, model="DiscountFixedAmount", price=None, discountAmount=off, discountLevel="subscription") | fields


def raw(*plans: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    rate_plans = [{"id": f"rp{n}", "productRatePlanId": f"prp{n}", "ratePlanCharges": each} for n, each in enumerate(plans)]
    return {
        "id": "8ad1", "subscriptionNumber": "A-S1", "accountId": "a1", "status": "Active", "currency": "USD", "version": 1,
        "ratePlans": rate_plans or [{"id": "rp0", "ratePlanCharges": [charge()]}],
    } | fields  # fmt: skip


def of(*charges: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"subscription": raw(list(charges or [charge()]), **fields)}


def arr(document: dict[str, Any], as_of: datetime = NOW, **policy: Any) -> Any:
    status, code, amounts = told(subscriptions, document, as_of, **policy)
    assert (status, code) == ("ok", None)
    return amounts


@pytest.mark.parametrize(
    ("word", "specific", "expected"),
    [
        ("Month", None, "1200.00"),
        ("Quarter", None, "400.00"),
        ("Semi_Annual", None, "200.00"),
        ("Semi-Annual", None, "200.00"),
        ("Annual", None, "100.00"),
        ("Week", None, "5200.00"),
        ("Specific_Months", 5, "240.00"),  # 100 x 12/5
        ("Specific Months", 5, "240.00"),
        ("Eighteen_Months", None, "66.67"),  # 100 x 12/18 = 66.666...
        ("Two_Years", None, "50.00"),
        ("Specific_Weeks", 4, "1300.00"),  # 100 x 52/4
        ("Specific_Days", 10, "3650.00"),  # 100 x 365/10
    ],
)
def test_billing_periods(word: str, specific: int | None, expected: str) -> None:
    assert arr(of(charge(billingPeriod=word, specificBillingPeriod=specific))) == {"USD": expected}


@pytest.mark.parametrize("word", ["Fortnight", "Subscription_Term", "", None, 7])
def test_an_unknown_period_is_an_error(word: Any) -> None:
    assert told(subscriptions, of(charge(billingPeriod=word))) == ("error", "unknown_interval", None)


TIERS: list[dict[str, Any]] = [
    {"tier": 1, "startingUnit": 0, "endingUnit": 10, "price": 2, "priceFormat": "PerUnit"},
    {"tier": 2, "startingUnit": 11, "endingUnit": None, "price": Decimal("1.5"), "priceFormat": "Per Unit"},
]
STEPS: list[dict[str, Any]] = [
    {"tier": 1, "startingUnit": 0, "endingUnit": 10, "price": 50, "priceFormat": "FlatFee"},
    {"tier": 2, "startingUnit": 11, "endingUnit": 20, "price": 70, "priceFormat": "flat fee"},
]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"model": "FlatFee", "price": Decimal("99.995"), "quantity": 7}, "1200.00"),  # 99.995 half-up 100.00, once
        ({"model": "Flat Fee Pricing"}, "1200.00"),
        ({"model": "PerUnit", "price": Decimal("10.5"), "quantity": 3}, "378.00"),  # 31.50 x 12
        ({"model": "PerUnit", "price": Decimal("10.5"), "quantity": Decimal("0.5")}, "63.00"),  # 5.25 x 12
        ({"model": "Tiered", "price": None, "quantity": 15, "tiers": TIERS}, "330.00"),  # 20.00 + 5 x 1.50 = 27.50
        ({"model": "Volume", "price": None, "quantity": 15, "tiers": TIERS[::-1]}, "270.00"),  # 15 x 1.50 = 22.50
        ({"model": "Volume", "price": None, "quantity": 10, "tiers": TIERS}, "240.00"),  # the ending unit is in its tier
        ({"model": "Tiered", "price": None, "quantity": 15, "tiers": STEPS}, "1440.00"),  # 50 + 70, both entered
        ({"model": "Volume", "price": None, "quantity": 15, "tiers": STEPS}, "840.00"),  # 70
    ],
)
def test_charge_models(fields: dict[str, Any], expected: str) -> None:
    assert arr(of(charge(**fields))) == {"USD": expected}


@pytest.mark.parametrize(
    ("period", "base", "price", "expected"),
    [
        ("Annual", {"listPriceBase": "Per_Month"}, 100, "1200.00"),  # 100 x 12 a year
        ("Quarter", {"listPriceBase": "Per_Month"}, 100, "1200.00"),  # 300 a quarter
        ("Month", {"listPriceBase": "Per_Year"}, 100, "99.96"),  # 8.333... is billed as 8.33, x 12
        ("Annual", {"listPriceBase": "Per_Year"}, 100, "100.00"),
        ("Month", {"listPriceBase": "Per_Specific_Months", "specificListPriceBase": 6}, 90, "180.00"),  # 15 a month
        ("Specific_Weeks", {"listPriceBase": "Per_Week", "specificBillingPeriod": 2}, 10, "520.00"),  # 20 every 2 weeks
        ("Month", {"listPriceBase": "Per_Billing_Period"}, 100, "1200.00"),
        ("Month", {"listPriceBase": None}, 100, "1200.00"),
    ],
)
def test_the_price_is_first_converted_to_the_billing_period(period: str, base: Any, price: int, expected: str) -> None:
    assert arr(of(charge(billingPeriod=period, price=price, **base))) == {"USD": expected}


def test_the_conversion_is_exact() -> None:
    # 0.01 a year and unit is 0.000833... a month; 6 of them are 0.005 exactly: half-up 0.01; x 12 = 0.12
    assert arr(of(charge(model="PerUnit", price=Decimal("0.01"), quantity=6, listPriceBase="Per_Year"))) == {"USD": "0.12"}


@pytest.mark.parametrize(
    ("period", "base"),
    [("Month", "Per_Week"), ("Week", "Per_Month"), ("Month", "Per_Decade"), ("Month", "Per_Validity_Period")],
)
def test_a_price_that_nobody_can_convert_is_an_error(period: str, base: str) -> None:
    assert told(subscriptions, of(charge(billingPeriod=period, listPriceBase=base))) == ("error", "unknown_price_base", None)


def test_segments_count_from_their_start_up_to_not_on_their_end() -> None:
    segments: list[dict[str, Any]] = [
        {"segment": 1, "price": 100, "effectiveStartDate": "2026-01-01", "effectiveEndDate": "2026-11-30"},
        {"segment": 2, "price": 150, "effectiveStartDate": "2026-11-30", "effectiveEndDate": None},
    ]
    for document in (of(charge(chargeSegments=segments)), of(*(charge(**each) for each in segments))):
        before, after = (datetime(2026, 11, 29, 23, 59, 59, tzinfo=NOW.tzinfo), datetime(2026, 11, 30, tzinfo=NOW.tzinfo))
        assert arr(document, before) == {"USD": "1200.00"}
        assert arr(document, after) == {"USD": "1800.00"}
        assert total(subscriptions, document, before).next == after


def test_the_date_is_that_of_as_of_in_its_own_zone() -> None:
    # 2026-11-30 04:30 in UTC is still the 29th in New York, where the charge that ends on the 30th counts
    document = of(charge(effectiveEndDate="2026-11-30"))
    in_utc = datetime(2026, 11, 30, 4, 30, tzinfo=NOW.tzinfo)
    assert arr(document, in_utc) == {"USD": "0.00"}
    assert arr(document, in_utc.astimezone(ZoneInfo("America/New_York"))) == {"USD": "1200.00"}


ZONES = st.sampled_from([ZoneInfo(name) for name in ("UTC", "Asia/Tokyo", "America/Lima")])


@given(st.dates(), st.dates(), st.datetimes(timezones=ZONES))
def test_a_charge_counts_exactly_on_its_days(begins: date, ends: date, as_of: datetime) -> None:
    document = of(charge(effectiveStartDate=begins.isoformat(), effectiveEndDate=ends.isoformat()))
    counts = begins <= as_of.date() < ends
    assert arr(document, as_of) == {"USD": "1200.00" if counts else "0.00"}


def test_a_charge_without_a_start_is_an_error() -> None:
    assert told(subscriptions, of(charge(effectiveStartDate=None))) == ("error", "missing_effective_date", None)
    assert arr(of(charge(), charge("C-2", type="Usage", effectiveStartDate=None))) == {"USD": "1200.00"}


def test_percentages_are_off_what_recurs() -> None:
    yearly = charge("C-2", billingPeriod="Annual", price=1000)
    # (100.00 - 10 %) x 12 + (1000.00 - 10 %) = 1080.00 + 900.00, whatever the discount's own period
    for word in ("Month", "Annual", "Semi_Annual"):
        assert arr(of(charge(), yearly, percent(billingPeriod=word))) == {"USD": "1980.00"}
    assert arr(of(charge(), percent(applyDiscountTo="ONETIME"))) == {"USD": "1200.00"}
    assert arr(of(charge(), percent(applyDiscountTo="ONETIMERECURRING"))) == {"USD": "1080.00"}
    assert arr(of(charge(), percent(type="OneTime"))) == {"USD": "1200.00"}


def test_fixed_amounts_are_off_their_own_period() -> None:
    yearly = charge("C-2", billingPeriod="Annual", price=1000)
    # (100.00 - 15.00) x 12 + 1000.00 = 2020.00; 100.00 x 12 + (1000.00 - 15.00) = 2185.00
    assert arr(of(charge(), yearly, fixed())) == {"USD": "2020.00"}
    assert arr(of(charge(), yearly, fixed(billingPeriod="Annual"))) == {"USD": "2185.00"}
    assert arr(of(charge(), fixed(500))) == {"USD": "0.00"}
    assert told(subscriptions, of(charge(), fixed(billingPeriod="Annual"))) == (
        "error",
        "ambiguous_discount_mixed_interval",
        None,
    )


def test_discounts_in_the_order_of_the_answer_those_of_a_rate_plan_first() -> None:
    # 100.00 - 15.00 = 85.00; - 10 % 8.50 = 76.50; x 12 = 918.00
    assert arr(of(fixed(), charge(), percent())) == {"USD": "918.00"}
    # of the rate plan first: 100.00 - 10.00 = 90.00; - 15.00 = 75.00; x 12 = 900.00
    assert arr(of(fixed(), charge(), percent(discountLevel="rateplan"))) == {"USD": "900.00"}


def test_zuoras_own_order_is_a_policy() -> None:
    # percentages first: 100.00 - 10.00 = 90.00; - 15.00 = 75.00; x 12 = 900.00
    for order in itertools.permutations([charge(), percent(), fixed()]):
        assert arr(of(*order), discount_order="percent_first") == {"USD": "900.00"}


def test_discounts_count_on_their_days() -> None:
    over = percent(effectiveEndDate="2026-11-30")
    assert arr(of(charge(), over)) == {"USD": "1200.00"}
    running = of(charge(), percent(effectiveEndDate="2026-12-01"))
    assert arr(running) == {"USD": "1080.00"}
    assert total(subscriptions, running).next == datetime(2026, 12, 1, tzinfo=NOW.tzinfo)
    later = of(charge(), percent(effectiveStartDate="2026-12-01"))
    assert arr(later) == {"USD": "1200.00"}
    assert total(subscriptions, later).next == datetime(2026, 12, 1, tzinfo=NOW.tzinfo)


def test_each_segment_of_a_discount_counts_in_its_turn() -> None:
    segments = [percent(50, effectiveEndDate="2026-06-01"), percent(10, effectiveStartDate="2026-06-01")]
    assert arr(of(charge(), *segments)) == {"USD": "1080.00"}
    assert arr(of(charge(), *segments), datetime(2026, 5, 31, tzinfo=NOW.tzinfo)) == {"USD": "600.00"}


def test_a_discount_that_ends_with_the_subscription_is_forever() -> None:
    assert arr(of(charge(), percent(endDateCondition="Subscription_End")), discounts="forever_only") == {"USD": "1080.00"}
    assert arr(of(charge(), percent(endDateCondition="Specific_End_Date")), discounts="forever_only") == {"USD": "1200.00"}


def test_a_discount_covers_its_rate_plan_or_the_charges_it_names() -> None:
    # only the first plan: 90.00 + 100.00; x 12 = 2280.00
    inside = raw([charge(), percent(discountLevel="rateplan")], [charge("C-2")])
    assert arr({"subscription": inside}) == {"USD": "2280.00"}
    for named in (
        {"appliedProductRatePlanChargeId": "prpc-C-2", "appliedProductRatePlanId": "prp1"},
        {"appliedProductRatePlanId": "prp1"},
    ):
        by_name = raw([charge(), percent(20, discountApplyDetails=[named])], [charge("C-2")])
        # 100.00 + 80.00; x 12 = 2160.00
        assert arr({"subscription": by_name}) == {"USD": "2160.00"}


@pytest.mark.parametrize(
    "word", ["Suspended", "Cancelled", "Expired", "Draft", "Pending", "PendingActivation", "Pending_Acceptance"]
)
def test_statuses_that_do_not_count(word: str) -> None:
    assert told(subscriptions, of(status=word)) == ("excluded", f"status_{word}", {"USD": "0.00"})
    assert told(subscriptions, of(status=word.replace("_", " ")))[1] == f"status_{word}"


@given(st.text(max_size=12) | GARBAGE)
def test_an_unknown_status_is_an_error(word: Any) -> None:
    known = ("Active", "Suspended", "Cancelled", "Expired", "Draft")
    if word not in known and not (isinstance(word, str) and word.startswith("Pending")):
        assert told(subscriptions, of(status=word)) == ("error", "unknown_status", None)
        assert subscriptions(of(status=word), NOW)[0]["problems"][0] == "unknown_status"


def test_a_cancellation_to_come_counts_until_its_day() -> None:
    ending = of(charge(effectiveEndDate=None), scheduledCancelDate="2026-12-01")
    assert arr(ending) == {"USD": "1200.00"}
    assert told(subscriptions, ending, datetime(2026, 12, 1, tzinfo=NOW.tzinfo))[:2] == ("excluded", "status_canceled")


def test_only_the_latest_version_counts() -> None:
    first = raw([charge(price=100)], id="old", version=1, status="Expired")
    second = raw([charge(price=150)], id="new", version=2)
    other = raw([charge(price=1)], id="x", subscriptionNumber="A-S2")
    for order in itertools.permutations([first, second, other]):
        # 150.00 x 12 + 1.00 x 12 = 1812.00
        assert arr({"subscriptions": list(order)}) == {"USD": "1812.00"}
        assert {one["id"] for one in subscriptions({"subscriptions": list(order)}, NOW)} == {"A-S1", "A-S2"}
    flagged = [{**first, "version": None, "isLatestVersion": False}, {**second, "version": None, "isLatestVersion": True}]
    assert arr({"subscriptions": flagged}) == {"USD": "1800.00"}
    untold = [{**first, "version": None, "status": "Active"}, {**second, "version": None}]
    assert told(subscriptions, {"subscriptions": untold}) == ("error", "unknown_version", None)
    assert arr({"subscriptions": [second, dict(second)]}) == {"USD": "1800.00"}


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (charge(model="Calculated"), "unknown_charge_model"),
        (charge(model=None), "unknown_charge_model"),
        (charge(type="Monthly"), "unknown_charge_type"),
        (charge(price=None), "missing_amount"),
        (charge(price=99.5), "unsupported_shape"),
        (charge(price=-1), "unsupported_shape"),
        (charge(effectiveStartDate="soon"), "unsupported_shape"),
        (charge(billingPeriod="Specific_Months"), "unsupported_shape"),
        (charge(model="Tiered", tiers=[], quantity=1), "tiers_not_expanded"),
        (charge(model="Tiered", tiers=STEPS, quantity=21), "tiers_not_covering"),
        (charge(model="Volume", tiers=[TIERS[0] | {"price": None}], quantity=1), "missing_amount"),
        (charge(model="Volume", tiers=[TIERS[0] | {"priceFormat": "Per Dozen"}], quantity=1), "unknown_price_format"),
        (charge(taxMode="TaxInclusive", taxable=True), "tax_inclusive_unresolved"),
        (percent(None), "missing_amount"),
        (percent(10.5), "unsupported_shape"),
        (percent(model="DiscountOfAnotherKind"), "unknown_charge_model"),
        (percent(discountLevel="account"), "unknown_discount_scope"),
        (percent(applyDiscountTo="EVERYTHING"), "unknown_discount_scope"),
        (percent(effectiveStartDate=None), "missing_effective_date"),
        (fixed(None), "missing_amount"),
        (fixed(billingPeriod="Fortnight"), "unknown_interval"),
    ],
)
def test_incomplete_data_is_an_error_never_a_number(broken: dict[str, Any], code: str) -> None:
    assert told(subscriptions, of(charge("C-9"), broken)) == ("error", code, None)


def test_discounts_whose_joint_effect_is_not_told_are_an_error() -> None:
    stacked = [percent(5, "D-1", isStackedDiscount=True), percent(10, "D-2", isStackedDiscount=True)]
    assert told(subscriptions, of(charge(), *stacked)) == ("error", "stacked_discounts", None)
    classes = [percent(discountClass="first"), fixed(discountClass="second")]
    assert told(subscriptions, of(charge(), *classes)) == ("error", "ambiguous_discount_order", None)
    # one of them is over: 90.00 x 12
    assert arr(of(charge(), classes[0], classes[1] | {"effectiveEndDate": "2026-06-01"})) == {"USD": "1080.00"}


def test_rate_plans_that_were_not_read_are_an_error() -> None:
    document = of()
    del document["subscription"]["ratePlans"]
    assert told(subscriptions, document) == ("error", "not_seen", None)


def test_lines_and_discounts_round_to_the_iso_minor_unit() -> None:
    # 0.3335 dinars: 0.334 (half-up), - 10 % 0.033 = 0.301; x 12 = 3.612; of yen: 100.5 is 101, - 10 (10.1) = 91; x 12
    assert arr(of(charge(price=Decimal("0.3335")), percent(), currency="KWD")) == {"KWD": "3.612"}
    assert arr(of(charge(price=Decimal("100.5")), percent(), currency="JPY")) == {"JPY": "1092"}


def test_the_currency_may_stand_on_the_charges_only() -> None:
    assert arr(of(charge(currency="EUR"), currency=None)) == {"EUR": "1200.00"}
    mixed = of(charge(currency="EUR"), charge("C-2", currency="USD"), currency=None)
    assert told(subscriptions, mixed) == ("error", "unsupported_shape", None)


def test_the_vendors_own_figures_are_kept_and_never_counted() -> None:
    # contractedMrr 8.33 of a yearly 100.00, and 8.33 x 12 = 99.96 is not 100.00
    document = of(charge(billingPeriod="Annual"), contractedMrr=Decimal("8.33"))
    assert subscriptions(document, NOW)[0]["reported"] == {"mrr": "8.33"}
    assert arr(document) == {"USD": "100.00"}


@pytest.mark.parametrize("document", [{"success": False, "reasons": []}, {"subscriptions": None}, {"subscription": "A-S1"}])
def test_a_document_without_subscriptions_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        subscriptions(document, NOW)


def test_as_of_needs_a_zone() -> None:
    with pytest.raises(Refused):
        subscriptions(of(), NOW.replace(tzinfo=None))


CENTS = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 1000), st.sampled_from([1, 3, 12])), min_size=1, max_size=4)
PERIODS = {1: "Month", 3: "Quarter", 12: "Annual"}


@given(CENTS, st.randoms(use_true_random=False))
def test_amounts_are_exact_and_order_does_not_matter(lines: list[tuple[int, int, int]], random: Any) -> None:
    charges = [
        charge(f"C-{n}", model="PerUnit", price=Decimal(cents).scaleb(-2), quantity=quantity, billingPeriod=PERIODS[months])
        for n, (cents, quantity, months) in enumerate(lines)
    ]
    exact = sum(Decimal(cents * quantity).scaleb(-2) * 12 / months for cents, quantity, months in lines)
    for order in (charges, random.sample(charges, len(charges))):
        plans = [order[:1], order[1:]]
        assert total(subscriptions, {"subscription": raw(*plans)}).by_currency == {"USD": exact}


EVERYTHING = of(
    charge(chargeSegments=[{"segment": 1, "effectiveStartDate": "2026-01-01", "effectiveEndDate": None}]),
    charge(
        "C-2",
        model="Tiered",
        tiers=TIERS,
        quantity=12,
        listPriceBase="Per_Year",
        billingPeriod="Specific_Months",
        specificBillingPeriod=2,
    ),
    percent(
        discountApplyDetails=[{"appliedProductRatePlanChargeId": "prpc-C-1"}],
        isStackedDiscount=True,
        applyDiscountTo="RECURRING",
    ),
    fixed(endDateCondition="Subscription_End"),
    contractedMrr=Decimal("1.5"),
    scheduledCancelDate="2027-01-01",
)


@given(garbled([EVERYTHING, of(), {"subscriptions": [raw(), raw(version=2), raw(subscriptionNumber="A-S2")]}]))
def test_any_garbage_is_an_answer_or_is_refused(document: dict[str, Any]) -> None:
    answers(subscriptions, document)
