"""What should be seen in a scene, as data: each look says what it found, and whether that is so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.finance.csv import Sheet, parsed
from hub.finance.tieout.reasons import MATCH
from hub.practice.story.acts import Seen
from hub.practice.story.stage import Stage, domains, entity_of
from hub.readings.arr.compared import compared
from hub.readings.arr.gather import report
from hub.readings.conflicts import conflicts
from hub.readings.duplicates import suspected
from hub.readings.explain import explain
from hub.readings.offers import offers
from hub.sentences import N_


@dataclass(frozen=True, slots=True)
class Holds:
    """A system's own answer, through its field mapping."""

    system: str
    who: str
    field: str
    value: Any

    def play(self, stage: Stage) -> Iterator[Seen]:
        place = stage.place(self.system, self.who)
        found = None if place is None else stage.held(self.system, place, self.field)
        ok = place is not None and _same(stage.type_of(self.system, place, self.field), found, self.value)
        data = {"system": self.system, "who": self.who, "field": self.field, "value": plain(found)}
        yield Seen(ok, N_("{system} holds for {who}, {field}: {value}"), data)


@dataclass(frozen=True, slots=True)
class Allows:
    """What a person allows, as the system itself answers: the state of each topic that it knows."""

    system: str
    who: str
    states: tuple[tuple[str, str], ...]

    def play(self, stage: Stage) -> Iterator[Seen]:
        place = stage.place(self.system, self.who)
        found = {} if place is None else stage.held(self.system, place, "consents") or {}
        states = sorted((topic, consent["state"]) for topic, consent in found.items() if consent)
        data = {"system": self.system, "who": self.who, "states": "; ".join(f"{topic} {state}" for topic, state in states)}
        yield Seen(states == sorted(self.states), N_("{system} says of {who}: {states}"), data)


@dataclass(frozen=True, slots=True)
class Agreed:
    who: str
    field: str
    value: Any  # as JSON

    def play(self, stage: Stage) -> Iterator[Seen]:
        found = stage.agreed(self.who).get(self.field)
        data = {"who": self.who, "field": self.field, "value": plain(found)}
        yield Seen(found == self.value, N_("Agreed for {who}, {field}: {value}"), data)


@dataclass(frozen=True, slots=True)
class Because:
    """Why a value is here, and what a system said instead."""

    who: str
    field: str
    reason: str
    system: str
    said: Any  # as JSON

    def play(self, stage: Stage) -> Iterator[Seen]:
        with stage.hub.engine.connect() as database:
            [line] = explain(stage.hub, database, entity_of(self.who), stage.golden(self.who), self.field)
        others = [each["value"] for each in line["others"] if each["connection"] == self.system]
        data = {"field": self.field, "reason": line["reason"], "system": self.system, "said": ", ".join(map(plain, others))}
        ok = line["reason"] == self.reason and any(_says(each, self.said) for each in others)
        yield Seen(ok, N_("Why ({field}): {reason}. {system} said {said}"), data)


@dataclass(frozen=True, slots=True)
class Linked:
    """How many records of a system are this customer's."""

    who: str
    system: str
    count: int

    def play(self, stage: Stage) -> Iterator[Seen]:
        query = (
            "SELECT count(*) FROM record WHERE golden_id = %s AND connection = %s AND entity = 'account' AND deleted IS NULL"
        )
        found = stage.count(query, stage.golden(self.who), self.system)
        data = {"who": self.who, "system": self.system, "count": found}
        yield Seen(found == self.count, N_("{who}: {count} linked records in {system}"), data)


@dataclass(frozen=True, slots=True)
class Suspected:
    count: int
    evidence: frozenset[str] = frozenset()

    def play(self, stage: Stage) -> Iterator[Seen]:
        with stage.hub.engine.connect() as database:
            found = suspected(stage.hub, database)
        evidence = {code for each in found for code in each["evidence"]}
        data = {"count": len(found), "evidence": ", ".join(sorted(evidence)).replace("_", " ")}
        yield Seen(len(found) == self.count and evidence >= self.evidence, N_("{count} possible duplicates: {evidence}"), data)


@dataclass(frozen=True, slots=True)
class Undecided:
    """Decisions that wait, all of this field, with what was agreed before beside them."""

    count: int
    who: str
    field: str
    was: Any = None

    def play(self, stage: Stage) -> Iterator[Seen]:
        with stage.hub.engine.connect() as database:
            found = list(conflicts(stage.hub, database))
        before = [each["was"] for each in found]
        ok = (
            len(found) == self.count
            and all(each["field"] == self.field for each in found)
            and before == [self.was] * self.count
        )
        data = {"count": len(found), "was": ", ".join(map(plain, before)) or "-", "who": self.who}
        yield Seen(ok, N_("{count} decisions wait ({who}); agreed before: {was}"), data)


@dataclass(frozen=True, slots=True)
class Wrote:
    """Writes in the request log of a practice system since the last edit."""

    system: str
    count: int

    def play(self, stage: Stage) -> Iterator[Seen]:
        found = stage.writes(self.system)
        yield Seen(found == self.count, N_("{system}'s request log: {count} writes"), {"system": self.system, "count": found})


