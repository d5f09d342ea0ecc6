"""What happens in a scene: people edit, import, decide. Each act is data; playing it says what was seen on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, Protocol

from hub import decisions, matching
from hub.decisions import Choice
from hub.outbound import confirmed
from hub.practice import telling
from hub.practice.story.stage import Place, Stage, domains
from hub.readings.conflicts import conflicts
from hub.sentences import N_
from mappings.lens import read_path, write_path

PERSON = "story"
AT_ONCE = 5
"""Seconds in which an edit has to be on its way."""


class Seen(NamedTuple):
    """What a look showed: a sentence (msgid and data), and whether it is what should be seen."""

    ok: bool
    sentence: str
    data: dict[str, Any]


class Act(Protocol):
    def play(self, stage: Stage) -> Iterator[Seen]: ...


@dataclass(frozen=True, slots=True)
class Types:
    """Somebody types a canonical value into a practice system, and everything settles. `watched`: who follows at once."""

    system: str
    who: str
    field: str
    value: Any
    by: str = "lou.nobody@lanternfish.example"
    watched: tuple[str, ...] = ()

    def play(self, stage: Stage) -> Iterator[Seen]:
        stage.mark()
        self.type(stage)
        if self.watched:
            seconds = stage.seconds_until(lambda: all(stage.writes(system) for system in self.watched))
            data = {"systems": ", ".join(self.watched), "seconds": f"{seconds:.1f}", "limit": AT_ONCE}
            yield Seen(seconds < AT_ONCE, N_("{systems} were told after {seconds} s (at most {limit})"), data)
        stage.settle()

    def type(self, stage: Stage) -> None:
        place = _there(stage, self.system, self.who)
        stage.edit(self.system, place, stage.encoded(self.system, place, self.field, self.value), self.by)


SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Together:
    """Several people type between two reads, and within one second: vendors date edits to the second, and where one second
    ends their order would be known.
    """

    edits: tuple[Types, ...]

    def play(self, stage: Stage) -> Iterator[Seen]:
        stage.mark()
        with stage.between_reads():
            stage.hub.clock.sleep(1.0 - stage.hub.clock.micros() % SECOND / SECOND)
            for edit in self.edits:
                edit.type(stage)
        stage.settle()
        yield from ()


@dataclass(frozen=True, slots=True)
class Imports:
    """An import sets one field of many customers, and everything settles as far as it may."""

    system: str
    field: str
    value: Any
    count: int

    def play(self, stage: Stage) -> Iterator[Seen]:
        stage.mark()
        with stage.between_reads():
            for place, values in islice(stage.customers(self.system), self.count):
                stage.kept[place] = values.get(self.field)
                stage.edit(
                    self.system, place, stage.encoded(self.system, place, self.field, self.value, blindly=True), "import"
                )
        stage.settle()
        yield from ()


@dataclass(frozen=True, slots=True)
class PutsBack:
    """What an import overwrote is typed again, and a person lets the stopped run pass."""

    system: str
    field: str

    def play(self, stage: Stage) -> Iterator[Seen]:
        with stage.between_reads():
            for place, value in stage.kept.items():
                stage.edit(self.system, place, stage.encoded(self.system, place, self.field, value, blindly=True), "import")
        stage.kept.clear()
        confirmed(stage.hub, self.system)
        stage.settle()
        yield from ()


@dataclass(frozen=True, slots=True)
class Repairs:
    """A value that could not be accepted is repaired where it stands, vanishes from the list, and is spoilt again."""

    system: str
    field: str
    value: str

    def play(self, stage: Stage) -> Iterator[Seen]:
        query = "SELECT object, external_id FROM quarantine WHERE gone_at IS NULL AND connection = %s AND field = %s"
        data = {"system": self.system, "field": self.field}
        found = stage.ask(query, self.system, self.field)
        if not found:
            yield Seen(False, N_("{system}: no value of the field {field} waits to be repaired"), data)
            return
        object, id = found[0]
        place = Place(object, id, "")
        path = stage.mapping(self.system, object).fields[self.field].places[0].path
        before = read_path(path, stage.body(self.system, place))
        self._set(stage, place, path, self.value)
        gone = not stage.ask(query, self.system, self.field)
        yield Seen(gone, N_("Repaired in {system}, the value is off the list by itself: {field}"), data)
        self._set(stage, place, path, before)

    def _set(self, stage: Stage, place: Place, path: tuple[str, ...], value: Any) -> None:
        stage.edit(self.system, place, write_path(path, value, {}))
        stage.settle()


@dataclass(frozen=True, slots=True)
class Merges:
    """A person says that two customers are one."""

    one: str
    other: str

    def play(self, stage: Stage) -> Iterator[Seen]:
        matching.merge(stage.hub, "account", stage.golden(self.one), stage.golden(self.other), by=PERSON)
        stage.settle()
        yield from ()


@dataclass(frozen=True, slots=True)
class Unmerges:
    who: str

    def play(self, stage: Stage) -> Iterator[Seen]:
        matching.unmerge(stage.hub, "account", stage.golden(self.who), by=PERSON)
        stage.settle()
        yield from ()


@dataclass(frozen=True, slots=True)
class Chooses:
    """A person takes what one system says."""

    who: str
    field: str
    system: str

    def play(self, stage: Stage) -> Iterator[Seen]:
        stage.mark()
        golden = stage.golden(self.who)
        with stage.hub.engine.connect() as database:
            open_ = [each for each in conflicts(stage.hub, database) if (each["record"], each["field"]) == (golden, self.field)]
        for each in open_:
            decisions.resolve(stage.hub, each["id"], Choice(connection=self.system), by=PERSON)
        stage.settle()
        yield from ()


@dataclass(frozen=True, slots=True)
class Adds:
    """Somebody makes the customer in a practice system that does not know it; `Removes` takes it away again."""

    system: str
    who: str

    def play(self, stage: Stage) -> Iterator[Seen]:
        like, _ = next(stage.customers(self.system))
        mapping = stage.mapping(self.system, like.object)
        row = mapping.encode({"name": self.who, "domain": domains()[self.who]}, None, creating=True)
        telling.tell(stage.twins[self.system], "create", object=like.object, row=row, actor="lou.nobody@lanternfish.example")
        stage.settle()
        yield from ()


@dataclass(frozen=True, slots=True)
class Removes:
    system: str
    who: str

    def play(self, stage: Stage) -> Iterator[Seen]:
        place = _there(stage, self.system, self.who)
        telling.tell(stage.twins[self.system], "delete", object=place.object, id=place.id)
        stage.settle()
        yield from ()


def _there(stage: Stage, system: str, who: str) -> Place:
    place = stage.place(system, who)
    if place is None:
        raise LookupError(f"{who} is not in {system}")
    return place
