"""Reasons: every named alternative is found as the reason where it is the only cause, and facts come before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tieout_made import AS_OF, COVERED, billed, body, held, inputs, item, report, sub, tiered, version

from hub.finance import Policy, account
from hub.finance.policy import CHOICES
from hub.finance.tieout import tie_out
from hub.finance.tieout.reasons import EXPLAINS
from mappings import billing

LATER = (AS_OF + timedelta(days=40)).isoformat()
EARLIER = (AS_OF - timedelta(days=40)).isoformat()
ONCE = billing.discount("di_1", percent_off="10", duration="once")
REPEATING = billing.discount("di_2", percent_off="10", duration="repeating", start=EARLIER, end=LATER)
AMOUNT = billing.discount("di_3", amount_off={"USD": "100.00"})
PERCENT = billing.discount("di_4", percent_off="50")
INCLUSIVE = {"automatic": False, "inclusive_rates": ["20"]}

ONLY_CAUSES = {
    # What billing gives : what somebody gets who counts otherwise.
    "past_due": (body(status="past_due"), "12000.00", "0.00"),
    "trialing": (body(status="trialing"), "0.00", "12000.00"),
    "pause": (body(pause={"behavior": "void", "resumes_at": None}), "0.00", "12000.00"),
    "scheduled_cancellation": (body(cancel_at=LATER, canceled_at=EARLIER), "12000.00", "0.00"),
    # 1000.00 a month, and a metered item with a flat fee of 5.00: 12 x 5.00 = 60.00
    "metered": (body(item(), tiered("graduated", "1", (None, "1.00", "5.00"), id="si_2", usage="metered")), "12000.00", "12060.00"),
    "tier_zero_fee": (body(tiered("graduated", "0", ("10", "1.00", "7.00"), (None, "1.00", "0.00"))), "84.00", "0.00"),
    # 3 x 33.335 = 100.005: 100.01 a line, 1200.12 a year; unrounded 1200.06
    "line_rounding": (body(item("33.335", "3")), "1200.12", "1200.06"),
    "discounts": (body(discounts=[ONCE]), "12000.00", "10800.00"),
    # (1000 - 100) x 50 % = 450.00; 1000 x 50 % - 100 = 400.00
    "discount_order": (body(discounts=[AMOUNT, PERCENT]), "5400.00", "4800.00"),
    # Two lines of 0.05, 10 % off: once 0.01 off 0.10 = 0.09; by line 0.01 off each = 0.08
    "discount_rounding": (
        body(item("0.05", "1"), item("0.05", "1", id="si_2"), discounts=[billing.discount("di_5", percent_off="10")]), "1.08", "0.96",
    ),
    # 48 x 25.00 = 1200.00 with a fifth on top of 1000.00
    "tax": (body(item(quantity="48"), tax=INCLUSIVE), "12000.00", "14400.00"),
    "week": (body(item("10.00", "1", interval="week")), "520.00", "519.60"),
    "day": (body(item("1.00", "1", interval="day")), "365.00", "360.00"),
}  # fmt: skip


@pytest.mark.parametrize("key", ONLY_CAUSES)
def test_an_alternative_is_the_reason_where_it_is_the_only_cause(key):
    subscription, ours, theirs = ONLY_CAUSES[key]
    found = report([sub("a", subscription)], crm=(held("a", USD=theirs),))
    [row] = found.rows
    assert row.billing == Decimal(ours)
    assert (row.cells["crm"].kind, row.cells["crm"].reason) == ("mismatch", EXPLAINS[key])


def test_every_choice_that_moves_a_figure_is_tried():
    assert set(EXPLAINS) | {"sign_off"} == set(CHOICES)


def test_pain_mrr_times_twelve_is_not_arr():
    """100.00 a year is 8.33 a month, and 12 x 8.33 = 99.96: two cents a customer that nobody can find."""
    [row] = report([sub("a", body(item("100.00", "1", interval="year")))], crm=(held("a", USD="99.96"),)).rows
    assert (row.billing, row.cells["crm"].reason) == (Decimal("100.00"), "rounding")


def test_the_two_cents_of_the_spreadsheet_are_rounding():
    """3 x 33.33 = 99.99, 15 % off = 15.00, 84.99 x 12 = 1019.88; the spreadsheet went on with 84.9915: 1019.898, so 1019.90."""
    subscription = body(item("33.33", "3"), discounts=[billing.discount("di", percent_off="15")])
    [row] = report([sub("a", subscription)], crm=(held("a", USD="1019.90"),)).rows
    assert (row.billing, row.cells["crm"].difference, row.cells["crm"].reason) == (
        Decimal("1019.88"),
        Decimal("0.02"),
        "rounding",
    )


def test_test_objects_that_somebody_counted():
    assert report([sub("a", body(live=False))], crm=(held("a", USD="12000.00"),)).rows[0].cells["crm"].reason == "test_mode"


def test_what_no_alternative_explains_is_said_to_be_typed_or_unexplained():
    assert report([sub("a", body())], crm=(held("a", USD="1.00"),)).rows[0].cells["crm"].reason == "unexplained"
    typed = replace(held("a", USD="1.00"), typed=True)
    assert report([sub("a", body())], crm=(typed,)).rows[0].cells["crm"].reason == "manual_override"


def test_typed_and_explained_is_explained():
    typed = replace(held("a", USD="12000.00"), typed=True)
    assert report([sub("a", body(status="trialing"))], crm=(typed,)).rows[0].cells["crm"].reason == "status_treatment"


BEFORE, AFTER = body(item(quantity="20")), body()  # 6000.00, then 12000.00


def test_billings_own_figure_of_an_earlier_read_is_a_stale_sync():
    changed = sub("a", version(BEFORE), version(AFTER, AS_OF - timedelta(hours=1), AS_OF - timedelta(hours=2)))
    [row] = report([changed], crm=(held("a", USD="6000.00"),)).rows
    assert (row.billing, row.cells["crm"].reason) == (Decimal("12000.00"), "stale_sync")


def test_a_second_subscription_that_came_later_is_a_stale_sync_too():
    two = [sub("a", AFTER, id="sub_1"), sub("a", version(BEFORE, AS_OF - timedelta(hours=1)), id="sub_2")]
    [row] = report(two, crm=(held("a", USD="12000.00"),)).rows
    assert (row.billing, row.cells["crm"].reason) == (Decimal("18000.00"), "stale_sync")


def test_how_billing_was_read_the_first_time_explains_nothing():
    """Two customers of one account on two pages: between them there was no figure, only half a reading."""
    pages = [COVERED - timedelta(seconds=9), COVERED - timedelta(seconds=1)]
    two = [sub("a", version(AFTER, pages[0]), id="sub_1"), sub("a", version(BEFORE, pages[1]), id="sub_2")]
    assert report(two, crm=(held("a", USD="12000.00"),)).rows[0].cells["crm"].reason == "unexplained"


def test_a_figure_from_before_a_discount_ended_is_a_stale_sync():
    ended = billing.discount(
        "di", percent_off="50", duration="repeating", start=EARLIER, end=(AS_OF - timedelta(days=1)).isoformat()
    )
    [row] = report([sub("a", body(discounts=[ended]))], crm=(held("a", USD="6000.00"),)).rows
    assert (row.billing, row.cells["crm"].reason) == (Decimal("12000.00"), "stale_sync")


def test_a_figure_of_after_as_of_is_timing():
    changed = sub("a", version(BEFORE), version(AFTER, AS_OF + timedelta(hours=2), AS_OF + timedelta(hours=1)))
    [row] = report([changed], golden=(held("a", USD="6000.00"),), crm=(held("a", USD="12000.00"),)).rows
    assert (row.billing, row.cells["golden"].kind, row.cells["crm"].reason) == (Decimal("6000.00"), "match", "timing")


def test_a_stamp_that_contains_as_of_is_timing_whatever_the_side_says():
    changed = sub("a", version(BEFORE), version(AFTER, AS_OF + timedelta(hours=1), AS_OF - timedelta(hours=1)))
    for amount in ("6000.00", "12000.00"):
        [row] = report([changed], golden=(held("a", USD=amount),)).rows
        assert (row.cells["golden"].kind, row.cells["golden"].reason) == ("mismatch", "timing")


def test_a_stamp_that_contains_as_of_and_moves_no_figure_is_nothing():
    renewed = body(period_start=AS_OF.isoformat())
    changed = sub("a", version(AFTER), version(renewed, AS_OF + timedelta(hours=1), AS_OF - timedelta(hours=1)))
    assert report([changed]).ties_out


@pytest.mark.parametrize(("ended", "billing"), [(-60, "0.00"), (-1, "0.00"), (0, "0.00"), (1, "12000.00"), (60, "12000.00")])
def test_the_vendors_own_date_of_an_end_beats_the_stamp(ended, billing):
    """Read an hour before and two hours after as-of; the vendor says when, to the second. The end itself is exclusive."""
    at = (AS_OF + timedelta(seconds=ended)).isoformat()
    gone = body(status="canceled", ended_at=at, canceled_at=at)
    read = version(gone, AS_OF + timedelta(hours=2), AS_OF - timedelta(hours=1))
    [row, *_] = [*report([sub("a", version(body()), read)], file=(held("a", USD="1.00"),)).rows]
    assert row.billing == Decimal(billing)
    assert row.cells["file"].reason != "timing"


@pytest.mark.parametrize(("created", "there"), [(-1, True), (0, True), (1, False)])
def test_one_that_was_first_read_after_as_of_is_there_from_its_creation(created, there):
    made = body(created_at=(AS_OF + timedelta(seconds=created)).isoformat())
    new = sub("a", version(made, AS_OF + timedelta(hours=1)), id="sub_2")
    [row] = report([sub("a", body()), new], golden=(held("a", USD="12000.00"),)).rows
    assert row.billing == Decimal("24000.00" if there else "12000.00")


def test_what_was_deleted_later_was_there_at_as_of():
    gone = sub("a", version(body()), version(None, AS_OF + timedelta(hours=2), AS_OF + timedelta(hours=1)))
    assert report([gone], golden=(held("a", USD="12000.00"),), crm=(held("a", USD="12000.00"),)).ties_out


KEYS = st.sampled_from([key for key in EXPLAINS if key != "grain"])
BODIES = st.sampled_from(
    [each for each, _, _ in ONLY_CAUSES.values()] + [body(discounts=[REPEATING, AMOUNT, PERCENT], tax=INCLUSIVE)]
)


@given(st.lists(BODIES, min_size=1, max_size=4), KEYS, st.data())
def test_a_side_computed_under_an_alternative_is_never_unexplained(bodies, key, data):
    choice = data.draw(st.sampled_from([each for each in CHOICES[key] if each != getattr(Policy(), key)]))
    subs = [sub("a", each, id=f"sub_{n}") for n, each in enumerate(bodies)]
    other = account([billed(each) for each in subs], replace(Policy(), **{key: choice}), AS_OF).by_currency
    [row] = [*(found := tie_out(inputs(subs, golden=(replace(held("a"), arr=other),)))).rows, *found.at_zero]
    cell = row.cells["golden"]
    if cell.value == row.billing:
        assert cell.kind == "match"
    else:
        assert cell.kind == "mismatch"
        first = _first_that_gives(cell.value, [billed(each) for each in subs])
        assert cell.reason == (first if row.billing or first == "status_treatment" else "no_counting_subscription")


def _first_that_gives(value, bodies):
    for key, reason in EXPLAINS.items():
        for choice in CHOICES[key]:
            total = account(bodies, replace(Policy(), **{key: choice}), AS_OF)
            if choice != getattr(Policy(), key) and (total.by_currency or {}).get("USD") == value:
                return reason
    raise AssertionError("nothing gives it")
