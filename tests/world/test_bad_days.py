"""Bad answers and crashes: a clear error each, the others go on, nothing is lost, nothing happens twice. Witness: the twin's own log."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from scenes import MARMALADE, TEAPOT, customer, of
from worlds import World, emptied

from connectors.kit.faults import Fault
from hub import connections, runs
from hub.sync import sync

Make = Callable[..., World]

UNREADABLE = [Fault.HTML, Fault.TRUNCATED, Fault.NAN, Fault.SERVER_ERROR, Fault.UNAUTHORISED]


@pytest.mark.parametrize("fault", UNREADABLE)
@pytest.mark.parametrize("sick", ["stripe", "hubspot"])
def test_a_sick_vendor_stops_nobody_else_and_loses_nothing(make_world: Make, fault: Fault, sick: str) -> None:
    world = make_world(MARMALADE)
    well = next(name for name in world.twins if name != sick)
    world.twins[sick].armed.arm(fault, times=500)
    outcomes = world.read()
    assert outcomes[sick].status == "incomplete"
    assert outcomes[sick].error is not None or outcomes[sick].gaps
    assert outcomes[well].status == "succeeded"
    world.twins[sick].armed.clear()
    world.settle_down()
    assert world.golden("hubspot:companies:7")["arr"] == {"USD": "12600.00"}


def test_refused_credentials_ask_for_new_ones(make_world: Make) -> None:
    world = make_world(TEAPOT)
    world.twins["hubspot"].armed.arm(Fault.UNAUTHORISED, times=500)
    world.read("hubspot")
    assert world.connection("hubspot").state == "reconnect"
    world.twins["hubspot"].armed.clear()
    world.settle_down()
    assert world.connection("hubspot").state == "active"


def test_settings_that_are_not_usable_any_more_are_told_as_that(make_world: Make) -> None:
    world = make_world(TEAPOT)
    with world.hub.engine.begin() as database:
        database.exec_driver_sql("UPDATE connection SET config = config - 'access_token' WHERE name = 'hubspot'")
    outcome = world.read("hubspot")["hubspot"]
    assert (outcome.status, outcome.error and outcome.error["code"]) == ("incomplete", "connection_setting")


@pytest.mark.parametrize("fault", [Fault.HUGE_FIELD, Fault.UNKNOWN_ENUM])
def test_one_spoilt_value_leaves_the_rest_and_never_a_wrong_arr(make_world: Make, fault: Fault) -> None:
    world = make_world(MARMALADE)
    world.read("hubspot")
    world.twins["stripe"].armed.arm(fault, times=500)
    world.read("stripe")
    assert world.golden("hubspot:companies:7")["name"] == "Marmalade Submarines"
    assert world.golden("hubspot:companies:7").get("arr") in (None, {"USD": "12600.00"})
    assert world.rows("SELECT count(*) FROM quarantine WHERE gone_at IS NULL")[0][0] > 0
    world.twins["stripe"].armed.clear()
    for id in ("sub_a", "sub_b"):  # repaired at the source: gone by itself
        world.twins["stripe"].edit("subscriptions", id, metadata={"repaired": "yes"})
    for id in ("cus_a", "cus_b"):
        world.twins["stripe"].edit("customers", id, metadata={"repaired": "yes"})
    world.settle_down()
    assert world.golden("hubspot:companies:7")["arr"] == {"USD": "12600.00"}
    assert world.rows("SELECT count(*) FROM quarantine WHERE gone_at IS NULL")[0][0] == 0


def renamed(world: World) -> list[dict[str, object]]:
    return [call for call in world.writes("stripe") if call["applied"] and "GmbH" in str(call["body"])]


@pytest.mark.parametrize(
    "fault", [Fault.DROP_BEFORE, Fault.DROP_AFTER_APPLY, Fault.ERROR_AFTER_APPLY, Fault.SERVER_ERROR, Fault.RATE_LIMITED]
)
def test_duplicates_after_timeouts(make_world: Make, fault: Fault) -> None:
    """An ambiguous write is looked up before it is tried again: the vendor's record changes once."""
    world = make_world(TEAPOT)
    world.settle_down()
    world.twins["hubspot"].edit("companies", "1", name="Wobbly Teapot Works GmbH")
    world.read()
    world.twins["stripe"].armed.arm(fault, times=1, match="POST")
    for _ in range(8):
        world.deliver()
        world.waiting_is_over()
        if renamed(world) and not world.rows("SELECT 1 FROM intent WHERE status IN ('planned', 'sending', 'unclear')"):
            break
    world.settle_down()
    assert world.twins["stripe"].table("customers")["cus_1"]["name"] == "Wobbly Teapot Works GmbH"
    applied = renamed(world)
    assert len({call["key"] for call in applied}) == 1
    versions = [event for event in world.twins["stripe"].table("events").values() if "GmbH" in str(event)]
    assert len(versions) == 1


