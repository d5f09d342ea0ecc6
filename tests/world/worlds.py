"""A world: twins served over HTTP, a real database, and a hub between them, stepped by the test."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, text

from connectors.kit.practice import World as Customers
from connectors.kit.serving import Running, serve, stop
from connectors.kit.twin import Twin
from hub import connections
from hub.catalog import load_catalog
from hub.context import Hub
from hub.opening import make_hub
from hub.outbound import Delivery, deliver_allowed
from hub.runs import Outcome
from hub.settings import Settings
from hub.sync import sync

READS = ("/search", "/read", "/engage", "/oauth/tokens")
"""POSTs that change no record."""
WRITES = ("POST", "PATCH", "PUT", "DELETE")


@dataclasses.dataclass
class World:
    """`hub` is replaced by `restart`: what a process forgets is forgotten."""

    hub: Hub
    twins: dict[str, Twin]

    def read(self, *names: str) -> dict[str, Outcome]:
        """One run of each connection, in the order given (all by name)."""
        outcomes = {}
        for name in names or sorted(self.twins):
            outcome = sync(self.hub, self.connection(name), by="test")
            assert outcome is not None
            outcomes[name] = outcome
        return outcomes

    def deliver(self, *names: str, confirm: bool = True) -> dict[str, Delivery]:
        return {
            name: deliver_allowed(self.hub, self.connection(name), by="test", confirm=confirm)
            for name in names or sorted(self.twins)
        }

    def settle_down(self, rounds: int = 6) -> int:
        """Read and deliver until a whole round has neither news nor writes; returns how many rounds that took."""
        for count in range(1, rounds + 1):
            news = sum(outcome.news for outcome in self.read().values())
            sent = sum(delivery.records for delivery in self.deliver().values())
            if news == sent == 0:
                return count
        raise AssertionError(f"not quiet after {rounds} rounds")

    def waiting_is_over(self) -> None:
        """The back-off of every open write has passed: nobody sleeps for it."""
        with self.hub.engine.begin() as database:
            database.exec_driver_sql("UPDATE intent SET next_at = 0 WHERE status IN ('planned', 'unclear')")

    def connection(self, name: str) -> connections.Connection:
        with self.hub.engine.connect() as database:
            return connections.load(self.hub, database)[name]

    def writes(self, name: str) -> list[dict[str, Any]]:
        """What the twin saw that changes something: read in its own log, searches and batch reads left out."""
        return [call for call in self.twins[name].log.since(0) if is_write(call)]

    def rows(self, sql: str, **values: Any) -> list[Any]:
        with self.hub.engine.connect() as database:
            return list(database.execute(text(sql), values))

    def golden(self, key: str) -> dict[str, Any]:
        """The agreed values of a record, by its record key."""
        connection, object, id = key.split(":", 2)
        found = self.rows(
            "SELECT g.values FROM record r JOIN golden g ON g.id = r.golden_id WHERE r.connection = :c AND r.object = :o AND r.external_id = :e",
            c=connection,
            o=object,
            e=id,
        )
        return dict(found[0][0])

    def restart(self) -> None:
        """Another process takes over: nothing in memory survives."""
        self.hub = dataclasses.replace(make_hub(self.hub.settings, self.hub.engine), twin_hosts=self.hub.twin_hosts)


def is_write(call: Mapping[str, Any]) -> bool:
    path = str(call["path"])
    return call["method"] in WRITES and not path.endswith(READS) and "/_twin/" not in path


@contextmanager
def world(
    engine: Engine, settings: Settings, data: Mapping[str, Any], *, writes: str = "on", rules: str | None = None
) -> Iterator[World]:
    """`data`: twin name → vendor-shaped rows by object. `rules`: the text of another rules.yaml."""
    hub = make_hub(settings, engine, catalog=None if rules is None else load_catalog(rules_file=rules))
    running: list[Running] = []
    try:
        twins = {}
        for name, rows in data.items():
            kind = hub.catalog.plugin(name).twin
            assert kind is not None
            twin = kind(data=rows)
            twin.hurry()
            for wait in ("lag", "withheld"):  # what is read late is the conformance suite's business; here a round is a round
                if hasattr(twin, wait):
                    setattr(twin, wait, 0.0)
            running.append(serve(twin))
            twins[name] = twin
        hub = dataclasses.replace(hub, twin_hosts=frozenset(one.url.partition("//")[2] for one in running))
        with engine.begin() as database:
            for one in running:
                connections.add(hub, database, one.name, one.name, one.config, writes=writes)
        yield World(hub, twins)
    finally:
        for one in running:
            stop(one)


KEPT = ("alembic_version", "fact", "person", "snapshot", "signature", "adjustment")
"""This hub's own facts, so that it is the same hub, and what is only ever added to."""


def emptied(engine: Engine) -> None:
    """Nothing was ever read."""
    with engine.begin() as database:
        tables = [row[0] for row in database.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        database.exec_driver_sql(f"TRUNCATE {', '.join(table for table in tables if table not in KEPT)}")


def populated(customers: Customers, hub_names: Iterable[str] = ("stripe", "hubspot")) -> dict[str, Any]:
    """Every twin told of the same customers, each in its own (wrong) way."""
    from connectors.kit import registry

    plugins = registry.discover()
    data = {}
    for name in hub_names:
        populate = plugins.get(name).populate
        assert populate is not None
        data[name] = populate(customers)
    return data