@dataclass(frozen=True, slots=True)
class NotAccepted:
    """All values that are not accepted now, as {(system, field): what stands there}."""

    values: tuple[tuple[str, str], ...]

    def play(self, stage: Stage) -> Iterator[Seen]:
        found = stage.ask(
            "SELECT connection, field, code, data FROM quarantine WHERE gone_at IS NULL ORDER BY connection, field"
        )
        told = "; ".join(f"{system} {field} ({code.replace('_', ' ')})" for system, field, code, _ in found)
        ok = sorted(self.values) == sorted((system, field) for system, field, _, _ in found)
        yield Seen(ok, N_("{count} values not accepted: {values}"), {"count": len(found), "values": told})


@dataclass(frozen=True, slots=True)
class Tickets:
    who: str
    count: int

    def play(self, stage: Stage) -> Iterator[Seen]:
        query = "SELECT count(*) FROM golden WHERE entity = 'ticket' AND records > 0 AND values->>'account' = %s"
        found = stage.count(query, stage.golden(self.who))
        yield Seen(found == self.count, N_("{who}: {count} tickets"), {"who": self.who, "count": found})


@dataclass(frozen=True, slots=True)
class Accounts:
    count: int

    def play(self, stage: Stage) -> Iterator[Seen]:
        found = stage.count("SELECT count(*) FROM golden WHERE entity = 'account' AND records > 0")
        yield Seen(found == self.count, N_("{count} accounts"), {"count": found})


@dataclass(frozen=True, slots=True)
class ArrMatches:
    """How many rows of ARR the CRM has right."""

    matching: int
    rows: int

    def play(self, stage: Stage) -> Iterator[Seen]:
        with stage.hub.engine.connect() as database:
            found = compared(stage.hub, database)
        data = {"matching": found.matching, "rows": found.rows}
        ok = (found.matching, found.rows) == (self.matching, self.rows)
        yield Seen(ok, N_("The CRM's ARR matches in {matching} of {rows} rows"), data)


@dataclass(frozen=True, slots=True)
class Ties:
    """What the ARR check says: everything ties, or the row of `who` does not, for `reason`. `sheet`: what finance's own
    spreadsheet says of that customer, as (currency, amount).
    """

    who: str | None = None
    reason: str = ""
    sheet: tuple[str, str] | None = None

    def play(self, stage: Stage) -> Iterator[Seen]:
        with stage.hub.engine.connect() as database:
            found = report(stage.hub, database, sheet=self._sheet())
        off = [row for row in found.rows if self.who in (None, row.name) and not row.matches]
        cells = [cell for row in off for cell in row.cells.values() if cell.kind != MATCH]
        data = {"rows": len(off), "reasons": ", ".join(sorted({str(cell.reason) for cell in cells})) or "-"}
        wanted = [] if self.who is None else [self.reason]
        ok = [str(cell.reason) for cell in cells] == wanted and found.complete
        yield Seen(ok, N_("ARR check: {rows} rows do not match, because: {reasons}"), data)

    def _sheet(self) -> Sheet | None:
        if self.who is None or self.sheet is None:
            return None
        currency, amount = self.sheet
        return parsed(f"domain,currency,arr\n{domains()[self.who]},{currency},{amount}\n", "finance.csv", ())


@dataclass(frozen=True, slots=True)
class Offered:
    """Customers that a system does not know, and that are not created there unasked."""

    system: str
    count: int

    def play(self, stage: Stage) -> Iterator[Seen]:
        with stage.hub.engine.connect() as database:
            found = sum(
                each.many for each in offers(stage.hub, database) if (each.entity, each.connection) == ("account", self.system)
            )
        data = {"system": self.system, "count": found}
        yield Seen(found == self.count, N_("{count} customers are unknown to {system}, and offered"), data)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A safety stop over `count` changes of one field; none if nought."""

    field: str
    count: int

    def play(self, stage: Stage) -> Iterator[Seen]:
        found = stage.ask("SELECT error->'data'->'limits' FROM run WHERE status = 'waiting' ORDER BY id")
        limits = [limit for (each,) in found for limit in each or () if limit["what"] == f"account.{self.field}"]
        changes = [int(limit["value"]) for limit in limits]
        ok = changes == ([self.count] if self.count else [])
        data = {"count": sum(changes), "of": limits[0]["of"] if limits else "-", "field": self.field}
        sentence = N_("Safety stop: {field} of {count} of {of} accounts would change") if changes else N_("No safety stop")
        yield Seen(ok, sentence, data)


def plain(value: Any) -> str:
    """As people read it."""
    if value is None:
        return "-"
    if isinstance(value, dict):
        return ", ".join(f"{plain(each)} {key}" for key, each in sorted(value.items()))
    return str(value)


def _says(value: Any, wanted: Any) -> bool:
    """Of a structure the parts that are named."""
    return value.items() >= wanted.items() if isinstance(value, dict) and isinstance(wanted, dict) else bool(value == wanted)


def _same(type: Any, found: Any, wanted: Any) -> bool:
    return bool(type.normal(found) == type.normal(wanted))
