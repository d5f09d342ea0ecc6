"""A small world for the promises: three vendors, one entity, and the real code between them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from conflict import storage
from conflict.plan import Due, due, unmoved
from conflict.rules import BoundRules, load_rules
from conflict.settle import Settled, settle
from conflict.sheet import Read, Sent, Sheet, answered, fold
from mappings.fields import Entity, Field
from mappings.types import Bool, Consent, Int, Map, Phone, Set, Text

EXAMPLES = int(os.environ.get("CONCORD_EXAMPLES", "200"))
CONNECTIONS = ("a", "b", "c")
ENTITY = Entity(
    "account",
    "Account",
    {
        name: Field(name, type, name, name)
        for name, type in (
            ("f", Int()),
            ("name", Text()),
            ("phone", Phone()),
            ("flag", Bool()),
            ("tags", Set(Text())),
            ("marks", Map(Int())),
            ("consents", Map(Consent())),
        )
    },
)
FIELDS = {name: SimpleNamespace(way="both") for name in ENTITY.fields}


def promise(test: Callable[..., None]) -> Callable[..., None]:
    """A property with at least 200 histories, and with CONCORD_EXAMPLES of them in the long form."""
    return pytest.mark.usefixtures("form")(settings(max_examples=max(200, EXAMPLES), deadline=None)(test))


def rules(field: str, base: str = "[a, b, c]") -> BoundRules:
    """Rules in which every field follows `field`; what it does not fit follows `*`."""
    named = "".join(f"  {name}: {field}\n" for name in ENTITY.fields if "pick" not in field or name in ("f", "marks"))
    text = f'account:\n  "*": {{order: {base}}}\n{named}'
    return load_rules(text, {"account": ENTITY}, CONNECTIONS).bind({name: frozenset() for name in CONNECTIONS})


def sheet(connection: str, **more: Any) -> Sheet:
    return Sheet(f"{connection}:things:1", connection, "things", "1", "account", {}, **more)


def golden_values(settled: Settled) -> bytes:
    """The agreed values, as a digest sees them."""
    values = {name: ENTITY.fields[name].type.dump(value) for name, value in settled.values.items()}
    return json.dumps(values, sort_keys=True).encode()


def golden_bytes(settled: Settled) -> bytes:
    """Everything that a golden record says, as stored."""
    verdicts = {key: [each.state, each.reason, each.winner, each.rivals] for key, each in settled.verdicts.items()}
    return golden_values(settled) + json.dumps(verdicts, sort_keys=True, default=str).encode()


def stored(sheet: Sheet) -> Sheet:
    """The sheet after a restart."""
    text = json.dumps(storage.dump(sheet, ENTITY))
    return storage.load(
        json.loads(text),
        ENTITY,
        key=sheet.key,
        connection=sheet.connection,
        object=sheet.object,
        id=sheet.id,
        follower=sheet.follower,
    )


class World:
    """Vendors that people edit, and the hub's sheets of them. Every step takes one instant."""

    def __init__(
        self, rules: BoundRules, *, field: str = "f", norm: Callable[[str, Any], Any] = lambda _, value: value
    ) -> None:
        self.rules, self.field, self.norm = rules, field, norm
        self.vendors: dict[str, Any] = {}
        self.edited: dict[str, int] = {}
        self.sheets: dict[str, Sheet] = {}
        self.plans: dict[str, tuple[Due, Sheet]] = {}
        self.flying: dict[str, tuple[Due, Any]] = {}
        self.time = self.writes = 0
        self.last_edit: Any = None

    def edit(self, at: str, value: Any) -> None:
        """A person at the vendor; the webhook rings at once."""
        value = self.norm(at, value)
        if at in self.vendors and self.vendors[at] == value:
            return
        if at in self.vendors:
            self.last_edit = (self.time, value)
        self.vendors[at], self.edited[at] = value, self.time
        self.read(at)

    def read(self, at: str) -> None:
        """What is read while a write is on its way is dropped."""
        if at not in self.vendors or at in self.flying:
            return
        old = self.sheets.get(at)
        proven = {} if old is None else {"proven": self.edited[at] - 1}
        when = Read(self.time, self.time, updated=(self.edited[at], self.edited[at]), position=self.time, **proven)
        self.sheets[at] = fold(old or sheet(at), {self.field: self.vendors[at]}, when, ENTITY).sheet

    def settle(self) -> Settled:
        return settle(ENTITY, self.rules, self.sheets.values(), now=self.time)

    def plan(self, at: str) -> None:
        self.plans.pop(at, None)
        if at in self.sheets and at not in self.flying:
            for each in due(ENTITY, FIELDS, self.settle(), self.sheets[at], "m1"):
                if not each.returned:
                    self.plans[at] = each, self.sheets[at]

    def send(self, at: str) -> None:
        """If a cell has changed since it was planned, the intent is void."""
        if at not in self.plans:
            return
        planned, _ = self.plans.pop(at)
        if not unmoved(planned, self.sheets[at]):
            return
        self.vendors[at] = self.norm(at, planned.value)
        self.flying[at] = planned, self.vendors[at]
        self.writes += 1

    def ack(self, at: str) -> None:
        if at not in self.flying:
            return
        planned, shown = self.flying.pop(at)
        sent = Sent(planned.field, planned.value, planned.cells, planned.origin)
        self.sheets[at] = answered(self.sheets[at], [sent], {self.field: shown}, ENTITY, mapping="m1", position=self.time).sheet
        self.read(at)

    def crash(self, at: str) -> None:
        """Plans are lost, sheets come back from what was stored."""
        self.plans.pop(at, None)
        if at in self.sheets:
            self.sheets[at] = stored(self.sheets[at])

    def step(self, event: tuple[Any, ...]) -> None:
        self.time += 1
        getattr(self, event[0])(*event[1:])

    def run(self, events: Iterable[tuple[Any, ...]]) -> None:
        for event in events:
            self.step(event)

    def quiet(self, rounds: int) -> int:
        """So many rounds without edits; returns how many writes they made."""
        before = self.writes
        for _ in range(rounds):
            for at in CONNECTIONS:
                for verb in ("ack", "read", "plan", "send", "ack"):
                    self.step((verb, at))
        return self.writes - before

    @property
    def flaps(self) -> bool:
        return any(each.reason == "flapping" for each in self.settle().verdicts.values())


connections = st.sampled_from(CONNECTIONS)
numbers = st.integers(0, 9) | st.none()
doings = st.one_of(*(st.tuples(st.just(verb), connections) for verb in ("read", "plan", "send", "ack", "crash")))
histories = st.lists(st.tuples(st.just("edit"), connections, numbers) | doings, max_size=30)
members = st.frozensets(st.sampled_from("xyz"), max_size=3)
set_histories = st.lists(st.tuples(st.just("edit"), connections, members) | doings, max_size=25)
