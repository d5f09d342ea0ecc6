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
from hub.transport import NoQuota

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


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quota is not the subject: a second is waited for it in each of thirty worlds."""
    monkeypatch.setattr("hub.connections.DatabaseQuota", lambda engine, clock: NoQuota())


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


@pytest.mark.usefixtures("unhurried")
def test_the_24_reading_orders_of_40_customers_give_one_digest(make_world: Make) -> None:
    assert len(ORDERS) == 24
    assert len({read_only(make_world, 40, order) for order in ORDERS}) == 1


@pytest.mark.usefixtures("unhurried")
def test_6_reading_orders_of_40_customers_delivered_give_one_digest(make_world: Make) -> None:
    assert len(SOME) == 6
    assert len({delivered(make_world, 40, order) for order in SOME}) == 1


@pytest.mark.long
@pytest.mark.usefixtures("unhurried")
def test_the_24_reading_orders_of_40_customers_delivered_give_one_digest(make_world: Make) -> None:
    assert len({delivered(make_world, 40, order) for order in ORDERS}) == 1


def test_a_usage_figure_from_the_product_reaches_crm_and_support(make_world: Make) -> None:
    world = make_world(four(8))
    world.settle_down()
    held = {
        golden: (company["properties"].get("concord_active_users"), organization["organization_fields"].get("active_users"))
        for golden, company, organization in pairs(world)
    }
    agreed = {row[0]: row[1] for row in world.rows("SELECT id, values->'active_users' FROM golden WHERE entity = 'account'")}
    known = {golden: agreed[golden] for golden in held if agreed[golden] is not None}
    assert len(known) >= 3
    assert {golden: tuple(int(users) for users in held[golden]) for golden in known} == {
        golden: (users, users) for golden, users in known.items()
    }


def pairs(world: World) -> list[tuple[str, Any, Any]]:
    """(golden id, HubSpot company, Zendesk organization) of customers that are in both, as the twins hold them."""
    rows = world.rows(
        "SELECT h.golden_id, h.external_id, z.external_id FROM record h JOIN record z ON z.golden_id = h.golden_id"
        " WHERE h.object = 'companies' AND z.object = 'organizations' ORDER BY 1"
    )
    company, organization = world.twins["hubspot"].table("companies"), world.twins["zendesk"].table("organizations")
    return [(golden, company[one], organization[other]) for golden, one, other in rows]


def test_a_no_in_one_system_is_a_no_in_all_and_silence_is_none(make_world: Make) -> None:
    world = make_world(four(8))
    world.settle_down()
    said = world.rows(
        "SELECT h.external_id, z.external_id FROM record h JOIN record z ON z.golden_id = h.golden_id JOIN golden g ON g.id = h.golden_id"
        " WHERE h.object = 'contacts' AND z.object = 'users' AND g.values->'consents'->'email/marketing'->>'state' IS DISTINCT FROM 'denied' ORDER BY 1"
    )
    (person, user), (other, silent) = said[:2]
    before = consent(world, other)
    world.twins["zendesk"].edit("users", user, user_fields={"marketing_email": "no"})
    world.twins["zendesk"].edit("users", silent, user_fields={"marketing_email": None})
    world.twins["zendesk"].clock.advance(2)  # its exports tell whole seconds that are over
    world.settle_down()
    assert consent(world, person) == "UNSUBSCRIBED"
    assert consent(world, other) == before


def consent(world: World, contact: str) -> str | None:
    """What the practice CRM holds of marketing mail to this person."""
    hubspot = world.twins["hubspot"]
    [marketing] = [id for id, row in hubspot.table("subscription_types").items() if row["name"] == "Marketing"]
    email = hubspot.table("contacts")[contact]["properties"]["email"].lower()
    said = hubspot.table("consents").get(email, {}).get("statuses", {}).get(marketing)
    return None if said is None else said["status"]
