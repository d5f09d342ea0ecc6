"""A record that somebody deleted and made anew is the same customer, in whatever order that is seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from scenes import MARMALADE
from worlds import World

Make = Callable[..., World]
NAMES = {"name": "Marmalade Submarines", "domain": "marmalade.example"}


def makes(world: World) -> None:
    world.twins["hubspot"].create("companies", **NAMES)


def deletes(world: World) -> None:
    world.twins["hubspot"].delete("companies", "7")


@pytest.mark.parametrize("steps", [(deletes, makes), (makes, deletes)])
@pytest.mark.parametrize("seen_between", [True, False])
def test_what_was_deleted_and_made_anew_is_told_its_arr(
    make_world: Make, steps: tuple[Callable[[World], None], ...], seen_between: bool
) -> None:
    world = make_world(MARMALADE)
    world.settle_down()
    [before] = {row[0] for row in world.rows("SELECT golden_id FROM record WHERE object = 'customers'")}
    for step in steps:
        step(world)
        if seen_between:
            world.settle_down()
    world.settle_down()
    [made] = [row for row in world.twins["hubspot"].table("companies").values() if row["id"] != "7"]
    assert made["properties"]["concord_arr"] == "12600.00"
    living = world.rows("SELECT external_id, golden_id FROM record WHERE entity = 'account' AND deleted IS NULL")
    assert {golden for _, golden in living} == {before}
    assert len(living) == 3
