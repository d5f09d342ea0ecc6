"""Billing, CRM, support and product in agreement: whoever was read first, and whoever says no."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from scenes import of
from worlds import World, emptied, populated

from hub.practice.customers import invented

FOUR = ("hubspot", "mixpanel", "stripe", "zendesk")
TODAY = date(2026, 11, 22)
Make = Callable[..., World]


def four(customers: int) -> dict[str, Any]:
    return populated(invented(customers, 7, TODAY), FOUR)


def test_four_systems_agree_and_a_second_round_writes_nothing(make_world: Make) -> None:
    world = make_world(four(8))
    world.settle_down()
    seen = {name: len(world.writes(name)) for name in world.twins}
    assert all(seen.values()), seen
    world.read()
    world.deliver()
    assert {name: len(world.writes(name)) for name in world.twins} == seen


ORDERS = list(permutations(FOUR))
SOME = ORDERS[::4]


def read_only(make_world: Make, customers: int, order: tuple[str, ...]) -> str:
    world = make_world(four(customers))
    world.read(*order)
    digest = of(world)
    emptied(world.hub.engine)
    return digest


def delivered(make_world: Make, customers: int, order: tuple[str, ...]) -> str:
    world = make_world(four(customers))
    world.read(*order)
    for _ in range(6):
        sent = sum(delivery.records for delivery in world.deliver(*order).values())
        if sent + sum(outcome.news for outcome in world.read(*order).values()) == 0:
            break
    else:
        raise AssertionError("not quiet")
    digest = of(world)
    emptied(world.hub.engine)
    return digest


def test_the_24_reading_orders_of_40_customers_give_one_digest(make_world: Make) -> None:
    assert len(ORDERS) == 24
    assert len({read_only(make_world, 40, order) for order in ORDERS}) == 1


def test_6_reading_orders_of_40_customers_delivered_give_one_digest(make_world: Make) -> None:
    assert len(SOME) == 6
    assert len({delivered(make_world, 40, order) for order in SOME}) == 1


@pytest.mark.long
def test_the_24_reading_orders_of_40_customers_delivered_give_one_digest(make_world: Make) -> None:
    assert len({delivered(make_world, 40, order) for order in ORDERS}) == 1
