"""A real Chromium before real practice systems and a real hub. Without one, one test says so and the rest stand back."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import chromium, launched
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, sync_playwright
from sqlalchemy import Engine

from hub.settings import Settings

HERE = Path(__file__).parent
FINDS_ONE = "test_a_chromium_is_there"
sys.path.append(str(HERE.parent / "world"))  # worlds.py: the same hub and practice systems as there


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = [item for item in items if HERE in item.path.parents]
    off = os.environ.get("BROWSER") == "no"
    missing = bool(ours) and not off and chromium() is None
    for item in ours:
        item.add_marker(pytest.mark.browser)
        if off:
            item.add_marker(pytest.mark.skip(reason="BROWSER=no"))
        elif missing and not item.name.startswith(FINDS_ONE):
            item.add_marker(pytest.mark.skip(reason="no Chromium: one test fails for all"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launched(playwright)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Pages of a fresh profile. Afterwards: no script failed, nothing was complained of, and nobody but this machine was asked."""
    told: list[str] = []
    contexts = []

    def hear(said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            told.append(f"console {said.type}: {said.text}")

    def dismiss(dialog: Dialog) -> None:
        told.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open_page(**how: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: told.append(f"script: {error}"))
        page.on("dialog", dismiss)
        context.on("request", lambda asked: None if asked.url.startswith("http://127.0.0.1:") else told.append(asked.url))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert told == []


@pytest.fixture
def stage(engine: Engine, settings: Settings) -> Iterator[Any]:
    """The first fourteen customers of the story in all practice systems, agreed, and the demo's web app."""
    from stage import staged

    with staged(engine, settings) as made:
        yield made
