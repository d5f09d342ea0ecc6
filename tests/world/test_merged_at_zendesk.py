"""Who and what Zendesk merged stays linked: the survivor inherits, though not a byte of its own row changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from worlds import World

from hub.bulk import cursor
from hub.intake import refetch
from hub.sync import reread

Make = Callable[..., World]
MOMENT = "2024-05-01T10:00:00Z"


def contact(id: str, email: str) -> dict[str, Any]:
    at = MOMENT.replace("Z", ".000Z")
    return {"id": id, "properties": {"email": email}, "createdAt": at, "updatedAt": at, "archived": False}


def company(id: str, name: str, domain: str) -> dict[str, Any]:
    return contact(id, "") | {"properties": {"name": name, "domain": domain}}


def row(id: int, name: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "name": name, "created_at": MOMENT, "updated_at": MOMENT, **more}


DATA: dict[str, Any] = {
    "hubspot": {
        "contacts": [contact("1", "pim@teapot.example"), contact("2", "pim.placeholder@teapot.example")],
        "companies": [company("8", "Wobbly Teapot Works", "teapot.example"), company("9", "Teapot Trading", "trading.example")],
    },
    "zendesk": {
        "users": [row(11, "Pim", email="pim@teapot.example"), row(12, "Pim P.", email="pim.placeholder@teapot.example")],
        "organizations": [
            row(21, "Wobbly Teapot Works", domain_names=["teapot.example"]),
            row(22, "Teapot Trading", domain_names=["trading.example", "teapot.example"]),
        ],
    },
}


def golden_id(world: World, key: str) -> str:
    [[id]] = world.rows("SELECT golden_id FROM record WHERE connection || ':' || object || ':' || external_id = :key", key=key)
    return str(id)


def hear(world: World, object: str, *ids: str) -> None:
    """What a webhook that names these records leads to."""
    with world.hub.engine.begin() as database:
        refetch.ask(cursor(database), "zendesk", object, ids, world.hub.clock.micros())
    assert reread(world.hub, world.connection("zendesk"), by="test") is not None


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize(
    ("object", "loser", "winner", "elsewhere"),
    [("users", "11", "12", "hubspot:contacts:1"), ("organizations", "21", "22", "hubspot:companies:8")],
)
def test_the_survivor_inherits_by_poll_whether_or_not_a_webhook_came_before(
    make_world: Make, object: str, loser: str, winner: str, elsewhere: str, heard: bool
) -> None:
    world = make_world(DATA, writes="off")
    world.settle_down()
    assert golden_id(world, elsewhere) == golden_id(world, f"zendesk:{object}:{loser}")
    assert golden_id(world, elsewhere) != golden_id(world, f"zendesk:{object}:{winner}")
    zendesk = world.twins["zendesk"]
    zendesk.edit(object, loser, merge_into=winner)
    if heard:
        hear(world, object, loser, winner)
    zendesk.clock.advance(3)  # its export tells whole seconds that are over
    world.settle_down()
    assert golden_id(world, elsewhere) == golden_id(world, f"zendesk:{object}:{winner}")
    assert world.read("zendesk")["zendesk"].news == 0
