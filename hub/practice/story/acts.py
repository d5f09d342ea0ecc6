"""What people do in a scene: they type, import, repair, merge, decide. Afterwards everything has settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub import decisions, matching
from hub.decisions import Choice
from hub.outbound import confirmed
from hub.practice import telling
from hub.practice.story.seen import Play, Seen, plain
from hub.practice.story.stage import Place, Stage, domains
from hub.readings.conflicts import conflicts
from hub.sentences import N_
from mappings.lens import read_path, write_path

PERSON = "story"
LOU = "lou.nobody@lanternfish.example"
SECOND = 1_000_000


def types(stage: Stage, system: str, who: str, field: str, value: Any, *, settle: bool = True) -> Seen:
    """Somebody types a canonical value into a practice system. Without `settle` its way can be watched."""
    stage.mark()
    _type(stage, system, who, field, value)
    if settle:
        stage.settle()
    return _typed(stage, who, field, {system: value})


def type_together(stage: Stage, who: str, field: str, values: Mapping[str, Any]) -> Seen:
    """By system, between two reads and within one second: vendors date edits to the second, and where one second ends their
    order would be known.
    """
    stage.mark()
    with stage.between_reads():
        stage.hub.clock.sleep(1.0 - stage.hub.clock.micros() % SECOND / SECOND)
        for system, value in values.items():
            _type(stage, system, who, field, value)
    stage.settle()
    return _typed(stage, who, field, values)


def _type(stage: Stage, system: str, who: str, field: str, value: Any) -> None:
    place = stage.there(system, who)
    stage.edit(system, place, stage.encoded(system, place, field, value), LOU)


def _typed(stage: Stage, who: str, field: str, values: Mapping[str, Any]) -> Seen:
    edits = ", ".join(f"{plain(value)} ({stage.title(system)})" for system, value in values.items())
    return stage.did(N_("Typed for {who}, {field}: {edits}"), who=who, field=stage.label(who, field), edits=edits)


def imports(stage: Stage, system: str, field: str, values: Mapping[Place, Any]) -> Seen:
    """An import sets one field of many customers; everything settles as far as it may."""
    stage.mark()
    import_at_once(stage, system, field, values)
    stage.settle()
    told = ", ".join(sorted(set(map(plain, values.values()))))
    words = {"system": stage.title(system), "count": len(values), "values": told}
    return stage.did(N_("An import in {system} sets {count} values: {values}"), **words)


def import_at_once(stage: Stage, system: str, field: str, values: Mapping[Place, Any]) -> None:
    with stage.between_reads():
        for place, value in values.items():
            stage.edit(system, place, stage.encoded(system, place, field, value, blindly=True), "import")


def lets_pass(stage: Stage, system: str) -> Seen:
    """A person lets the stopped run go on."""
    confirmed(stage.hub, system)
    stage.settle()
    return stage.did(N_("A person lets the stopped run of {system} pass"), system=stage.title(system))


def repairs(stage: Stage, system: str, field: str, value: str) -> Play:
    """A value that could not be accepted is repaired where it stands, vanishes from the list, and is spoilt again."""
    query = "SELECT object, external_id FROM quarantine WHERE gone_at IS NULL AND connection = %s AND field = %s"
    words = {"system": stage.title(system), "value": value}
    found = stage.ask(query, system, field)
    if not found:
        yield stage.saw(False, N_("{system}: nothing waits to be repaired"), **words)
        return
    object, id = found[0]
    place = Place(object, id, "")
    path = stage.mapping(system, place.object).fields[field].places[0].path
    before = read_path(path, stage.body(system, place))
    for text in (value, before):
        stage.edit(system, place, write_path(path, text, {}))
        stage.settle()
        if text is value:
            gone = not stage.ask(query, system, field)
            yield stage.saw(gone, N_("Repaired in {system} as {value}, it is off the list by itself"), **words)


def merges(stage: Stage, one: str, other: str) -> Seen:
    matching.merge(stage.hub, "account", stage.golden(one), stage.golden(other), by=PERSON)
    stage.settle()
    return stage.did(N_("A person says that both are one"))


def unmerges(stage: Stage, who: str) -> Seen:
    matching.unmerge(stage.hub, "account", stage.golden(who), by=PERSON)
    stage.settle()
    return stage.did(N_("The person takes it back"))


def chooses(stage: Stage, who: str, field: str, system: str) -> Seen:
    """A person takes what one system says."""
    stage.mark()
    wanted = stage.golden(who), field
    with stage.hub.engine.connect() as database:
        waiting = [each["id"] for each in conflicts(stage.hub, database) if (each["record"], each["field"]) == wanted]
    for id in waiting:
        decisions.resolve(stage.hub, id, Choice(connection=system), by=PERSON)
    stage.settle()
    return stage.did(N_("A person chooses what {system} says"), system=stage.title(system))


def adds(stage: Stage, system: str, who: str) -> Seen:
    """Somebody makes the customer in a practice system that does not know it."""
    like, _ = next(stage.customers(system))
    row = stage.mapping(system, like.object).encode({"name": who, "domain": domains()[who]}, None, creating=True)
    telling.tell(stage.twins[system], "create", object=like.object, row=row, actor=LOU)
    stage.settle()
    return stage.did(N_("Lou Nobody makes {who} in {system}"), who=who, system=stage.title(system))


def removes(stage: Stage, system: str, who: str) -> Seen:
    place = stage.there(system, who)
    telling.tell(stage.twins[system], "delete", object=place.object, id=place.id)
    stage.settle()
    return stage.did(N_("Lou Nobody deletes {who} in {system}"), who=who, system=stage.title(system))
