"""A company's own property holds ARR: it is read because it is mapped, corrected like any other, and ours is not made beside it."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from scenes import MARMALADE
from worlds import World

import mappings
from connectors.hubspot.twin.schema import property_row
from hub import connections
from mappings.canonical import entities
from mappings.load import load_all

Make = Callable[..., World]
SHIPPED = Path(mappings.__file__).parent / "hubspot/companies.yaml"
OURS = {"concord_arr", "concord_arr_currency", "concord_arr_by_currency"}


@pytest.fixture
def world(make_world: Make, tmp_path: Path) -> World:
    (tmp_path / "hubspot").mkdir()
    lines = [line for line in SHIPPED.read_text().splitlines() if not line.startswith("  arr:")]
    lines.append("  arr: {at: properties.annual_arr, as: {hubspot.amount_in: USD}}")
    (tmp_path / "hubspot/companies.yaml").write_text("\n".join(lines) + "\n")
    made = make_world(copy.deepcopy(MARMALADE))
    known = made.hub.catalog.mappings | load_all(tmp_path, entities())
    made.hub = dataclasses.replace(made.hub, catalog=dataclasses.replace(made.hub.catalog, mappings=known))
    schema = made.twins["hubspot"].store.schema["companies"]
    for name in (*OURS, "concord_mrr"):
        del schema[name]
    schema["annual_arr"] = property_row("annual_arr", "number", own=False)
    return made


def held(world: World) -> str:
    return str(world.twins["hubspot"].table("companies")["7"]["properties"]["annual_arr"])


def test_it_is_read_and_written_without_another_setting(world: World) -> None:
    world.settle_down()
    assert held(world) == "12600.00"
    world.twins["hubspot"].edit("companies", "7", annual_arr="5")
    world.settle_down()
    assert held(world) == "12600.00"


def test_only_what_is_mapped_is_made_or_asked_for(world: World) -> None:
    twin = world.twins["hubspot"]
    twin.scopes.discard("crm.schemas.companies.write")
    with connections.opened(world.hub, world.connection("hubspot")) as connector:
        wanted = [name for name, _ in connector.check().missing if name.startswith("property:")]
    assert wanted == ["property:companies.concord_mrr (number)"]
    twin.scopes.add("crm.schemas.companies.write")
    assert connections.prepare(world.hub, world.connection("hubspot")) == ["companies.concord_mrr"]
    assert not OURS & twin.store.schema["companies"].keys()
