"""The README's picture: made with CONCORD_PICTURES=1, otherwise held to what its words for those who cannot see it say."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from stage import Stage

from hub.practice.story import situations as who

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "four-windows.png"
ALT = (
    "One customer, Wobbly Teapot Works, side by side in four practice systems. Stripe bills 40 seats at $25.00 a month. "
    "HubSpot shows an ARR of 12,000.00 USD. Zendesk and Mixpanel show 39 active users. Underneath: 12,000.00 USD, because only "
    "Stripe may set ARR. HubSpot said 9,600.00 USD until Concord put 12,000.00 USD there."
)
"""Stands beside the picture wherever it is shown."""
SHOWN = {
    "in Stripe": ("PRACTICE", who.TEAPOT, "40 \N{MULTIPLICATION SIGN} $25.00 USD / month", "active"),
    "in HubSpot": ("PRACTICE", who.TEAPOT, "12,000.00", "USD"),
    "in Zendesk": ("PRACTICE", who.TEAPOT, "39"),
    "in Mixpanel": ("PRACTICE", "39"),
    "What is agreed": (who.TEAPOT, "12,000.00 USD"),
    "Why the ARR is what it is": (
        "12,000.00 USD, because only Stripe may set ARR.",
        "HubSpot said 9,600.00 USD until",
        "Concord put 12,000.00 USD there",
    ),
}


def test_the_picture_of_the_readme_is_still_true(stage: Stage, open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{stage.four(who.TEAPOT)}?still=true")
    for title, texts in SHOWN.items():
        for text in texts:
            expect(page.frame_locator(f'iframe[title*="{title}"]').locator("body")).to_contain_text(text)
    if os.environ.get("CONCORD_PICTURES") == "1":
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE, full_page=True)
    readme = (PICTURE.parents[2] / "README.md").read_text()
    assert f"![{ALT}](docs/pictures/{PICTURE.name})" in readme
