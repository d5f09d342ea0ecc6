"""Every rule of the policy by example: R1 to R15, and each code that stands in for a number."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from finance_shapes import NOW, amount, item, percent, subscription, tiered

from hub.finance import Policy, arr

LATER, EARLIER = "2026-12-31T00:00:00Z", "2026-01-01T00:00:00Z"


def figure(one: dict[str, Any], now: datetime = NOW, **policy: Any) -> str:
    outcome = arr(one, Policy(**policy), now)
    assert outcome.status == "ok", outcome
    assert outcome.arr is not None
    return str(outcome.arr[one["currency"]])


def code(one: dict[str, Any], now: datetime = NOW, **policy: Any) -> tuple[str, str | None]:
    outcome = arr(one, Policy(**policy), now)
    return outcome.status, outcome.code


# What people are shown


def test_forty_seats_at_25_a_month() -> None:
    assert figure(subscription()) == "12000.00"


def test_second_hand_moonlight_two_cents() -> None:
    outcome = arr(subscription(item("33.33", "3"), discounts=[percent("15")]), Policy(), NOW)
    assert (outcome.arr, outcome.mrr) == ({"USD": Decimal("1019.88")}, {"USD": Decimal("84.99")})
    line, discount, year, last = outcome.formula
    assert (line["unit"], line["quantity"], line["amount"]) == ("33.33", "3", "99.99")
    assert discount["taken"] == [{"item": "si_1", "off": "15", "left": "84.99"}]
    assert (year["net"], year["periods_a_year"], year["amount"]) == ("84.99", "12", "1019.88")
    assert (last["arr"], last["mrr"]) == ("1019.88", "84.99")


def test_yen_have_no_decimals() -> None:
    assert figure(subscription(item("4800", "10"), currency="JPY", minor_digits=0)) == "576000"


# R1, R2: status


@pytest.mark.parametrize("status", ["trialing", "unpaid", "canceled", "incomplete", "incomplete_expired", "paused"])
def test_r1_a_status_that_does_not_count_is_zero_with_its_code(status: str) -> None:
    outcome = arr(subscription(status=status), Policy(), NOW)
    assert (outcome.status, outcome.code, outcome.arr) == ("excluded", f"status_{status}", {"USD": Decimal("0.00")})


def test_r1_past_due() -> None:
    late = subscription(status="past_due")
    assert figure(late) == "12000.00"
    assert code(late, past_due="exclude") == ("excluded", "status_past_due")


def test_r1_past_due_counts_n_days() -> None:
    late = subscription(status="past_due", past_due_since=NOW - timedelta(days=9))
    outcome = arr(late, Policy(past_due="count_days", past_due_days=10), NOW)
    assert (outcome.status, outcome.next) == ("ok", NOW + timedelta(days=1))
    assert code(late, past_due="count_days", past_due_days=9) == ("excluded", "status_past_due")
    assert code(subscription(status="past_due"), past_due="count_days", past_due_days=9) == ("error", "past_due_since_unknown")


@pytest.mark.parametrize("status", ["future", None, ""])
def test_r1_an_unknown_status_is_an_error(status: str | None) -> None:
    assert code(subscription(status=status)) == ("error", "unknown_status")


def test_r2_a_trial_is_told_by_status_never_by_its_end() -> None:
    assert figure(subscription(trial_end=NOW + timedelta(days=9))) == "12000.00"
    assert figure(subscription(status="trialing"), trialing="include") == "12000.00"
    assert arr(subscription(status="trialing", trial_end=LATER), Policy(), NOW).next == datetime(2026, 12, 31, tzinfo=UTC)


# R3, R4: pause and cancellation


@pytest.mark.parametrize("behavior", ["void", "mark_uncollectible"])
def test_r3_collection_paused_for_good_is_excluded(behavior: str) -> None:
    paused = subscription(pause={"behavior": behavior, "resumes_at": None})
    assert code(paused) == ("excluded", f"collection_paused_{behavior}")
    assert figure(paused, pause="include_all") == "12000.00"


def test_r3_drafts_are_still_owed() -> None:
    paused = subscription(pause={"behavior": "keep_as_draft", "resumes_at": None})
    assert figure(paused) == "12000.00"
    assert code(paused, pause="exclude_all") == ("excluded", "collection_paused_keep_as_draft")


def test_r3_a_pause_is_over_at_the_instant_it_resumes() -> None:
    paused = subscription(pause={"behavior": "void", "resumes_at": NOW.isoformat()})
    before = arr(paused, Policy(), NOW - timedelta(seconds=1))
    assert (before.status, before.next) == ("excluded", NOW)
    assert figure(paused) == "12000.00"


def test_r3_an_unknown_pause_is_an_error() -> None:
    assert code(subscription(pause={"behavior": "hum", "resumes_at": None})) == ("error", "unknown_pause_behavior")


@pytest.mark.parametrize("how", [{"cancel_at": NOW}, {"cancel_at_period_end": True, "period_end": NOW}, {"ended_at": NOW}])
def test_r4_a_scheduled_cancellation_counts_until_it_ends(how: dict[str, Any]) -> None:
    ending = subscription(**how)
    before = arr(ending, Policy(), NOW - timedelta(seconds=1))
    assert (before.status, before.next) == ("ok", NOW)
    assert code(ending) == ("excluded", "status_canceled")


def test_r4_exclude_at_request() -> None:
    ending = subscription(cancel_at=LATER, canceled_at=EARLIER)
    assert code(ending, scheduled_cancellation="exclude_at_request") == ("excluded", "scheduled_cancellation")
    assert figure(subscription(), scheduled_cancellation="exclude_at_request") == "12000.00"


# R5 to R8: items, amounts, quantities, tiers


@pytest.mark.parametrize("other", [{"usage": "metered"}, {"recurring": False}, {"deleted": True}])
def test_r5_only_recurring_licensed_items_count(other: dict[str, Any]) -> None:
    assert figure(subscription(item(), item(**other))) == "12000.00"
    assert figure(subscription(item(**other))) == "0.00"


def test_r5_no_item_at_all_is_zero_but_items_not_seen_are_an_error() -> None:
    assert figure(subscription(items=[])) == "0.00"
    for name in ("items", "discounts", "customer_discounts", "tax"):
        seen = subscription()
        del seen[name]
        assert code(seen) == ("error", "not_seen")


def test_r5_metered_flat_fee_only() -> None:
    metered = tiered("graduated", "7", ("10", "1.00", "5.00"), (None, "0.50", "9.00"), usage="metered")
    assert figure(subscription(metered), metered="flat_fee_only") == "60.00"
    assert figure(subscription(item(usage="metered")), metered="flat_fee_only") == "0.00"


def test_r6_a_missing_amount_is_an_error() -> None:
    assert code(subscription(item(unit=None))) == ("error", "missing_amount")
    assert figure(subscription(item("0.000125", "1000000"))) == "1500.00"


def test_r7_quantity_missing_is_one_and_zero_is_zero() -> None:
    assert figure(subscription(item("10.00", None))) == "120.00"
    assert figure(subscription(item("10.00", "0"))) == "0.00"


@pytest.mark.parametrize(("how", "packs"), [("up", 4), ("down", 3)])
def test_r7_a_transform_divides_and_rounds_before_pricing(how: str, packs: int) -> None:
    assert figure(subscription(item("10.00", "31", divide_by=10, round=how))) == f"{packs * 120}.00"
    assert figure(subscription(item("10.00", "30", divide_by=10, round=how))) == "360.00"


TIERS = (("10", "5.00", "1.00"), ("20", "4.00", "2.00"), (None, "3.00", None))


@pytest.mark.parametrize(("quantity", "monthly"), [("10", 51), ("11", 57), ("20", 93), ("25", 108), ("0", 1)])
def test_r8_graduated_adds_slices_and_the_flat_fee_of_every_tier_entered(quantity: str, monthly: int) -> None:
    assert figure(subscription(tiered("graduated", quantity, *TIERS))) == f"{monthly * 12}.00"


@pytest.mark.parametrize(("quantity", "monthly"), [("10", 51), ("11", 46), ("20", 82), ("21", 63), ("0", 1)])
def test_r8_volume_prices_all_at_the_tier_it_falls_in(quantity: str, monthly: int) -> None:
    assert figure(subscription(tiered("volume", quantity, *TIERS))) == f"{monthly * 12}.00"


def test_r8_the_last_tier_may_say_inf_and_zero_fees_can_be_off() -> None:
    assert figure(subscription(tiered("volume", "99", ("inf", "1.00", None)))) == "1188.00"
    assert figure(subscription(tiered("graduated", "0", *TIERS)), tier_zero_fee="off") == "0.00"


@pytest.mark.parametrize("mode", ["volume", "graduated"])
def test_r8_tiers_that_say_too_little_are_errors(mode: str) -> None:
    assert code(subscription(tiered(mode, "1"))) == ("error", "tiers_not_expanded")
    assert code(subscription(tiered(mode, "11", ("10", "1.00", None)))) == ("error", "tiers_not_covering")


# R9: line rounding


def test_r9_each_line_of_each_period_is_rounded_half_up() -> None:
    line = subscription(item("0.005", "1"))
    assert figure(line) == "0.12"
    assert figure(line, line_rounding="half_even") == "0.00"
    assert figure(line, line_rounding="none") == "0.06"


# R10, R11: discounts


@pytest.mark.parametrize(
    ("one", "in_force", "forever_only", "all_of_them"),
    [
        ({"duration": "forever"}, True, True, True),
        ({"duration": "repeating", "start": EARLIER, "end": LATER}, True, False, True),
        ({"duration": "repeating", "start": EARLIER, "end": None}, True, False, True),
        ({"duration": "repeating", "start": EARLIER, "end": NOW.isoformat()}, False, False, False),
        ({"duration": "repeating", "start": LATER, "end": None}, False, False, False),
        ({"duration": "repeating", "start": NOW.isoformat(), "end": LATER}, True, False, True),
        ({"duration": "once"}, False, False, True),
    ],
)
def test_r10_which_discounts_count(one: dict[str, Any], in_force: bool, forever_only: bool, all_of_them: bool) -> None:
    reduced = subscription(discounts=[percent("50", **one)])
    for name, counts in (("in_force", in_force), ("forever_only", forever_only), ("all_including_once", all_of_them)):
        assert figure(reduced, discounts=name) == ("6000.00" if counts else "12000.00"), name
    assert figure(reduced, discounts="none") == "12000.00"


def test_r11_item_first_then_subscription_each_on_what_remains() -> None:
    own = item("100.00", "1", discounts=[amount("20.00")])
    assert figure(subscription(own, discounts=[percent("50")])) == "480.00"
    assert figure(subscription(item("100.00", "1"), discounts=[amount("20.00"), percent("50")])) == "480.00"
    assert figure(subscription(item("100.00", "1"), discounts=[percent("50"), amount("20.00")])) == "360.00"
    both = subscription(item("100.00", "1"), discounts=[amount("20.00"), percent("50")])
    assert figure(both, discount_order="percent_first") == "360.00"


def test_r11_the_subscriptions_discounts_replace_the_customers() -> None:
    customers = [percent("50")]
    assert figure(subscription(customer_discounts=customers)) == "6000.00"
    assert figure(subscription(customer_discounts=customers, discounts=[percent("10")])) == "10800.00"
    # One that is no longer in force is still listed.
    assert figure(subscription(customer_discounts=customers, discounts=[percent("10", duration="once")])) == "12000.00"


def test_r11_an_amount_is_taken_once_per_invoice_and_never_below_zero() -> None:
    two = (item("10.00", "1", id="a"), item("20.00", "1", id="b"))
    assert figure(subscription(*two, discounts=[amount("6.00")])) == "288.00"
    assert figure(subscription(*two, discounts=[amount("99.00")])) == "0.00"


def test_r11_only_the_products_it_applies_to() -> None:
    two = (item("10.00", "1", product="a"), item("20.00", "1", product="b"))
    assert figure(subscription(*two, discounts=[percent("50", products=["b"])])) == "240.00"
    assert figure(subscription(*two, discounts=[percent("50", products=[])])) == "360.00"


def test_r11_the_reduction_is_rounded_once_and_shared_by_largest_remainder() -> None:
    three = [item("0.05", "1", id=str(nth)) for nth in range(3)]
    outcome = arr(subscription(*three, discounts=[percent("30")]), Policy(), NOW)
    taken = next(step for step in outcome.formula if step["step"] == "discount")["taken"]
    assert [part["off"] for part in taken] == ["0.02", "0.02", "0.01"]  # 0.045 is 0.05; 1.67 cents each
    assert figure(subscription(*three, discounts=[percent("30")])) == "1.20"
    assert figure(subscription(*three, discounts=[percent("30")]), discount_rounding="per_line") == "1.08"


def test_r11_a_discount_in_two_places_counts_once() -> None:
    once = percent("50", id="di_1")
    assert figure(subscription(discounts=[once, once])) == "6000.00"
    assert figure(subscription(item(discounts=[once]), discounts=[once])) == "6000.00"


def test_r11_what_cannot_be_taken_is_an_error() -> None:
    mixed = (item("10.00", "1"), item("10.00", "1", interval="year"))
    assert code(subscription(*mixed, discounts=[amount("1.00")])) == ("error", "ambiguous_discount_mixed_interval")
    assert figure(subscription(*mixed, discounts=[percent("50")])) == "65.00"
    free = (item("10.00", "1"), item("0.00", "1", interval="year"))
    assert figure(subscription(*free, discounts=[amount("1.00")])) == "108.00"
    assert code(subscription(discounts=[amount("1.00", "EUR")])) == ("error", "coupon_currency_mismatch")
    assert code(subscription(discounts=[percent("1") | {"percent_off": None}])) == ("error", "missing_amount")


# R12, what is inside a price


def test_r12_inclusive_tax_is_taken_out_after_discounts() -> None:
    own = item("119.00", "1", inclusive_rates=["19.0"])
    assert figure(subscription(own)) == "1200.00"
    assert figure(subscription(own, discounts=[amount("11.90")])) == "1080.00"
    assert figure(subscription(own), tax="include") == "1428.00"


def test_r12_the_items_rates_replace_the_default_ones() -> None:
    default = {"automatic": False, "inclusive_rates": ["19.0"]}
    assert figure(subscription(item("119.00", "1"), tax=default)) == "1200.00"
    assert figure(subscription(item("119.00", "1", inclusive_rates=[]), tax=default)) == "1428.00"
    two_rates = item("115.00", "1", inclusive_rates=["5", "10"])
    assert figure(subscription(two_rates, tax=default)) == "1200.00"


def test_r12_inclusive_with_automatic_tax_alone_cannot_be_resolved() -> None:
    own, automatic = item(tax_behavior="inclusive"), {"automatic": True, "inclusive_rates": []}
    assert code(subscription(own, tax=automatic)) == ("error", "tax_inclusive_unresolved")
    assert figure(subscription(item("0.00", tax_behavior="inclusive"), tax=automatic)) == "0.00"
    assert figure(subscription(own)) == "12000.00"


# R13, R14: periods and rounding


@pytest.mark.parametrize(
    ("interval", "count", "policy", "yearly"),
    [
        ("month", 1, {}, "120.00"), ("month", 3, {}, "40.00"), ("year", 1, {}, "10.00"), ("year", 3, {}, "3.33"),
        ("week", 1, {}, "520.00"), ("week", 2, {}, "260.00"), ("week", 1, {"week": "365/7"}, "521.43"),
        ("week", 1, {"week": "4.33x12"}, "519.60"), ("week", 1, {"week": "360/7"}, "514.29"), ("day", 1, {}, "3650.00"),
        ("day", 30, {}, "121.67"), ("day", 1, {"day": "365.25"}, "3652.50"), ("day", 1, {"day": "360"}, "3600.00"),
    ],
)  # fmt: skip
def test_r13_periods_a_year(interval: str, count: int, policy: dict[str, str], yearly: str) -> None:
    assert figure(subscription(item("10.00", "1", interval=interval, count=count)), **policy) == yearly


def test_r14_mrr_comes_from_exact_arr_never_the_other_way() -> None:
    outcome = arr(subscription(item("100.00", "1", interval="year")), Policy(), NOW)
    assert (outcome.arr, outcome.mrr) == ({"USD": Decimal("100.00")}, {"USD": Decimal("8.33")})
    assert outcome.formula[-1]["exact"] == "100"


def test_r14_the_last_rounding_is_to_iso_decimals() -> None:
    krona = subscription(item("10.55", "1", interval="year"), currency="ISK", minor_digits=2)
    assert figure(krona) == "11"
    assert figure(subscription(item("1.001", "1", interval="year"), currency="KWD", minor_digits=3)) == "1.001"


def test_r14_half_even_and_grain() -> None:
    half = subscription(item("0.09", "1", interval="year", count=2, id="a"))  # 0.045 a year
    assert (figure(half), figure(half, final_rounding="half_even")) == ("0.05", "0.04")
    two = subscription(*(item("0.09", "1", interval="year", count=2, id=nth) for nth in "ab"))
    assert (figure(two), figure(two, grain="item")) == ("0.09", "0.10")


# R16 to R19, and shapes that finance does not know


def test_test_mode_and_problems() -> None:
    assert code(subscription(live=False)) == ("excluded", "test_mode")
    broken = subscription(problems=["items_truncated", "coupon_not_expanded"])
    assert code(broken) == ("error", "items_truncated")
    assert code(broken | {"status": "canceled"}) == ("excluded", "status_canceled")


@pytest.mark.parametrize(
    "odd",
    [
        subscription(item(scheme="barter")), subscription(item(usage="guessed")), subscription(item(recurring=None)),
        subscription(item(interval="fortnight")), subscription(item(count=0)), subscription(item(count=None)),
        subscription(item("-1.00")), subscription(item("NaN")), subscription(item("1e99")), subscription(item("a lot")),
        subscription(item(unit=25)) | {"currency": None}, subscription(minor_digits=None), subscription(minor_digits=True),
        subscription(items={"data": []}), subscription(items=["si_1"]), subscription(currency="usd"),
        subscription(item(unit=0.1)), subscription(item(divide_by=0, round="up")), subscription(item(divide_by=2)),
        subscription(discounts=["di_1"]), subscription(discounts=[percent("10", duration="sometimes")]),
        subscription(discounts=[percent("-10")]), subscription(discounts=[percent("10", end="soon", duration="repeating")]),
        subscription(discounts=[percent("10", products="prod_1")]), subscription(item(inclusive_rates="19")),
        subscription(tax="yes"), subscription(pause="yes"), subscription(cancel_at="2026-01-01T00:00:00"),
        subscription(tiered("stacked", "1", (None, "1.00", None))),
        subscription(tiered("volume", "1", ("5", "1", None), ("5", "1", None))),
    ],
)  # fmt: skip
def test_any_other_shape_is_a_code_never_a_number(odd: dict[str, Any]) -> None:
    outcome = arr(odd, Policy(), NOW)
    assert (outcome.status, outcome.arr, outcome.mrr) == ("error", None, None)
    assert outcome.code in ("unsupported_shape", "unknown_interval")
    assert outcome.formula[-1]["code"] == outcome.code
    assert outcome.formula[-1]["where"]
