"""Practice systems that really tell, a server that really listens: an edit there is known here, however badly it was told."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from callers import rows
from machine import until
from sqlalchemy import Engine
from web_server import served

from connectors.kit import registry
from connectors.kit.contract import Request
from connectors.kit.faults import Fault
from connectors.kit.outbox import Sent
from connectors.kit.serving import serve, stop
from connectors.kit.twin import Twin
from hub import again, connections
from hub.connections import Connection
from hub.context import Hub
from hub.hooks.ring import ring
from hub.opening import make_hub
from hub.practice.customers import invented
from hub.settings import Settings
from hub.sync import reread, sync


@dataclass
class Scene:
    """One practice system that tells the hub's web server, and the hub behind it. What was told at its start is done."""

    hub: Hub
    twin: Twin
    client: httpx.Client

    @property
    def connection(self) -> Connection:
        with self.hub.engine.connect() as database:
            return connections.load(self.hub, database)[self.twin.name]

    def heard(self, count: int) -> None:
        until(lambda: self.told() == count, 20, f"{count} webhooks were told")

    def told(self) -> int:
        return int(rows(self.hub.engine, "SELECT coalesce(sum(told), 0) FROM inbox")[0][0])

    def read(self) -> None:
        assert reread(self.hub, self.connection) is not None

    def states(self) -> list[Any]:
        return [row[0] for row in rows(self.hub.engine, "SELECT state FROM inbox ORDER BY id")]

    def name(self, id: str) -> Any:
        query = f"SELECT g.values->>'name' FROM record r JOIN golden g ON g.id = r.golden_id WHERE r.external_id = '{id}'"
        return rows(self.hub.engine, query)[0][0]


@pytest.fixture
def scene(request: pytest.FixtureRequest, settings: Settings, engine: Engine) -> Iterator[Scene]:
    name = request.param
    plugin = registry.discover().get(name)
    assert plugin.twin is not None
    assert plugin.populate is not None
    running = serve(plugin.twin(data=plugin.populate(invented(4, 7, date(2026, 11, 1)))))
    hub = dataclasses.replace(make_hub(settings, engine), twin_hosts=frozenset({running.url.partition("//")[2]}))
    with engine.begin() as database:
        connections.add(hub, database, name, name, running.config)
    with served(settings) as client:
        running.twin.outbox.urls.append(f"{str(client.base_url).rstrip('/')}/hooks/{name}")
        scene = Scene(hub, running.twin, client)
        assert sync(hub, scene.connection) is not None
        yield scene
        stop(running)


STRIPE = pytest.mark.parametrize("scene", ["stripe"], indirect=True)
HUBSPOT = pytest.mark.parametrize("scene", ["hubspot"], indirect=True)
BOTH = pytest.mark.parametrize("scene", ["stripe", "hubspot"], indirect=True)


def subject(twin: Twin) -> tuple[str, str]:
    object = {"stripe": "customers", "hubspot": "companies"}[twin.name]
    return object, min(twin.table(object))


@BOTH
def test_an_edit_is_told_read_and_done(scene: Scene) -> None:
    object, id = subject(scene.twin)
    scene.twin.edit(object, id, name="Told by a bell Ltd")
    scene.heard(1)
    assert scene.states() == ["waiting"]
    scene.read()
    assert scene.states() == ["done"]
    assert scene.name(id) == "Told by a bell Ltd"
    assert rows(scene.hub.engine, "SELECT count(*) FROM refetch") == [(0,)]


@BOTH
def test_pain_13_twice_late_and_overtaken_change_nothing(scene: Scene) -> None:
    """Out-of-order webhooks put old state over new (stripe-cli #418, cashier-stripe #1201, Ghost Members #240, onetimesecret #3692)."""
    object, id = subject(scene.twin)
    for fault, value in ((Fault.SWAPPED_WEBHOOKS, None), (Fault.LATE_WEBHOOK, "1"), (Fault.DUPLICATE_WEBHOOK, None)):
        scene.twin.armed.arm(fault, value=value)
        scene.twin.edit(object, id, name=f"Older, {fault}")
        scene.twin.clock.advance(0.01)  # HubSpot tells events apart by their millisecond
        scene.twin.edit(object, id, name=f"Newest, after {fault}")
        scene.twin.clock.advance(0.01)
    scene.heard(7)
    scene.read()
    assert scene.name(id) == "Newest, after duplicate_webhook"
    assert set(scene.states()) == {"done"}
    assert len(scene.states()) == 6
    changes = rows(scene.hub.engine, "SELECT count(*) FROM change WHERE fields LIKE '%Older%'")
    assert changes == [(0,)]


@BOTH
def test_lost_webhooks_are_found_by_polling(scene: Scene) -> None:
    object, id = subject(scene.twin)
    scene.twin.armed.arm(Fault.LOST_WEBHOOK)
    scene.twin.edit(object, id, name="Never told Ltd")
    if scene.twin.name == "hubspot":
        scene.twin.clock.advance(60)  # its search knows by then
    assert sync(scene.hub, scene.connection) is not None
    assert (scene.told(), scene.name(id)) == (0, "Never told Ltd")


@STRIPE
def test_the_secret_is_changed_without_losing_one(scene: Scene) -> None:
    """Stripe signs with both while the old one lives."""
    object, id = subject(scene.twin)
    scene.twin.rotate()
    scene.twin.edit(object, id, name="Signed with both")
    scene.heard(1)


@HUBSPOT
def test_the_client_secret_is_changed_without_losing_one(scene: Scene) -> None:
    """HubSpot signs with the new one at once: it is told again until the hub knows it."""
    object, id = subject(scene.twin)
    old, config = scene.twin.webhook_secret, scene.twin.config()
    scene.twin.rotate()
    scene.twin.edit(object, id, name="Signed with the new one")
    until(lambda: scene.twin.outbox.sent[0].status == 401, 10, "it was refused")
    until_then = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    changed = {
        "client_secret": scene.twin.webhook_secret,
        "client_secret_before": old,
        "client_secret_before_until": until_then,
    }
    with scene.hub.engine.begin() as database:
        connections.add(scene.hub, database, "hubspot", "hubspot", config | changed, replace=True)
    scene.heard(1)


@HUBSPOT
def test_a_burst_comes_in_batches(scene: Scene) -> None:
    ids = sorted(scene.twin.table("contacts"))
    for id in ids:
        scene.twin.edit("contacts", id, jobtitle="Chief Burst Officer")
    scene.heard(len(ids))
    scene.read()
    assert set(scene.states()) == {"done"}


@STRIPE
def test_what_is_told_while_its_record_is_read_waits_for_another_read(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    object, id = subject(scene.twin)
    scene.twin.outbox.holding = True
    for name in ("First", "Second"):
        scene.twin.edit(object, id, name=name)
    first, second = map(asked, scene.twin.outbox.sent)
    ring(scene.hub, scene.connection, first)
    after_the_second: list[Any] = []
    fetch = again.fetched

    def fetched(*about: Any) -> Any:
        """The second one is told when the answer to the first is under way."""
        answer = fetch(*about)
        if not after_the_second:
            ring(scene.hub, scene.connection, second)
        after_the_second.append(scene.states())
        return answer

    monkeypatch.setattr(again, "fetched", fetched)
    scene.read()
    assert after_the_second == [["waiting", "waiting"]] * 2
    assert scene.states() == ["done", "done"]


def asked(sent: Sent) -> Request:
    """What the twin signed, as the hub gets it."""
    return Request("POST", sent.url, {name.lower(): value for name, value in sent.headers.items()}, sent.body.encode())
