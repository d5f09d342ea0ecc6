"""Which Chromium drives these tests, and how it is started: it can resolve no name, so it can ask nobody but this machine."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = "There is no Chromium that starts here. Run `make browser`, or `BROWSER=no make test` to leave these tests out."
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@cache
def chromium() -> str | None:
    """On the path, else the one that Playwright has installed."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def launched(playwright: Playwright) -> Browser:
    own = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's sandbox refuses root
    return playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *own])
