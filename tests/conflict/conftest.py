"""Each promise is a property in two forms: short in every run, long (`-m long`, CONCORD_EXAMPLES) before a release."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", params=["short", pytest.param("long", marks=pytest.mark.long)])
def form(request: pytest.FixtureRequest) -> str:
    """Selects a promise once for the short and once for the long run; see `histories.promise`."""
    return str(request.param)
