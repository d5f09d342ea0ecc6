"""Stripe's twin and connector on a stage of their own, and rows to put there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.kit.bench import Bench
from connectors.kit.conformance import Scene
from connectors.kit.guard import Guard
from connectors.kit.lending import Lending
from connectors.kit.serving import serve, stop
from connectors.kit.twin_clock import TwinClock
from connectors.stripe import CONNECTOR, TWIN
from connectors.stripe import twin_shapes as shapes

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NOW = int(START.timestamp())
DAY = 86_400
PERIOD = (NOW - DAY, NOW + 29 * DAY)
Rows = dict[str, list[dict[str, Any]]]
Open = Callable[..., Scene]  # rows by object -> a scene, closed when the test ends


def opened(data: Rows) -> Scene:
    twin = TWIN(clock=TwinClock(START, speed=0), data=data)
    served = serve(twin)
    bench = Bench(twin.clock, CONNECTOR.facts.limits)
    lending = Lending(bench, Guard(frozenset({served.url.partition("://")[2]})))
    return Scene(twin, served, bench, lending, CONNECTOR(CONNECTOR.config_model(**twin.config()), lending))


def closed(scene: Scene) -> None:
    stop(scene.served)
    scene.lending.close()


def customers(count: int) -> list[dict[str, Any]]:
    return [shapes.customer(f"cus_{n:05}", NOW - 90 * DAY + n, live=True, name=f"Customer {n}") for n in range(count)]


def price(id: str = "price_1", unit: int | None = 2500, currency: str = "usd", **given: Any) -> dict[str, Any]:
    return shapes.price(id, NOW - DAY, "prod_1", currency=currency, interval="month", unit=unit, **given)


def item(n: int, of: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    return {**shapes.item(f"si_{n}", NOW, "sub_1", of or price(), quantity=3, period=PERIOD), **given}


def only(scene: Scene, object: str, cursor: str | None = None) -> dict[str, Any]:
    (record,) = scene.records(object, cursor)
    return json.loads(record.body)


@pytest.fixture
def world() -> Iterator[Open]:
    scenes: list[Scene] = []

    def one(**data: list[dict[str, Any]]) -> Scene:
        scenes.append(opened(data))
        return scenes[-1]

    yield one
    for scene in scenes:
        closed(scene)
