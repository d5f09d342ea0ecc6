"""What the CRM is told of ARR: also when only time passes, when the last subscription ends, in two currencies, and of test data."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scenes import MARMALADE, subscription
from worlds import World

from hub import connections
from hub.catalog import Catalog
from hub.clock import ManualClock
from hub.finance import Policy
from hub.readings.explain import explain
from hub.session import Session, view_of
from hub.settling.due import mark_all

Make = Callable[..., World]
DAY = 86_400
HELD = ("concord_arr", "concord_arr_currency", "concord_arr_by_currency")


class Clocked:
    """A world with one customer, 6,000.00 USD a year, whose clocks are moved by the test."""

    def __init__(
        self, make: Make, *, invoices: list[dict[str, Any]] | None = None, policy: Policy | None = None, **changes: Any
    ) -> None:
        self.start = datetime.now(UTC).replace(microsecond=0)
        data = copy.deepcopy(MARMALADE)
        data["stripe"]["subscriptions"] = [subscription("sub_a", "cus_a", 50_000, "month") | changes]
        data["stripe"]["invoices"] = invoices or []
        self.world = make(data)
        self.clock = ManualClock(self.start)
        catalog: Catalog = dataclasses.replace(self.world.hub.catalog, policy=policy or Policy())
        self.world.hub = dataclasses.replace(self.world.hub, clock=self.clock, catalog=catalog)
        self.world.settle_down()

    def pass_days(self, days: float) -> None:
        """Nothing happens at the vendors but time."""
        self.clock.advance(days * DAY)
        for twin in self.world.twins.values():
            twin.clock.advance(days * DAY)
        self.world.settle_down()

    @property
    def agreed(self) -> Any:
        return self.world.golden("hubspot:companies:7").get("arr", "no number")

    @property
    def crm(self) -> tuple[str | None, ...]:
        held = self.world.twins["hubspot"].table("companies")["7"]["properties"]
        return tuple(held.get(key) or None for key in HELD)

    @property
    def next(self) -> datetime | None:
        [(micros,)] = self.world.rows(
            "SELECT next_at FROM golden WHERE entity = 'account' AND records > 0 AND values->>'name' LIKE 'Marm%Submarines'"
        )
        return None if micros is None else datetime.fromtimestamp(micros / 1e6, UTC)


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def half_off(start: datetime, end: datetime) -> list[dict[str, Any]]:
    coupon = {
        "id": "half",
        "object": "coupon",
        "duration": "repeating",
        "duration_in_months": 1,
        "percent_off": 50,
        "amount_off": None,
        "valid": True,
    }
    return [{"id": "di_1", "object": "discount", "coupon": coupon, "start": seconds(start), "end": seconds(end)}]


def test_the_end_of_a_discount_is_told_without_a_word_from_billing(make_world: Make) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    end = now + timedelta(days=10)
    told = Clocked(make_world, discounts=half_off(now - timedelta(days=20), end))
    assert (told.agreed, told.crm[0], told.next) == ({"USD": "3000.00"}, "3000.00", end)
    told.pass_days(9)
    assert told.crm[0] == "3000.00"
    told.pass_days(2)
    assert (told.agreed, told.crm[0], told.next) == ({"USD": "6000.00"}, "6000.00", None)


def test_a_cancellation_to_come_counts_until_it_ends_and_then_the_crm_holds_nought(make_world: Make) -> None:
    """field: an account whose last subscription ended shows 0.00, not a blank that could mean anything."""
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=10)
    told = Clocked(make_world, cancel_at=seconds(end))
    assert (told.crm, told.next) == (("6000.00", "USD", None), end)
    told.pass_days(11)
    assert (told.agreed, told.crm) == ({"USD": "0.00"}, ("0.00", "USD", None))


def test_a_pause_ends_by_itself(make_world: Make) -> None:
    resumes = datetime.now(UTC).replace(microsecond=0) + timedelta(days=10)
    told = Clocked(make_world, pause_collection={"behavior": "void", "resumes_at": seconds(resumes)})
    assert (told.crm[0], told.next) == ("0.00", resumes)
    told.pass_days(11)
    assert (told.crm[0], told.next) == ("6000.00", None)


def test_without_a_number_there_is_no_write_and_the_reason_is_told(make_world: Make) -> None:
    """A shape that the policy does not know beside a good one: the account has no figure, and the CRM keeps what it was told last."""
    told = Clocked(make_world)
    assert told.crm[0] == "6000.00"
    bad = subscription("sub_x", "cus_a", 1_000, "month")
    bad["items"]["data"][0]["price"] |= {
        "billing_scheme": "tiered",
        "tiers_mode": "volume",
        "unit_amount": None,
        "unit_amount_decimal": None,
    }
    told.world.twins["stripe"].create("subscriptions", **bad)
    told.pass_days(1)
    assert (told.agreed, told.crm[0]) == ("no number", "6000.00")
    with told.world.hub.engine.connect() as database:
        [line] = explain(told.world.hub, database, "account", "hubspot:companies:7", "arr")
    assert (line["value"], line["reason"], line["code"]) == (None, "partial", "tiers_not_expanded")


def invoice(id: str, subscription: str, due: datetime | None, created: datetime, status: str = "open") -> dict[str, Any]:
    return {
        "id": id, "object": "invoice", "customer": "cus_a", "subscription": subscription, "status": status, "currency": "usd", "created": seconds(created),
        "due_date": None if due is None else seconds(due), "total": 50_000, "amount_paid": 0, "amount_remaining": 50_000, "number": id, "livemode": True,
        "status_transitions": {"finalized_at": seconds(created), "paid_at": None}, "period_start": seconds(created), "period_end": seconds(created),
        "lines": {"object": "list", "data": [], "has_more": False, "url": "/v1/invoices/lines"}, "metadata": {},
    }  # fmt: skip


def test_past_due_counts_so_many_days_from_the_oldest_open_invoice(make_world: Make) -> None:
    """Due 20 and 5 days ago, one paid long before: 30 days after the oldest open one fell due it counts no more."""
    now = datetime.now(UTC).replace(microsecond=0)
    invoices = [
        invoice("in_paid", "sub_a", now - timedelta(days=300), now - timedelta(days=310), "paid"),
        invoice("in_old", "sub_a", now - timedelta(days=20), now - timedelta(days=34)),
        invoice("in_new", "sub_a", None, now - timedelta(days=5)),
    ]
    told = Clocked(make_world, invoices=invoices, policy=Policy(past_due="count_days", past_due_days=30), status="past_due")
    assert (told.crm[0], told.next) == ("6000.00", now + timedelta(days=10))
    told.pass_days(9)
    assert told.crm[0] == "6000.00"
    told.pass_days(1)
    assert (told.agreed, told.crm[0]) == ({"USD": "0.00"}, "0.00")


def test_past_due_since_nobody_knows_when_has_no_number(make_world: Make) -> None:
    told = Clocked(make_world, policy=Policy(past_due="count_days", past_due_days=30), status="past_due")
    assert told.agreed == "no number"
    with told.world.hub.engine.connect() as database:
        [line] = explain(told.world.hub, database, "account", "hubspot:companies:7", "arr")
    assert line["code"] == "past_due_since_unknown"


def euros(id: str, customer: str, unit: int) -> dict[str, Any]:
    made = copy.deepcopy(subscription(id, customer, unit, "month"))
    made["currency"] = made["items"]["data"][0]["price"]["currency"] = "eur"
    return made


def test_a_second_currency_empties_the_single_amount_and_its_end_fills_it_again(make_world: Make) -> None:
    data = copy.deepcopy(MARMALADE)
    data["stripe"]["subscriptions"] = [subscription("sub_a", "cus_a", 50_000, "month"), euros("sub_e", "cus_b", 10_000)]
    world = make_world(data)
    world.settle_down()

    def crm() -> tuple[str | None, ...]:
        held = world.twins["hubspot"].table("companies")["7"]["properties"]
        return tuple(held.get(key) or None for key in HELD)

    assert crm() == (None, None, "EUR 1200.00; USD 6000.00")
    world.twins["hubspot"].edit("companies", "7", concord_arr="9.00")
    world.settle_down()
    assert crm() == (None, None, "EUR 1200.00; USD 6000.00")


def rehearsal() -> dict[str, Any]:
    """A vendor's test account: every object says livemode false."""
    data = copy.deepcopy(MARMALADE)
    for row in (*data["stripe"]["customers"], *data["stripe"]["subscriptions"]):
        row["livemode"] = False
    return data


@pytest.mark.parametrize(("mode", "arr"), [("live", "0.00"), ("test", "12600.00")])
def test_test_data_count_only_where_the_connection_says_so_and_are_labelled(make_world: Make, mode: str, arr: str) -> None:
    world = make_world(rehearsal())
    with world.hub.engine.begin() as database:
        connections.change(database, "stripe", mode=mode)
    world.settle_down()
    assert world.golden("hubspot:companies:7")["arr"] == {"USD": arr}
    with world.hub.engine.connect() as database:
        [line] = explain(world.hub, database, "account", "hubspot:companies:7", "arr")
    assert line["test"] is (mode == "test")


def test_a_connection_to_test_data_excludes_nothing_that_is_live(make_world: Make) -> None:
    world = make_world(MARMALADE)
    world.settle_down()
    with world.hub.engine.begin() as database:
        connections.change(database, "stripe", mode="test")
    Session(world.hub, view_of(world.hub)).write(mark_all)
    world.settle_down()
    assert world.golden("hubspot:companies:7")["arr"] == {"USD": "12600.00"}
