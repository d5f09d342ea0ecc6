"""Where a record has no say and puts its own value back again and again, that is seen, and a person decides; nothing else stands still."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scenes import MARMALADE
from worlds import World

from hub import refused
from hub.readings.refusals import refusals
from hub.readings.status import waiting

Make = Callable[..., World]
OURS, THEIRS = "12600.00", "9600.00"


@pytest.fixture
def world(make_world: Make) -> World:
    """The agreed ARR stands in the CRM, and somebody there has typed another one over it twice."""
    made = make_world(MARMALADE)
    made.settle_down()
    for _ in range(2):
        assert held(made)["concord_arr"] == OURS
        types(made, concord_arr=THEIRS)
    return made


def types(world: World, **properties: str) -> None:
    world.twins["hubspot"].edit("companies", "7", **properties)
    world.settle_down()


def held(world: World) -> dict[str, Any]:
    return dict(world.twins["hubspot"].table("companies")["7"]["properties"])


def listed(world: World) -> list[dict[str, Any]]:
    with world.hub.engine.connect() as database:
        return list(refusals(database))


def test_the_second_time_a_person_is_asked_and_the_agreed_value_stands(world: World) -> None:
    (entry,) = listed(world)
    assert (entry["connection"], entry["record"], entry["code"]) == ("hubspot", "7", "put_back")
    assert entry["data"] == {"fields": ["arr"]}
    assert world.golden("hubspot:companies:7")["arr"] == {"USD": OURS}
    with world.hub.engine.connect() as database:
        assert waiting(database)["dead"] == 1
    before = len(world.writes("hubspot"))
    world.settle_down()
    assert len(world.writes("hubspot")) == before
    assert held(world)["concord_arr"] == THEIRS
    assert listed(world) == [entry]


def test_it_holds_up_no_other_field(world: World) -> None:
    world.twins["stripe"].edit("customers", "cus_a", phone="+1 202-555-0171")
    world.settle_down()
    assert held(world)["phone"] == "+1 202-555-0171"
    assert held(world)["concord_arr"] == THEIRS


def test_two_of_one_record_are_decided_each_on_its_own(world: World) -> None:
    """One is dropped and the other changes: what changed is put right, what was dropped stays as it is."""
    monthly = held(world)["concord_mrr"]
    for _ in range(2):
        types(world, concord_mrr="1.00")
    arr, mrr = sorted(listed(world), key=lambda entry: str(entry["data"]["fields"]))
    assert (arr["data"], mrr["data"]) == ({"fields": ["arr"]}, {"fields": ["mrr"]})
    refused.drop(world.hub, arr["id"], by="Ada Invented")
    types(world, concord_mrr="2.00")
    assert (held(world)["concord_mrr"], held(world)["concord_arr"], listed(world)) == (monthly, THEIRS, [])


def test_tried_again_it_is_sent_and_may_come_back_twice_again(world: World) -> None:
    for _ in range(2):
        (entry,) = listed(world)
        assert refused.retry(world.hub, entry["id"]) == "planned"
        world.settle_down()
        assert (held(world)["concord_arr"], listed(world)) == (OURS, [])
        for _ in range(2):
            types(world, concord_arr=THEIRS)


def test_dropped_it_is_let_be(world: World) -> None:
    refused.drop(world.hub, listed(world)[0]["id"], by="Ada Invented")
    world.settle_down()
    assert (held(world)["concord_arr"], listed(world)) == (THEIRS, [])


def test_put_right_by_hand_it_is_over(world: World) -> None:
    types(world, concord_arr=OURS)
    assert listed(world) == []
    assert world.rows("SELECT count(*) FROM intent WHERE status IN ('planned', 'refused')") == [(0,)]


def test_another_agreed_value_is_sent(world: World) -> None:
    """6,600.00 are left of 6,000.00 + 6,600.00."""
    world.twins["stripe"].edit("subscriptions", "sub_a", status="canceled", ended_at=1_700_000_000)
    world.settle_down()
    assert (held(world)["concord_arr"], listed(world)) == ("6600.00", [])
