"""What should be seen in a scene: each look says what it found, and whether that is so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hub.cli import rim
from hub.cli.tieout_words import WHY
from hub.finance.csv import parsed
from hub.finance.tieout.reasons import MATCH
from hub.practice.story.seen import NOTHING, Play, Seen, plain
from hub.practice.story.stage import Place, Stage, domains, entity_of
from hub.readings.arr.compared import compared
from hub.readings.arr.gather import report
from hub.readings.conflicts import conflicts
from hub.readings.duplicates import suspected
from hub.readings.explain import explain
from hub.readings.offers import offers
from hub.sentences import N_

AT_ONCE = 5
"""Seconds in which an edit has to be on its way."""


def holds(stage: Stage, system: str, who: str, field: str, value: Any) -> Seen:
    """A system's own answer, through its field mapping."""
    place = stage.place(system, who)
    found = None if place is None else stage.held(system, place, field)
    normal = stage.hub.catalog.entities[entity_of(who)].fields[field].type.normal
    words = {"system": stage.title(system), "who": who, "field": stage.label(who, field), "value": plain(found)}
    return stage.saw(normal(found) == normal(value), N_("{system} holds for {who}, {field}: {value}"), **words)


def agreed(stage: Stage, who: str, field: str, value: Any) -> Seen:
    """`value`: as JSON."""
    found = stage.agreed(who).get(field)
    words = {"who": who, "field": stage.label(who, field), "value": plain(found)}
    return stage.saw(found == value, N_("Agreed for {who}, {field}: {value}"), **words)


def only(stage: Stage, owner: str, who: str, field: str, system: str, said: Any, *, by: str = "") -> Seen:
    """The value is its owner's alone, and what `system` said instead (as JSON) can still be read; `by`: who typed it."""
    line = _explained(stage, who, field)
    other = next((each for each in line["others"] if each["connection"] == system), {"value": None, "actor": None})
    actor = (other["actor"] or {}).get("name", "")
    ok = (line["reason"], line["winner"]["connection"], other["value"]) == ("sum", owner, said) and by in ("", actor)
    sentence = N_("{value}, because only {owner} may set {field}. {system} said {said}.")
    if actor:
        sentence = N_("{value}, because only {owner} may set {field}. {system} said {said}, typed by {actor}.")
    words = {"value": plain(line["value"]), "owner": stage.title(owner), "field": stage.label(who, field)}
    words |= {"system": stage.title(system), "said": plain(other["value"]), "actor": actor}
    return stage.saw(ok and stage.owners(who, field) == {owner}, sentence, **words)


def last_said(stage: Stage, system: str, who: str, field: str) -> Any:
    """As JSON: what was last seen there, or typed there, that is not ours; None if nothing was."""
    others = _explained(stage, who, field)["others"]
    return next((each["value"] for each in others if each["connection"] == system), None)


def strictest(stage: Stage, who: str, topic: str, strict: str, other: str) -> Seen:
    """Of two systems that say different things of a consent, the one that says no is believed."""
    line = _explained(stage, who, f"consents:{topic}")
    said = {each["connection"]: plain(each["value"]) for each in (line["winner"], *line["others"]) if each is not None}
    ok = (line["reason"], said.get(strict), said.get(other)) == ("strictest", "denied", "granted")
    words = {"topic": topic, "strict": stage.title(strict), "other": stage.title(other)}
    words |= {"no": said.get(strict, NOTHING), "yes": said.get(other, NOTHING)}
    return stage.saw(ok, N_("{topic}: {strict} says {no}, {other} says {yes}, and the strictest wins"), **words)


def _explained(stage: Stage, who: str, field: str) -> dict[str, Any]:
    with stage.hub.engine.connect() as database:
        [line] = explain(stage.hub, database, entity_of(who), stage.golden(who), field)
    return line


def allows(stage: Stage, system: str, who: str, states: Mapping[str, str]) -> Seen:
    """What a person allows, as the system itself answers: the state of each topic that it knows."""
    place = stage.place(system, who)
    held = {} if place is None else stage.held(system, place, "consents") or {}
    found = {topic: consent["state"] for topic, consent in sorted(held.items()) if consent}
    words = {"system": stage.title(system), "who": who, "states": ", ".join(map(" ".join, found.items()))}
    return stage.saw(found == states, N_("{system} says of {who}: {states}"), **words)


def linked(stage: Stage, who: str, system: str, count: int) -> Seen:
    query = "SELECT count(*) FROM record WHERE golden_id = %s AND connection = %s AND entity = 'account' AND deleted IS NULL"
    found = stage.count(query, stage.golden(who), system)
    sentence = N_("Linked records of {who} in {system}: {count}")
    return stage.saw(found == count, sentence, who=who, system=stage.title(system), count=found)


def doubles(stage: Stage, count: int, evidence: Iterable[str]) -> Seen:
    with stage.hub.engine.connect() as database:
        found = suspected(stage.hub, database)
    seen = {code for each in found for code in each["evidence"]}
    told = ", ".join(sorted(seen)).replace("_", " ")
    sentence = N_("Possible duplicates: {count} ({evidence})")
    return stage.saw(len(found) == count and seen.issuperset(evidence), sentence, count=len(found), evidence=told)


def undecided(stage: Stage, who: str, field: str, was: Any) -> Seen:
    """One decision waits, of this field, with what was agreed before beside it."""
    with stage.hub.engine.connect() as database:
        found = [(each["field"], each["was"]) for each in conflicts(stage.hub, database)]
    words = {"who": who, "count": len(found), "was": ", ".join(plain(before) for _, before in found) or NOTHING}
    return stage.saw(found == [(field, was)], N_("Decisions that wait: {count} ({who}); agreed before: {was}"), **words)


