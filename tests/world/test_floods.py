"""Pain 5 of the field: an empty or broken list is not the news that everything was deleted."""

from __future__ import annotations

from collections.abc import Callable

from test_safety_stops import MANY, crowd
from worlds import World

Make = Callable[..., World]


def gone(world: World, count: int) -> None:
    """Without news of it, as after a gap: everything is listed again, and they are not there."""
    for number in range(count):
        world.twins["stripe"].delete("customers", f"cus_{number}")
    with world.hub.engine.begin() as database:
        database.exec_driver_sql("UPDATE stream SET cursor = NULL WHERE connection = 'stripe'")


def test_a_flood_of_vanished_records_is_a_safety_stop(make_world: Make) -> None:
    world = make_world(crowd())
    world.settle_down()
    gone(world, 25)
    outcome = world.read("stripe")["stripe"]
    assert outcome.status == "incomplete"
    assert outcome.error is not None
    assert outcome.error["code"] == "mass_vanishing"
    assert world.rows("SELECT count(*) FROM record WHERE deleted IS NOT NULL")[0][0] == 0


def test_a_few_are_asked_for_one_by_one_and_become_tombstones(make_world: Make) -> None:
    world = make_world(crowd())
    world.settle_down()
    gone(world, 3)
    assert world.read("stripe")["stripe"].status == "succeeded"
    assert world.rows("SELECT count(*) FROM record WHERE deleted IS NOT NULL")[0][0] == 3
    assert len(world.twins["stripe"].table("customers")) == MANY - 3
