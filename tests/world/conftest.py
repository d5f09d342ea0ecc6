"""Small worlds for tests: a dozen invented customers, or companies that a test writes down itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from worlds import World, populated, world

from hub.practice.customers import invented
from hub.settings import Settings


@pytest.fixture
def make_world(engine: Engine, settings: Settings) -> Iterator[Callable[..., World]]:
    with ExitStack() as stack:

        def make(
            data: dict[str, Any] | None = None, *, customers: int = 8, writes: str = "on", rules: str | None = None
        ) -> World:
            told = data if data is not None else populated(invented(customers, 7, date(2026, 11, 22)))
            return stack.enter_context(world(engine, settings, told, writes=writes, rules=rules))

        yield make
