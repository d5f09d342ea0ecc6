"""What the browser is put before: the story's situations in all four practice systems, a hub, and the demo's web app."""

from __future__ import annotations

import dataclasses
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import uvicorn
from machine import until
from sqlalchemy import Engine
from worlds import World, populated, world

from connectors.kit.contract import Served
from connectors.kit.screens.asked import link
from hub import home
from hub.practice import twins
from hub.practice.faces.app import make_app
from hub.practice.story.world import world as story
from hub.settings import Settings
from hub.web import patient

SITUATIONS = 14
"""The first customers of the story are those that its scenes are about."""


@dataclasses.dataclass
class Stage:
    world: World
    url: str

    def page(self, system: str, object: str, id: str, **way: str | int | None) -> str:
        """A practice system's own page of one record."""
        return f"{self.world.twins[system].url}{link('records', object, id, **way)}"

    def four(self, name: str) -> str:
        """The four windows of that customer."""
        return f"{self.url}/windows/{self.golden(name)}"

    def golden(self, name: str) -> str:
        [row] = self.world.rows("SELECT id FROM golden WHERE entity = 'account' AND values->>'name' = :name", name=name)
        return str(row[0])

    def company(self, name: str) -> str:
        """Its id in the practice HubSpot."""
        rows = self.world.twins["hubspot"].table("companies").values()
        return next(row["id"] for row in rows if row["properties"]["name"] == name)

    def held(self, system: str, object: str, id: str) -> Any:
        return self.world.twins[system].table(object)[id]


@contextmanager
def staged(engine: Engine, settings: Settings) -> Iterator[Stage]:
    told = story(7, datetime.now(UTC).date())
    customers = dataclasses.replace(told, customers=told.customers[:SITUATIONS])
    with world(engine, settings, populated(customers, twins.offered())) as made:
        home.make(settings.home / "twins")
        for name, twin in made.twins.items():
            at_once(twin)
            twins.write_address(settings.home, Served(name, twin.url, twin.config(), twin.webhook_secret))
        made.settle_down()
        with app(settings) as url:
            yield Stage(made, url)


def at_once(twin: Any) -> None:
    """What is read late is somebody else's test."""
    for name in ("lag", "withheld", "index_lag"):
        if hasattr(twin, name):
            setattr(twin, name, 0.0)


@contextmanager
def app(settings: Settings) -> Iterator[str]:
    made = make_app(settings)
    pool = made.state.engine.pool
    server = uvicorn.Server(uvicorn.Config(made, **patient.options()))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        until(lambda: server.started, 10, "it listens")
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
        until(lambda: pool.checkedout() == 0, 20, "what a page that is gone had asked is answered")
        pool.dispose()