class Crash(BaseException):
    """The process dies here."""


POINTS = ["page_stored", "due_settled", "intent_marked", "vendor_answered", "answer_stored"]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("skip", [0, 1])
def test_killed_at_every_point_nothing_is_lost_and_nothing_happens_twice(make_world: Make, point: str, skip: int) -> None:
    calm = make_world(customers=4)
    calm.settle_down()
    expected = of(calm)
    emptied(calm.hub.engine)
    world = make_world(customers=4)
    left = [skip]

    def die(name: str) -> None:
        if name == point:
            left[0] -= 1
            if left[0] < 0:
                raise Crash(name)

    world.hub = dataclasses.replace(world.hub, point=die)
    with pytest.raises(Crash):
        world.settle_down()
    world.restart()
    forget_leases(world)
    world.settle_down()
    assert of(world) == expected
    for name in world.twins:
        keys = [call["body"] for call in world.writes(name) if call["applied"]]
        assert len(keys) == len(set(keys)), f"{name} was told the same thing twice"


def forget_leases(world: World) -> None:
    """A dead process's leases run out: here at once."""
    with world.hub.engine.begin() as database:
        database.exec_driver_sql("UPDATE lease SET until = 0")
        database.exec_driver_sql("UPDATE intent SET sent_at = 0 WHERE status = 'sending'")


def test_a_paused_connection_is_left_alone(make_world: Make) -> None:
    world = make_world(TEAPOT)
    world.settle_down()
    with world.hub.engine.begin() as database:
        connections.change(database, "stripe", state="paused")
    world.twins["hubspot"].edit("companies", "1", name="Other Teapot")
    world.read("hubspot")
    assert world.deliver("stripe")["stripe"].status == "off"
    assert world.twins["stripe"].table("customers")["cus_1"]["name"] == "Wobbly Teapot Works"


def test_a_run_that_stops_for_want_of_time_goes_on_where_it_was(make_world: Make) -> None:
    world = make_world(customers=40)
    names, runs = sorted(world.twins), set()
    for _ in range(60):
        outcomes = [sync(world.hub, world.connection(name), within=0.0) for name in names]
        runs.update(row[0] for row in world.rows("SELECT id FROM run"))
        if all(outcome is not None and outcome.status == "succeeded" for outcome in outcomes):
            break
    world.settle_down()
    assert world.rows("SELECT count(*) FROM record WHERE object = 'companies'")[0][0] == 40
    assert {row[0] for row in world.rows("SELECT status FROM run WHERE kind = 'sync'")} == {"succeeded"}


def test_a_dead_delivery_blocks_nobody(make_world: Make) -> None:
    """Its run is over as soon as its database session is: what it changed may be sent to the others."""
    world = make_world(TEAPOT)
    world.settle_down()
    with world.hub.engine.begin() as database:
        run = runs.begin(world.hub, database, "hubspot", "deliver", "test")
    world.deliver()
    assert [tuple(row) for row in world.rows("SELECT status, error->>'code' FROM run WHERE id = :run", run=run)] == [
        ("incomplete", "process_died")
    ]


def test_an_unreadable_update_of_a_known_customer_troubles_nobody_else(make_world: Make) -> None:
    world = make_world(customers=8)
    world.settle_down()
    before = dict(world.rows("SELECT id, values->>'arr' FROM golden WHERE entity = 'account'"))
    id = next(iter(world.twins["stripe"].table("customers")))
    world.twins["stripe"].edit("customers", id, description="x" * (11 * 1024 * 1024))
    world.read("stripe")
    assert [tuple(row) for row in world.rows("SELECT external_id, field, code FROM quarantine")] == [(id, "", "too_big")]
    assert dict(world.rows("SELECT id, values->>'arr' FROM golden WHERE entity = 'account'")) == before


def test_one_row_that_cannot_be_decoded_is_set_aside_and_the_rest_goes_on(make_world: Make) -> None:
    data = {
        "stripe": {
            "customers": [
                customer("cus_1", name="First", email="a@first.example"),
                customer("cus_2", name="Half \ud800 a surrogate", email="a@second.example"),
                customer("cus_3", name="Third", email="a@third.example"),
            ]
        },
        "hubspot": {"companies": []},
    }
    world = make_world(data)
    outcome = world.read("stripe")["stripe"]
    assert outcome.totals["customers"].complete
    known = {row[0] for row in world.rows("SELECT external_id FROM record WHERE object = 'customers'")}
    assert {"cus_1", "cus_3"} <= known
    assert b"Half" in bytes(world.rows("SELECT raw FROM quarantine")[0][0])