def decided(stage: Stage) -> Seen:
    found = stage.count("SELECT count(*) FROM conflict")
    return stage.saw(found == 0, N_("Decisions that wait: {count}"), count=found)


def wrote(stage: Stage, counts: Mapping[str, int]) -> Seen:
    """Writes in the request logs of practice systems since the last edit."""
    found = {system: stage.writes(system) for system in counts}
    told = ", ".join(f"{stage.title(system)} {count}" for system, count in found.items())
    return stage.saw(found == counts, N_("Updates in the request logs: {counts}"), counts=told)


def followed(stage: Stage, *systems: str) -> Seen:
    """All of them were told of the last edit at once."""
    seconds = stage.seconds_until(lambda: all(stage.writes(system) for system in systems))
    words = {"systems": ", ".join(map(stage.title, systems)), "seconds": f"{seconds:.1f}", "limit": AT_ONCE}
    return stage.saw(seconds < AT_ONCE, N_("{systems} were told after {seconds} s (at most {limit})"), **words)


def not_accepted(stage: Stage, *values: tuple[str, str]) -> Play:
    """By (system, field): all that are not accepted now, each with its reason and where it stands."""
    found = stage.ask(
        "SELECT connection, field, external_id, code, data FROM quarantine WHERE gone_at IS NULL ORDER BY connection, field"
    )
    ok = sorted(values) == [(system, field) for system, field, *_ in found]
    yield stage.saw(ok, N_("Values not accepted: {count}"), count=len(found))
    for system, field, id, code, data in found:
        why = rim.told({"kind": "quarantine", "code": code, "data": data})
        words = {"system": stage.title(system), "id": id, "why": why}
        yield stage.saw((system, field) in values, N_("To be repaired in {system} {id}: {why}"), **words)


def tickets(stage: Stage, who: str, count: int) -> Seen:
    query = "SELECT count(*) FROM golden WHERE entity = 'ticket' AND records > 0 AND values->>'account' = %s"
    found = stage.count(query, stage.golden(who))
    return stage.saw(found == count, N_("Tickets of {who}: {count}"), who=who, count=found)


def accounts(stage: Stage, count: int) -> Seen:
    found = stage.count("SELECT count(*) FROM golden WHERE entity = 'account' AND records > 0")
    return stage.saw(found == count, N_("Accounts: {count}"), count=found)


def crm_matches(stage: Stage, matching: int, rows: int) -> Seen:
    """How many rows of ARR the CRM has right."""
    with stage.hub.engine.connect() as database:
        found = compared(stage.hub, database)
    ok = (found.matching, found.rows) == (matching, rows)
    return stage.saw(ok, N_("The CRM's ARR matches in {matching} of {rows} rows"), matching=found.matching, rows=found.rows)


def ties(stage: Stage) -> Seen:
    return _tied(stage, None, [])


def ties_not(stage: Stage, who: str, reason: str, sheet: tuple[str, str] | None = None) -> Seen:
    """The ARR check says so of one row. `sheet`: what finance's own spreadsheet says of it, as (currency, amount)."""
    told = None if sheet is None else f"domain,currency,arr\n{domains()[who]},{sheet[0]},{sheet[1]}\n"
    return _tied(stage, who, [reason], told)


def _tied(stage: Stage, who: str | None, reasons: list[str], sheet: str | None = None) -> Seen:
    with stage.hub.engine.connect() as database:
        found = report(stage.hub, database, sheet=None if sheet is None else parsed(sheet, "finance.csv", ()))
    off = [row for row in found.rows if who in (None, row.name) and not row.matches]
    why = [str(cell.reason) for row in off for cell in row.cells.values() if cell.kind != MATCH]
    told = ", ".join(_reason(stage, code) for code in why) or NOTHING
    sentence = N_("ARR check, rows that do not match: {rows} ({why})")
    return stage.saw(found.complete and why == reasons, sentence, rows=len(off), why=told)


def _reason(stage: Stage, code: str) -> str:
    word = code.replace("_", " ")
    return f"{word}: {stage.say(WHY[code][0])}" if code in WHY else word


def offered(stage: Stage, system: str, count: int) -> Seen:
    """Customers that a system does not know, and that are not created there unasked."""
    with stage.hub.engine.connect() as database:
        found = sum(each.many for each in offers(stage.hub, database) if (each.entity, each.connection) == ("account", system))
    sentence = N_("Customers that {system} does not know, and is offered: {count}")
    return stage.saw(found == count, sentence, system=stage.title(system), count=found)


def stopped(stage: Stage, field: str, count: int) -> Seen:
    """A safety stop over `count` changes of one field of accounts; none if nought."""
    found = stage.ask("SELECT error->'data'->'limits' FROM run WHERE status = 'waiting' ORDER BY id")
    limits = [limit for (each,) in found for limit in each or () if limit["what"] == f"account.{field}"]
    changes = [int(limit["value"]) for limit in limits]
    ok = changes == ([count] if count else [])
    if not limits:
        return stage.saw(ok, N_("No safety stop"))
    sentence = N_("Safety stop: {field} of {count} of {of} accounts would change")
    words = {"field": stage.label("", field), "count": sum(changes), "of": limits[0]["of"]}
    return stage.saw(ok, sentence, **words)


def caused(stage: Stage, field: str, places: Iterable[Place], kind: str) -> Seen:
    """Who made the edits at these places, by their vendor's own history."""
    with stage.hub.engine.connect() as database:
        lines = [explain(stage.hub, database, "account", place.golden, field)[0] for place in places]
    actors = [line["winner"]["actor"] or {} for line in lines]
    told = ", ".join(sorted({actor.get("name") or actor.get("kind", NOTHING) for actor in actors}))
    return stage.saw({actor.get("kind") for actor in actors} == {kind}, N_("Edited by: {actors}"), actors=told)
