"""Four windows and the tour in a real browser: one customer in all practice systems, live, and why its ARR is what it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from rules import broken, sideways
from stage import Stage, app

from hub.practice.story import situations as who
from hub.practice.story.scenes import SCENES
from hub.settings import Settings

TIMES = "\N{MULTIPLICATION SIGN}"
Open = Callable[..., Page]


def window(page: Page, system: str, nth: int = 0) -> FrameLocator:
    return page.frame_locator(f'iframe[title*="in {system}"]').nth(nth)


def agreed(page: Page) -> FrameLocator:
    return page.frame_locator('iframe[title="What is agreed"]')


def why(page: Page) -> FrameLocator:
    return page.frame_locator('iframe[title="Why the ARR is what it is"]')


def test_one_customer_in_all_systems_and_why(stage: Stage, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{stage.url}/windows")
    page.get_by_label("Search customers").fill("teapot")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=who.TEAPOT).click()
    for system in ("Stripe", "HubSpot", "Zendesk"):
        expect(window(page, system).get_by_role("heading", level=1)).to_have_text(who.TEAPOT)
    expect(window(page, "Mixpanel").get_by_role("definition").filter(has_text="teapot-works.example")).to_be_visible()
    expect(window(page, "HubSpot").get_by_text("12,000.00")).to_be_visible()
    expect(window(page, "Stripe").get_by_text(f"40 {TIMES} $25.00 USD / month")).to_be_visible()
    expect(agreed(page).get_by_text("12,000.00 USD")).to_be_visible()
    expect(why(page).get_by_text("12,000.00 USD, because only Stripe may set ARR.")).to_be_visible()
    expect(
        why(page).get_by_text(f"One subscription in Stripe: 40 {TIMES} 25.00 USD {TIMES} 12 = 12,000.00 USD.")
    ).to_be_visible()
    expect(why(page).get_by_text("HubSpot said 9,600.00 USD until")).to_be_visible()


def test_a_name_typed_in_one_window_shows_in_the_others(stage: Stage, open_page: Open) -> None:
    page = open_page()
    page.goto(stage.four(who.SOCKS))
    crm = window(page, "HubSpot")
    crm.get_by_role("link", name="Edit").click()
    crm.get_by_label("Company name").fill("Infinite Sock Drawer GmbH")
    crm.get_by_role("button", name="Save").click()
    expect(crm.get_by_role("heading", level=1)).to_have_text("Infinite Sock Drawer GmbH")
    assert stage.held("hubspot", "companies", stage.company("Infinite Sock Drawer GmbH"))
    stage.world.settle_down()
    for system in ("Stripe", "Zendesk"):
        expect(window(page, system).get_by_role("heading", level=1)).to_have_text("Infinite Sock Drawer GmbH")
    expect(agreed(page).get_by_text("Infinite Sock Drawer GmbH")).to_be_visible()
    expect(why(page).get_by_text("Stripe: Name,")).to_be_visible()


def test_an_arr_typed_by_hand_is_put_back(stage: Stage, open_page: Open) -> None:
    page = open_page()
    page.goto(stage.four(who.TEAPOT))
    crm = window(page, "HubSpot")
    crm.get_by_role("link", name="Edit").click()
    crm.get_by_label("ARR", exact=True).fill("1")
    crm.get_by_role("button", name="Save").click()
    expect(crm.get_by_role("link", name="Edit")).to_be_visible()
    stage.world.settle_down()
    expect(crm.get_by_text("12,000.00")).to_be_visible()
    expect(why(page).locator("p", has_text="HubSpot said 1.00 USD until")).to_contain_text("Edited by Lou Nobody.")
    expect(why(page).locator("p", has_text="HubSpot said 9,600.00 USD until")).not_to_contain_text("Edited by")


def test_several_records_of_one_system_stand_in_one_column(stage: Stage, open_page: Open) -> None:
    page = open_page()
    page.goto(stage.four(who.MARMALADE))
    expect(page.locator('iframe[title*="in Stripe"]')).to_have_count(2)
    expect(why(page).get_by_text("Sum of 2 subscriptions of 2 Stripe customers: 6,000.00 USD + 6,600.00 USD.")).to_be_visible()
    page.goto(stage.four(who.HORIZON))
    expect(why(page).get_by_text("side by side, never added")).to_be_visible()


def test_who_is_not_in_a_system_is_said_so(stage: Stage, open_page: Open) -> None:
    page = open_page()
    page.goto(stage.four(who.MUSEUM))
    for system in ("HubSpot", "Zendesk", "Mixpanel"):
        expect(page.get_by_text(f"not in {system}")).to_be_visible()


def test_renewing_can_be_stopped(stage: Stage, open_page: Open) -> None:
    page = open_page()
    page.goto(stage.four(who.TEAPOT))
    page.get_by_role("link", name="Stop").click()
    expect(page.get_by_role("link", name="Show it live")).to_be_visible()
    assert all("live" not in frame.url for frame in page.frames)


def test_the_tour_has_twelve_cards_with_links(stage: Stage, open_page: Open) -> None:
    page = open_page()
    page.goto(f"{stage.url}/tour")
    expect(page.get_by_role("article")).to_have_count(12)
    for scene in SCENES:
        card = page.locator(f"#scene-{scene.number}")
        expect(card.get_by_text(f"hub demo scene {scene.number}", exact=True)).to_be_visible()
        for name in scene.customers:
            expect(card.get_by_role("link", name=name, exact=False).first).to_be_visible()
    page.get_by_role("link", name=f"{who.TEAPOT} in four windows").click()
    expect(agreed(page).get_by_text(who.TEAPOT)).to_be_visible()


def test_only_the_practice_systems_are_framed_and_only_by_this_machine(stage: Stage, open_page: Open) -> None:
    page = open_page()
    answer = page.goto(stage.four(who.TEAPOT))
    assert answer is not None
    rules = dict(rule.strip().split(" ", 1) for rule in answer.headers["content-security-policy"].split(";"))
    assert set(rules["frame-src"].split()) == {"'self'", *(twin.url for twin in stage.world.twins.values())}
    assert rules["frame-ancestors"] == "'none'"
    assert rules["default-src"] == "'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    home = page.goto(stage.url)
    assert home is not None
    assert "frame-src" not in home.headers["content-security-policy"]


def test_everybody_can_use_the_pages(stage: Stage, open_page: Open) -> None:
    for how in ({"color_scheme": "light"}, {"color_scheme": "dark"}, {"viewport": {"width": 360, "height": 720}}):
        page = open_page(**how)
        for path in ("/tour", "/windows", f"/windows/{stage.golden(who.TEAPOT)}?still=true"):
            page.goto(f"{stage.url}{path}")
            for frame in page.frames:
                assert (path, frame.url, broken(frame), sideways(frame)) == (path, frame.url, [], 0)


@pytest.mark.parametrize(("width", "columns"), [(1280, 4), (900, 2), (360, 1)])
def test_four_columns_on_a_desk_one_on_a_phone(stage: Stage, open_page: Open, width: int, columns: int) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    page.goto(f"{stage.four(who.TEAPOT)}?still=true")
    places = [box["x"] for part in page.locator(".windows section").all() if (box := part.bounding_box()) is not None]
    assert (len(places), len(set(places))) == (4, columns)


def test_in_a_language_from_right_to_left_the_first_window_is_on_the_right(
    stage: Stage, open_page: Open, settings: Settings
) -> None:
    with app(settings.model_copy(update={"lang": "ar"})) as url:
        page = open_page()
        page.goto(stage.four(who.TEAPOT).replace(stage.url, url) + "?still=true")
        places = [box["x"] for part in page.locator(".windows section").all() if (box := part.bounding_box()) is not None]
        assert places == sorted(places, reverse=True)
        assert sideways(page) == 0


def test_an_unknown_customer_is_told(stage: Stage, open_page: Open) -> None:
    answer = open_page().request.get(f"{stage.url}/windows/accnobody")
    assert (answer.status, "There is no account accnobody." in answer.text()) == (404, True)
