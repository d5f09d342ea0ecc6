"""A small world: two practice systems in this process, and a hub over a database of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine

from connectors.kit.serving import Running, serve, stop
from connectors.kit.twin_clock import TwinClock
from hub import connections
from hub.clock import ManualClock
from hub.context import Hub
from hub.opening import make_hub
from hub.outbound import Delivery, deliver_allowed
from hub.practice.customers import invented
from hub.runs import Outcome
from hub.settings import Settings
from hub.sync import sync

TODAY = date(2026, 11, 1)


@dataclass
class Stage:
    """The hub, and the practice systems by connection name."""

    hub: Hub
    running: dict[str, Running] = field(default_factory=dict)

    def sync(self, *names: str) -> list[Outcome]:
        with self.hub.engine.connect() as database:
            known = connections.load(self.hub, database)
        outcomes = [sync(self.hub, known[name], by="test") for name in names or known]
        assert all(each is not None and each.status == "succeeded" for each in outcomes), outcomes
        return [each for each in outcomes if each is not None]

    def deliver(self, *names: str) -> list[Delivery]:
        with self.hub.engine.connect() as database:
            known = connections.load(self.hub, database)
        return [deliver_allowed(self.hub, known[name], by="test", confirm=True) for name in names or known]

    def wait(self, seconds: float) -> None:
        """Time passes for all: what a vendor's search shows late is there afterwards."""
        assert isinstance(self.hub.clock, ManualClock)
        self.hub.clock.advance(seconds)
        for running in self.running.values():
            running.twin.clock.set(self.hub.clock.now(), speed=0)

    def edit(self, where: str, object: str, id: str, /, **values: Any) -> None:
        """What a person changes in the vendor's own pages."""
        self.wait(5)
        self.running[where].twin.edit(object, id, **values)
        self.wait(5)


@pytest.fixture
def stage(engine: Engine, settings: Settings) -> Iterator[Stage]:
    start = datetime(2026, 11, 1, 12, tzinfo=UTC)
    made = Stage(make_hub(settings, engine, clock=ManualClock(start)))
    world = invented(6, 7, TODAY)
    for name in ("stripe", "hubspot"):
        plugin = made.hub.catalog.plugin(name)
        assert plugin.twin is not None
        assert plugin.populate is not None
        made.running[name] = serve(plugin.twin(data=plugin.populate(world), clock=TwinClock(start, speed=0)))
    hosts = frozenset(urlsplit(each.url).netloc for each in made.running.values())
    made.hub = dataclasses.replace(made.hub, twin_hosts=hosts)
    with made.hub.engine.begin() as database:
        for name, running in made.running.items():
            connections.add(made.hub, database, name, name, running.config, writes="on")
    yield made
    for running in made.running.values():
        stop(running)
