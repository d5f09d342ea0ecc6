"""Pages of practice systems in a real browser: typed with a keyboard, seen in the API, readable by everybody, never fooled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import httpx
import pytest
from playwright.sync_api import Page, expect
from rules import broken, sideways

from connectors.kit import registry
from connectors.kit.screens.asked import link
from connectors.kit.twin import Twin, serve, stop
from hub.practice import twins
from hub.practice.story.world import world as story

Open = Callable[..., Page]
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\"' Ltd."
PHONE = {"width": 360, "height": 720}


@pytest.fixture(scope="module")
def systems() -> Iterator[dict[str, Twin]]:
    """All practice systems with a few customers; each test edits a record of its own."""
    told = story(7, date(2026, 11, 3))
    customers = replace(told, customers=told.customers[:8])
    made, running = {}, []
    for name in twins.offered():
        plugin = registry.discover().get(name)
        assert plugin.twin is not None
        assert plugin.populate is not None
        made[name] = plugin.twin(data=plugin.populate(customers))
        running.append(serve(made[name]))
    yield made
    for one in running:
        stop(one)


def api(twin: Twin, path: str) -> dict[str, object]:
    """As a program reads it."""
    answer = httpx.get(f"{twin.url}{path}", headers={"authorization": f"Bearer {twin.token}"})
    assert answer.status_code == 200
    return dict(answer.json())


def some_pages(twin: Twin) -> Iterator[str]:
    """One of each kind."""
    yield f"{twin.url}/"
    assert twin.screen is not None
    for kind in twin.screen.kinds:
        yield f"{twin.url}{link('records', kind.object)}"
        for id in list(twin.table(kind.object))[:1]:
            yield f"{twin.url}{link('records', kind.object, id)}"
            yield f"{twin.url}{link('records', kind.object, id, compact=1, live=1)}"
    yield f"{twin.url}{link('new', twin.screen.kinds[0].object)}"
    yield from (f"{twin.url}{link(name)}" for name in ("log", "webhooks", "faults"))


def test_a_name_edited_on_the_page_is_read_in_the_api(systems: dict[str, Twin], open_page: Open) -> None:
    hubspot, page = systems["hubspot"], open_page()
    id = next(iter(hubspot.table("companies")))
    page.goto(f"{hubspot.url}{link('records', 'companies', id)}")
    page.get_by_label("Company name").fill("Typed by Hand Ltd.")
    page.get_by_label("Who edits").fill("oskar.standin@lanternfish.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    told = api(hubspot, f"/crm/v3/objects/companies/{id}?properties=name&propertiesWithHistory=name")
    newest = told["propertiesWithHistory"]["name"][0]  # type: ignore[index]  # JSON of the vendor's own shape
    assert (newest["value"], newest["sourceType"]) == ("Typed by Hand Ltd.", "CRM_UI")


def test_everything_is_reached_and_done_by_keyboard(systems: dict[str, Twin], open_page: Open) -> None:
    hubspot, page = systems["hubspot"], open_page()
    name = list(hubspot.table("companies").values())[1]["properties"]["name"]
    page.goto(hubspot.url)
    walk_to(page, "Companies")
    page.keyboard.press("Enter")
    page.wait_for_url("**/companies")
    walk_to(page, "Search companies")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    walk_to(page, name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/companies/*")
    walk_to(page, "Phone number")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("+1 202-555-0199")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Saved.")
    assert (
        next(row for row in hubspot.table("companies").values() if row["properties"]["name"] == name)["properties"]["phone"]
        == "+1 202-555-0199"
    )


def walk_to(page: Page, name: str) -> None:
    """By Tab alone; whatever has the focus shows it."""
    here = "() => {const e = document.activeElement; return [(e.labels && e.labels[0] || e).innerText.trim(), getComputedStyle(e).outlineStyle]}"
    seen = []
    for _ in range(80):
        page.keyboard.press("Tab")
        told, outline = page.evaluate(here)
        assert outline != "none", f"the focus does not show on {told}"
        if told == name or told.endswith(f" {name}"):
            return
        seen.append(told)
    raise AssertionError(f"{name} is not reached: {seen}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", twins.offered())
def test_everybody_can_use_the_pages(systems: dict[str, Twin], open_page: Open, name: str, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    for address in some_pages(systems[name]):
        page.goto(address)
        assert (address, broken(page)) == (address, [])


@pytest.mark.parametrize("name", twins.offered())
def test_a_phone_scrolls_one_way(systems: dict[str, Twin], open_page: Open, name: str) -> None:
    page = open_page(viewport=PHONE)
    for address in some_pages(systems[name]):
        page.goto(address)
        assert (address, sideways(page)) == (address, 0)


def test_dark_is_dark(systems: dict[str, Twin], open_page: Open) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        page.goto(systems["stripe"].url)
        grounds.append(page.evaluate("() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"))
    light, dark = grounds
    assert min(light) > 230
    assert max(dark) < 40


def test_a_hostile_name_stays_text(systems: dict[str, Twin], open_page: Open) -> None:
    stripe, page = systems["stripe"], open_page()
    id = list(stripe.table("customers"))[2]
    stripe.edit("customers", id, name=HOSTILE)
    for address in (
        link("records", "customers"),
        link("records", "customers", id),
        link("records", "customers", id, live=1, compact=1),
    ):
        page.goto(f"{stripe.url}{address}")
        expect(page.get_by_text(HOSTILE).first).to_be_visible()
        assert page.locator("img, script").count() == 0


def test_without_javascript_all_is_there(systems: dict[str, Twin], open_page: Open) -> None:
    zendesk, page = systems["zendesk"], open_page(java_script_enabled=False)
    id = next(iter(zendesk.table("organizations")))
    page.goto(f"{zendesk.url}{link('records', 'organizations', id)}")
    page.get_by_label("Tier").select_option("Enterprise")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    assert zendesk.table("organizations")[id]["organization_fields"]["tier"] == "enterprise"
