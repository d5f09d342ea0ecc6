"""A small world: two practice systems in this process, and a hub over a database of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine

from connectors.kit.serving import Running, serve, stop
from hub import connections
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

    def edit(self, where: str, object: str, id: str, /, **values: Any) -> None:
        """What a person changes in the vendor's own pages."""
        self.running[where].twin.edit(object, id, **values)


@pytest.fixture
def stage(engine: Engine, settings: Settings) -> Iterator[Stage]:
    made = Stage(make_hub(settings, engine))
    world = invented(6, 7, TODAY)
    for name in ("stripe", "hubspot"):
        plugin = made.hub.catalog.plugin(name)
        assert plugin.twin is not None and plugin.populate is not None
        made.running[name] = serve(plugin.twin(data=plugin.populate(world)))
    hosts = frozenset(urlsplit(each.url).netloc for each in made.running.values())
    made.hub = dataclasses.replace(made.hub, twin_hosts=hosts)
    with made.hub.engine.begin() as database:
        for name, running in made.running.items():
            connections.add(made.hub, database, name, name, running.config, writes="on")
    yield made
    for running in made.running.values():
        stop(running)
