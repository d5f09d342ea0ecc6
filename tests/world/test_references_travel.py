"""References between systems: each is told of a person as it knows people, by its own record of them or by their address, and once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from worlds import World, populated

from connectors.kit.playing import copied
from hub import decisions
from hub.practice.customers import invented

Make = Callable[..., World]
DATA = populated(invented(6, 7, date(2026, 11, 22)), ("hubspot", "zendesk", "mixpanel"))
COMPANY = DATA["mixpanel"]["groups"][0]["id"]
MANAGER, DEPUTY = sorted(row["email"] for row in DATA["zendesk"]["users"] if row["role"] != "end-user")[:2]


def managed(manager: str | None, told: str | None = None) -> dict[str, Any]:
    """One company of the product has a CSM in Zendesk; `told`: what stands in Mixpanel."""
    data = copied(DATA)
    for row in data["zendesk"]["organizations"]:
        row["organization_fields"].pop("csm", None)
        if row["domain_names"] == [COMPANY] and manager is not None:
            row["organization_fields"]["csm"] = manager
    if told is not None:
        data["mixpanel"]["groups"][0]["$properties"]["csm"] = told
    return data


def held(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.twins["mixpanel"].table("groups")[COMPANY]["$properties"]
    return found


def sent(world: World) -> int:
    return sum("csm" in call["body"] for call in world.writes("mixpanel"))


def test_a_csm_named_in_zendesk_stands_in_mixpanel_by_address(make_world: Make) -> None:
    world = make_world(managed(MANAGER))
    world.settle_down()
    assert held(world)["csm"] == MANAGER
    [organization] = [row for row in world.twins["zendesk"].table("organizations").values() if row["domain_names"] == [COMPANY]]
    world.twins["zendesk"].edit("organizations", str(organization["id"]), organization_fields={"csm": DEPUTY})
    world.twins["zendesk"].clock.advance(2)  # its export tells whole seconds that are over
    world.settle_down()
    assert held(world)["csm"] == DEPUTY
    assert sent(world) == 2
    assert not {"arr", "name"} & held(world).keys()


def test_a_csm_that_mixpanel_has_already_is_not_told_again(make_world: Make) -> None:
    world = make_world(managed(MANAGER, MANAGER.upper()))
    world.settle_down()
    assert (held(world)["csm"], sent(world)) == (MANAGER.upper(), 0)


def test_a_csm_typed_into_mixpanel_stays_where_nobody_else_names_one(make_world: Make) -> None:
    world = make_world(managed(None, MANAGER))
    world.settle_down()
    assert (held(world)["csm"], sent(world)) == (MANAGER, 0)
    assert world.golden(f"mixpanel:groups:{COMPANY}")["csm"]


def test_a_csm_that_nobody_knows_is_corrected(make_world: Make) -> None:
    world = make_world(managed(MANAGER, "left@long.example"))
    world.settle_down()
    assert (held(world)["csm"], sent(world)) == (MANAGER, 1)


def test_an_owner_that_was_written_is_not_planned_again(make_world: Make) -> None:
    """What we wrote refers to somebody too: read as nobody, it was due again, and listed as refused."""
    world = make_world({name: rows for name, rows in DATA.items() if name != "mixpanel"})
    world.settle_down()
    [company, before] = next(iter(world.rows(
        "SELECT r.golden_id, g.values->>'owner' FROM record r JOIN golden g ON g.id = r.golden_id"
        " WHERE r.object = 'companies' AND g.values ? 'owner' ORDER BY r.external_id"
    )))  # fmt: skip
    [(owner, id)] = world.rows(
        "SELECT golden_id, external_id FROM record WHERE object = 'owners' AND golden_id <> :before ORDER BY external_id LIMIT 1",
        before=before,
    )
    decisions.pin(world.hub, "account", company, "owner", decisions.Choice(text=owner), until=None, by="test")
    world.settle_down()
    [(number,)] = world.rows("SELECT external_id FROM record WHERE golden_id = :id AND object = 'companies'", id=company)
    assert world.twins["hubspot"].table("companies")[number]["properties"]["hubspot_owner_id"] == id
    assert world.rows("SELECT status FROM intent WHERE fields LIKE '%owner%'") == [("confirmed",)]
