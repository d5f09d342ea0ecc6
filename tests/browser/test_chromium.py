"""One clear advice where there is no browser."""

from __future__ import annotations

import pytest
from chromium import ADVICE, chromium
from playwright.sync_api import Error


def test_a_chromium_is_there(request: pytest.FixtureRequest) -> None:
    if chromium() is None:
        pytest.fail(ADVICE, pytrace=False)
    try:
        assert request.getfixturevalue("browser").is_connected()
    except Error as error:
        pytest.fail(f"{ADVICE}\n{error.message}", pytrace=False)
