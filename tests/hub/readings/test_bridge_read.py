"""The bridge, read from a hub that lived through it.

Six billing customers. 213 and 217 seats x 11.90 EUR x 12 = 30,416.40 and 30,987.60; 330 and 31 seats x 12.25 USD x 12 = 48,510.00 and
4,557.00, both of one company; 114 x 349.99 USD a year = 39,898.86; 485 x 50,400 JPY a year, unpaid. EUR 61,404.00, USD 92,965.86.
"""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from finance_stage import bridge, close, columns, seats, settle_down

from hub.finance import Policy
from hub.finance.csv import parsed
from hub.words import Problem

EUR, JPY = "sub_142b4cfe20d462", "sub_c70e1030f2d222"
USD, ONLY = "sub_5748793d451b49", "sub_9925fb789a292b"


@pytest.fixture
def stage(stage):
    settle_down(stage)
    return stage


def test_from_one_closing_to_the_next(stage) -> None:
    """10 more seats are 10 x 11.90 x 12 = 1,428.00 EUR more; one of two subscriptions goes (48,510.00), and one that was the only
    one (39,898.86); the unpaid 485 x 50,400 = 24,444,000 JPY are paid. USD 92,965.86 - 48,510.00 - 39,898.86 = 4,557.00."""
    first = close(stage)
    seats(stage, EUR, 223)
    for id in (USD, ONLY):
        stage.edit("stripe", "subscriptions", id, status="canceled", ended_at=int(stage.hub.clock.now().timestamp()))
    stage.edit("stripe", "subscriptions", JPY, status="active")
    settle_down(stage)
    second = close(stage)
    for found in (bridge(stage, first, second), bridge(stage, None, second), bridge(stage)):
        assert found.complete
    found = bridge(stage, first, second)
    assert found.begun_with == "signed"
    assert columns(found, "EUR") == {"opening": "61404.00", "expansion": "1428.00", "closing": "62832.00"}
    assert columns(found, "USD") == {
        "opening": "92965.86", "contraction": "-48510.00", "churn": "-39898.86", "closing": "4557.00",
    }  # fmt: skip
    assert columns(found, "JPY") == {"new": "24444000", "closing": "24444000"}
    assert not any(line.tags for line in found.lines)

    stage.edit("stripe", "subscriptions", ONLY, status="active", ended_at=None)
    settle_down(stage)
    back = bridge(stage, second)
    assert columns(back, "USD") == {"opening": "4557.00", "reactivation": "39898.86", "closing": "44455.86"}
    assert columns(back, "EUR") == {"opening": "62832.00", "closing": "62832.00"}


def test_an_instant_begins_with_the_last_closing_before_it_and_says_so(stage) -> None:
    close(stage)
    closed_at = stage.hub.clock.now()
    stage.wait(3600)
    seats(stage, EUR, 223)
    settle_down(stage)
    found = bridge(stage, closed_at + timedelta(seconds=1800))
    assert found.begins == closed_at
    assert columns(found, "EUR")["expansion"] == "1428.00"
    assert {line.tags for line in found.lines} == {("earlier_opening",)}


def test_without_a_closing_an_instant_is_read_as_it_was_and_nobody_signed_it(stage) -> None:
    before = stage.hub.clock.now()
    stage.wait(60)
    seats(stage, EUR, 223)
    settle_down(stage)
    found = bridge(stage, before)
    assert found.begun_with == "unsigned"
    assert columns(found, "EUR") == {"opening": "61404.00", "expansion": "1428.00", "closing": "62832.00"}
    assert {line.tags for line in found.lines} == {("unsigned_opening",)}


def test_a_policy_change_between_two_runs_is_a_restatement_and_no_movement(stage) -> None:
    """Signed while unpaid is excluded and past due counts; then the policy leaves past due out: 30,416.40 EUR are restated."""
    stage.edit("stripe", "subscriptions", EUR, status="past_due")
    settle_down(stage)
    close(stage)
    catalog = dataclasses.replace(stage.hub.catalog, policy=Policy(past_due="exclude"))
    stage.hub = dataclasses.replace(stage.hub, catalog=catalog)
    stage.wait(60)
    found = bridge(stage)
    assert columns(found, "EUR") == {"opening": "61404.00", "restatement": "-30416.40", "closing": "30987.60"}
    assert columns(found, "USD") == {"opening": "92965.86", "closing": "92965.86"}


def test_an_imported_opening_is_marked_and_knows_who_was_there_before(stage) -> None:
    """The company of two opens with 40,000.00 and closes with 48,510.00 + 4,557.00 = 53,067.00, so 13,067.00 more; one that opens
    with nothing had ARR before; nobody knows cus_gone; 39,898.86 are of a customer whom the file does not name."""
    customers = {id: each["customer"] for id, each in stage.running["stripe"].twin.table("subscriptions").items()}
    text = "stripe_id,currency,arr,had_arr_before\n" + "".join(
        f"{line}\n" for line in (f"{customers[USD]},USD,40000.00,", f"{customers[EUR]},EUR,,yes", "cus_gone,USD,7.00,no")
    )
    found = bridge(stage, sheet=parsed(text, "opening.csv", ["stripe", "hubspot"]))
    assert found.begun_with == "imported"
    assert columns(found, "USD") == {
        "opening": "40007.00", "new": "39898.86", "expansion": "13067.00", "churn": "-7.00", "closing": "92965.86",
    }  # fmt: skip
    assert columns(found, "EUR") == {"new": "30987.60", "reactivation": "30416.40", "closing": "61404.00"}
    assert {line.account: line.tags for line in found.lines}["cus_gone"] == ("imported_opening", "unmapped_customer")


def test_a_key_found_twice_adds_nothing(stage) -> None:
    [customer] = {each["customer"] for id, each in stage.running["stripe"].twin.table("subscriptions").items() if id == USD}
    text = f"stripe_id,currency,arr\n{customer},USD,10.00\n{customer},USD,10.00\n"
    found = bridge(stage, sheet=parsed(text, "opening.csv", ["stripe", "hubspot"]))
    assert "opening" not in columns(found, "USD")
    assert ("duplicate_link", "imported_opening") in {line.tags for line in found.lines}


@pytest.mark.parametrize("row", ["x,USD,-1.00,", "x,USD,1.00,perhaps"])
def test_an_opening_that_is_unusable_names_its_line(stage, row: str) -> None:
    with pytest.raises(Problem) as raised:
        bridge(stage, sheet=parsed(f"stripe_id,currency,arr,had_arr_before\n{row}\n", "opening.csv", ["stripe"]))
    assert (raised.value.code, raised.value.data["line"]) == ("opening_unusable", 2)


def test_what_cannot_be_a_bridge_is_told(stage) -> None:
    with pytest.raises(Problem, match="bridge_without_opening"):
        bridge(stage)
    with pytest.raises(Problem, match="as_of_not_covered"):
        bridge(stage, stage.hub.clock.now() - timedelta(days=30))
    with pytest.raises(Problem, match="snapshot_unknown"):
        bridge(stage, 7)
    with pytest.raises(Problem, match="bridge_backwards"):
        bridge(stage, stage.hub.clock.now())
