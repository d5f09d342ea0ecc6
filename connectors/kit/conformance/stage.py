"""What a connector's test names, and the scene that each test plays in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr

from connectors.kit.bench import CALM, HASTY, Bench
from connectors.kit.contract import Change, Connector, Page, Record, Ref, Verb
from connectors.kit.faults import Fault
from connectors.kit.guard import Guard
from connectors.kit.lending import Lending
from connectors.kit.oauth import InMemory
from connectors.kit.playing import copied
from connectors.kit.serving import Running, serve, stop
from connectors.kit.twin import Twin
from connectors.kit.twin_clock import TwinClock

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SETTLED = 600.0  # seconds after which every vendor shows what it was told


@dataclass
class Scene:
    """One twin, served, and one connector that was lent the way to it."""

    twin: Twin
    served: Running
    bench: Bench
    lending: Lending
    connector: Connector

    def pages(self, object: str, cursor: str | None = None) -> list[Page]:
        return list(self.connector.pull(object, cursor))

    def records(self, object: str, cursor: str | None = None) -> list[Record]:
        return [record for page in self.pages(object, cursor) for record in page.records]

    def living(self, object: str) -> dict[str, Record]:
        """By id, what a pull from nothing shows."""
        latest = {record.id: record for record in self.records(object)}
        return {id: record for id, record in latest.items() if not record.deleted}

    def last_cursor(self, object: str) -> str | None:
        return self.pages(object)[-1].cursor

    def push(self, object: str, verb: Verb, id: str | None, data: Mapping[str, Any], **more: Any) -> Record:
        key = more.pop("key", f"concord-test-{verb}-{id}-{json.dumps(data, sort_keys=True)}")
        return self.connector.push(Change(object, verb, id, data, key=key, **more))

    def settle(self) -> None:
        self.twin.clock.advance(SETTLED)

    def arm(self, fault: Fault, *, times: int = 1, match: str = "", value: str | None = None) -> None:
        self.bench.bounds = HASTY if fault in {Fault.HANG, Fault.SLOW} else CALM
        self.twin.armed.arm(fault, times=times, match=match, value=value)

    def calm(self) -> None:
        """The weather clears."""
        self.twin.armed.clear()
        self.bench.bounds = CALM

    def asked(self, method: str = "") -> list[str]:
        """What the twin was asked, as "METHOD /path"."""
        return [f"{e.method} {e.path}" for e in self.twin.log.entries if e.method == method or not method]

    @property
    def secrets(self) -> list[str]:
        config = self.connector.config
        values = [getattr(config, name) for name in type(config).model_fields]
        learned = sorted(self.bench.hidden)
        return [value.get_secret_value() for value in values if isinstance(value, SecretStr)] + learned


class Stage:
    """`data`: rows the twin starts with, at least three of `object`, which the suite edits.

    `edit`, `clear`, `create`: `Change.data` in the vendor's shape (None: the verb is not declared, or nothing can be blank).
    `screen`: keyword arguments of `twin.edit`, as a person types them; `shown`: what the record then holds (default: the same).
    `keyed`: the vendor knows idempotency keys. `versioned`: it refuses a write on an old version.
    """

    connector: ClassVar[type[Connector]]
    twin: ClassVar[type[Twin]]
    data: ClassVar[Mapping[str, list[dict[str, Any]]]]
    object: ClassVar[str]
    edit: ClassVar[Mapping[str, Any] | None] = None
    clear: ClassVar[Mapping[str, Any] | None] = None
    create: ClassVar[Mapping[str, Any] | None] = None
    screen: ClassVar[Mapping[str, Any]]
    shown: ClassVar[Mapping[str, Any] | None] = None
    keyed: ClassVar[bool] = True
    versioned: ClassVar[bool] = False

    def settings(self, twin: Twin) -> dict[str, Any]:
        """The connection's settings; override it to add some."""
        return twin.config()

    def ids(self, object: str) -> set[str] | None:
        """The ids that a full read must show; None where `data` does not say."""
        return {str(row["id"]) for row in self.data[object]} if object in self.data else None

    def holds(self, body: Any, data: Any) -> bool:
        """Whether a record shows `data`: every leaf of it, where blank, null and absent are one."""
        if isinstance(data, Mapping):
            return all(self.holds(body.get(key) if isinstance(body, Mapping) else None, value) for key, value in data.items())
        return (body in (None, "", [], {})) if data in (None, "", [], {}) else bool(body == data)

    @pytest.fixture
    def scene(self) -> Iterator[Scene]:
        with self.play() as scene:
            yield scene

    @contextmanager
    def play(self) -> Iterator[Scene]:
        twin = self.twin(seed=7, clock=TwinClock(START, speed=0), data=copied(dict(self.data)))
        served = serve(twin)
        bench = Bench(twin.clock, self.connector.facts.limits)
        lending = Lending(bench, Guard(frozenset({served.url.partition("://")[2]})), reads=self.connector.facts.reads)
        try:
            yield Scene(twin, served, bench, lending, self.connect(twin, lending))
        finally:
            stop(served)
            lending.close()

    def connect(self, twin: Twin, lending: Lending, **changed: Any) -> Connector:
        settings = {**self.settings(twin), **changed}
        lending.tokens = InMemory(lending.now, settings.get("refresh_token"))
        config = self.connector.config_model.model_validate(settings)
        return self.connector(config, lending)

    def one(self, scene: Scene) -> Record:
        """A living record of `object`: always the same."""
        return min(scene.living(self.object).values(), key=lambda record: record.id)


def body(record: Record) -> Any:
    return json.loads(record.body)


def ref(record: Record) -> Ref:
    return Ref(record.object, record.id)
