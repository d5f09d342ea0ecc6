"""What a billing mapping may settle itself: exclusions in the vendor's words, given amounts, dated lines, gaps and notes."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from finance_shapes import NOW, amount, item, percent, subscription

from hub.finance import Outcome, Policy, arr

LATER = NOW + timedelta(days=31)


def outcome(one: dict[str, Any], now: datetime = NOW, **policy: Any) -> Outcome:
    return arr(one, Policy(**policy), now)


def figure(one: dict[str, Any], now: datetime = NOW, **policy: Any) -> str:
    found = outcome(one, now, **policy)
    assert found.arr is not None, found
    return str(found.arr["USD"])


def test_an_exclusion_comes_in_the_vendors_words() -> None:
    future = outcome(subscription(status=None, excluded="status_future"))
    assert (future.status, future.code, future.figures) == (
        "excluded", "status_future", {"USD": {"mrr": "0.00", "arr": "0.00"}},
    )  # fmt: skip
    assert future.formula[0] == {"step": "excluded", "code": "status_future"}


def test_a_trial_by_any_name_counts_if_the_policy_includes_trials() -> None:
    trial = subscription(status="trialing", excluded="in_trial", trial_end=LATER)
    assert (outcome(trial).code, outcome(trial).next) == ("in_trial", LATER)
    assert figure(trial, trialing="include") == "12000.00"
    assert outcome(subscription(status="canceled", excluded="status_transferred"), trialing="include").status == "excluded"


def test_an_amount_that_the_vendor_gives_is_the_line() -> None:
    # 30.00 a month, whatever 40 x 25.00 would be: 360.00 a year.
    given = outcome(subscription(item(amount="30.00")))
    assert given.figures == {"USD": {"mrr": "30.00", "arr": "360.00"}}
    assert given.formula[0]["given"] is True
    assert outcome(subscription(item(unit=None, amount="-1"))).code == "unsupported_shape"


def test_a_price_may_be_for_another_time_than_its_period() -> None:
    # 100.00 a year, billed every 3 months: 25.00 a quarter, 100.00 a year. 100.01: 25.0025, billed 25.00.
    assert figure(subscription(item("100.00", "1", count=3, price_for=12))) == "100.00"
    assert figure(subscription(item("100.01", "1", count=3, price_for=12))) == "100.00"
    assert figure(subscription(item("100.01", "1", count=3, price_for=12)), line_rounding="none") == "100.01"


def test_a_line_counts_from_its_begin_up_to_not_on_its_end() -> None:
    begin, end = datetime(2026, 12, 1, tzinfo=timezone(timedelta(hours=9))), datetime(2026, 12, 31, tzinfo=UTC)
    dated = subscription(item("10.00", "1", until=begin), item("20.00", "1", until=end, **{"from": begin.isoformat()}))
    just_before = begin - timedelta(microseconds=1)
    assert (figure(dated, just_before), figure(dated, begin), figure(dated, end)) == ("120.00", "240.00", "0.00")
    assert (outcome(dated).next, outcome(dated, begin).next, outcome(dated, end).next) == (begin, end, None)
    assert [step["reason"] for step in outcome(dated, end).formula if step["step"] == "left_out"] == ["ended", "ended"]


def test_a_gap_matters_only_where_its_line_counts() -> None:
    gap = item(unit=None, problem="tiers_not_expanded")
    assert outcome(subscription(item(), gap)).code == "tiers_not_expanded"
    for other in ({"usage": "metered"}, {"recurring": False}, {"deleted": True}, {"until": NOW}):
        assert figure(subscription(item(), gap | other)) == "12000.00"
    assert outcome(subscription(gap, status="canceled")).code == "status_canceled"


def test_a_gap_in_a_discount_that_is_replaced_does_not_matter() -> None:
    gap = percent("50", id="di_1") | {"problem": "coupon_not_expanded"}
    assert outcome(subscription(customer_discounts=[gap])).code == "coupon_not_expanded"
    assert figure(subscription(customer_discounts=[gap], discounts=[percent("10")])) == "10800.00"
    assert outcome(subscription(item(discounts=[gap]))).code == "coupon_not_expanded"


def test_a_discount_of_one_period_leaves_the_others_alone() -> None:
    both = item("10.00", "1", id="a"), item("100.00", "1", id="b", interval="year")
    monthly = {"interval": "month", "count": 1}
    assert figure(subscription(*both, discounts=[amount("4.00") | monthly])) == "172.00"  # (10 - 4) x 12 + 100
    assert figure(subscription(*both, discounts=[percent("50") | monthly])) == "160.00"  # 5 x 12 + 100
    assert figure(subscription(*both, discounts=[amount("4.00") | monthly | {"count": 3}])) == "220.00"


@pytest.mark.parametrize(
    ("discounts", "reasons"),
    [
        ({"discounts": [percent("10", id="a", duration="once")]}, [("subscription", "not_in_force")]),
        ({"discounts": [percent("10", id="a")], "customer_discounts": [percent("9", id="b")]}, [("customer", "replaced")]),
        ({"discounts": [percent("10", id="a"), percent("10", id="a")]}, [("subscription", "listed_twice")]),
    ],
)
def test_a_discount_that_is_not_taken_is_told_with_its_reason(discounts: dict[str, Any], reasons: list[Any]) -> None:
    steps = [step for step in outcome(subscription(**discounts)).formula if step["step"] == "discount_left_out"]
    assert [(step["level"], step["reason"]) for step in steps] == reasons


def test_notes_are_told_and_change_nothing() -> None:
    noted = outcome(subscription(notes=["customer_not_expanded"]))
    assert noted.formula[0] == {"step": "note", "code": "customer_not_expanded"}
    assert noted.figures == outcome(subscription()).figures


def test_a_discount_can_be_redone_on_paper() -> None:
    # 15 % of 99.99 is 14.9985, rounded once: 15.00.
    discount = outcome(subscription(item("33.33", "3"), discounts=[percent("15", id="di_1")])).formula[1]
    assert discount["subtotals"] == [{"subtotal": "99.99", "exact": "14.9985", "off": "15"}]
    assert discount["taken"] == [{"item": "si_1", "off": "15", "left": "84.99"}]
