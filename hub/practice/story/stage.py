"""Where a scene is played: a hub, its practice systems, and the looks that tell what became of an edit."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from connectors.kit.contract import Ref, Served
from hub import connections
from hub.context import Hub
from hub.practice import telling
from hub.practice.story.chorus import chorus
from hub.practice.story.seen import Seen
from hub.practice.story.situations import situations
from hub.practice.twins import titles
from hub.readings.records import show
from hub.readings.rows import fetch
from hub.session import view_of
from hub.words import Problem, text
from mappings.mapping import Mapping as FieldMapping
from mappings.strict_json import load_json

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_LOOKS = re.compile(r"/(search|read|tokens|engage)$|/query/")
"""Requests that only look things up, whatever their method."""


class Place(NamedTuple):
    """A record of a customer or a person (by e-mail) in one system."""

    object: str
    id: str
    golden: str


@cache
def domains() -> Mapping[str, str]:
    """By customer; a name may change while a scene is played, a domain does not."""
    return {firm.name: firm.domain for firm in (*situations(date(2000, 1, 1)), *chorus())}


def entity_of(who: str) -> str:
    """A customer by name, a person by e-mail."""
    return "contact" if "@" in who else "account"


class Stage(ABC):
    """`twins` by connection. Who brings it on says how the hub's work is done."""

    def __init__(self, hub: Hub, twins: Mapping[str, Served]) -> None:
        self.hub, self.twins = hub, twins
        self._titles = titles()
        self._seen = dict.fromkeys(twins, 0)
        self.mark()

    @abstractmethod
    def settle(self) -> None:
        """Everybody is read and written to, until nothing is new."""

    @abstractmethod
    def seconds_until(self, holds: Callable[[], bool]) -> float:
        """How long it took, as people wait for it."""

    @abstractmethod
    def between_reads(self) -> AbstractContextManager[None]:
        """What is edited inside is seen by one look at all systems, before anything is sent."""

    # What people do.

    def edit(self, system: str, place: Place, changes: Mapping[str, Any], by: str = "person") -> None:
        telling.tell(self.twins[system], "edit", object=place.object, id=place.id, changes=dict(changes), actor=by)

    def encoded(self, system: str, place: Place, field: str, value: Any, *, blindly: bool = False) -> dict[str, Any]:
        """A canonical value in the vendor's own shape. `blindly`: without a look at what is there."""
        raw = None if blindly else self.body(system, place)
        return self.mapping(system, place.object).encode({field: value}, raw, creating=True)

    # What is told of it.

    def say(self, msgid: str, **words: Any) -> str:
        return text(msgid, self.hub.settings.lang, **words)

    def saw(self, ok: bool, msgid: str, **words: Any) -> Seen:
        return Seen(ok, self.say(msgid, **words))

    def did(self, msgid: str, **words: Any) -> Seen:
        return Seen(None, self.say(msgid, **words))

    def title(self, system: str) -> str:
        """As its vendor writes itself."""
        return self._titles[system]

    def label(self, who: str, field: str) -> str:
        """As people call it."""
        return self.say(self.hub.catalog.entities[entity_of(who)].fields[field].label)

    # What can be seen.

    def mark(self) -> None:
        """From here on writes are counted."""
        self._seen = {name: len(telling.ask(twin, "log")) for name, twin in self.twins.items()}

    def writes(self, system: str) -> int:
        """In the request log of the practice system, since the mark."""
        return len(self.sent(system))

    def sent(self, system: str) -> list[tuple[str, str]]:
        """Address and body of those writes that reached it."""
        calls = telling.ask(self.twins[system], "log", since=str(self._seen[system]))
        changing = (call for call in calls if call["method"] in _WRITES and not _LOOKS.search(call["path"]))
        return [(f"{call['method']} {call['path']}", call["body"]) for call in changing if call["applied"]]

    def place(self, system: str, who: str) -> Place | None:
        key = f"email:{who}" if "@" in who else f"domain:{domains()[who]}"
        query = (
            "SELECT r.object, r.external_id, r.golden_id FROM record r JOIN record_key k ON k.record_id = r.id"
            " WHERE k.entity = %s AND k.key = %s AND r.connection = %s AND r.deleted IS NULL ORDER BY r.id LIMIT 1"
        )
        found = self.ask(query, entity_of(who), key, system)
        return Place(*found[0]) if found else None

    def there(self, system: str, who: str) -> Place:
        """Raises Problem `story_not_there`."""
        found = self.place(system, who)
        if found is None:
            raise Problem("story_not_there", who=who, system=self.title(system))
        return found

    def golden(self, who: str) -> str:
        """The id of the agreed record. Raises Problem `story_not_there`."""
        for name in self.twins:
            if (place := self.place(name, who)) is not None:
                return place.golden
        raise Problem("story_not_there", who=who, system=", ".join(map(self.title, self.twins)))

    def agreed(self, who: str) -> dict[str, Any]:
        """As JSON."""
        with self.hub.engine.connect() as database:
            return dict(show(self.hub, database, entity_of(who), self.golden(who))["values"])

    def held(self, system: str, place: Place, field: str) -> Any:
        """As the system itself answers now, read through its field mapping; None where it holds nothing."""
        return self.mapping(system, place.object).decode(self.body(system, place)).values.get(field)

    def body(self, system: str, place: Place) -> dict[str, Any]:
        with self.hub.engine.connect() as database:
            connection = connections.load(self.hub, database)[system]
        with connections.opened(self.hub, connection) as connector:
            return dict(load_json(connector.fetch(Ref(place.object, place.id)).body))

    def mapping(self, system: str, object: str) -> FieldMapping:
        found = view_of(self.hub).mapping(system, object)
        assert found is not None  # the record is linked
        return found

    def owners(self, who: str, field: str) -> frozenset[str]:
        """Who alone may set it; nobody, if the rule does not lock it."""
        view = view_of(self.hub)
        rule = view.rules.table(view.entities[entity_of(who)])[field].rule
        return frozenset(rule.named or ()) if rule.locked else frozenset()

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.hub.engine.connect() as database:
            return fetch(database, query, list(values))

    def count(self, query: str, *values: Any) -> int:
        return int(self.ask(query, *values)[0][0])

    def customers(self, system: str) -> Iterator[tuple[Place, dict[str, Any]]]:
        """Records of all customers there, with what is agreed of them."""
        query = (
            "SELECT r.object, r.external_id, r.golden_id, g.values FROM record r JOIN golden g ON g.id = r.golden_id"
            " WHERE r.connection = %s AND r.entity = 'account' AND r.deleted IS NULL ORDER BY r.id"
        )
        return ((Place(object, id, golden), values) for object, id, golden, values in self.ask(query, system))
