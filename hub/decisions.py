"""What a person decides about values: resolve a conflict, pin a value. Stored, settled and planned in one transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from conflict.columns import part_type
from conflict.explain import Explanation, Said
from hub.bulk import Json, allocate, encode_json
from hub.context import Hub
from hub.delivery.planning import plan_writes
from hub.intake.work import Work
from hub.readings.explain import dumped, explained
from hub.session import Session, view_of
from hub.settling.due import settle_due
from hub.settling.settle import settle_goldens
from hub.words import Problem
from mappings.types import Refused, Type

JSON_TYPES = frozenset({"int", "bool", "money", "money_by_currency", "address", "structure", "consent", "set", "map"})
"""Types whose values a person types as JSON; of all others the text is the value."""


@dataclass(frozen=True)
class Choice:
    """The value chosen: what a connection says, or what a person typed (`text`; "" clears)."""

    connection: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Decided:
    """`value` as JSON; `planned`: writes that follow from it."""

    golden_id: str
    field: str
    value: Any
    planned: int
    run: int


@dataclass(frozen=True)
class Question:
    """What is decided: a cell of a golden record."""

    entity: str
    golden_id: str
    field: str
    kind: str  # resolve | pin
    until: int | None = None


def resolve(hub: Hub, conflict_id: str, choice: Choice, *, by: str, note: str | None = None) -> Decided:
    """Decides between the claims there are: it stands until somebody edits the field. Raises `Problem`."""

    def inside(work: Work) -> Decided:
        work.cur.execute("SELECT entity, golden_id, field FROM conflict WHERE id = %s", (conflict_id,))
        row = work.cur.fetchone()
        if row is None:
            raise Problem("conflict_unknown", id=conflict_id)
        entity, golden_id, field = row
        return _decide(work, Question(entity, golden_id, field, "resolve"), choice, by, note)

    return _run(hub, inside)


def pin(
    hub: Hub, entity: str, golden_id: str, field: str, choice: Choice, *, until: int | None, by: str, note: str | None = None
) -> Decided:
    """Keeps a value, whatever anybody says, until that instant (microseconds; None: until another decision). Raises `Problem`."""
    return _run(hub, lambda work: _decide(work, Question(entity, golden_id, field, "pin", until), choice, by, note))


def _run(hub: Hub, inside: Any) -> Decided:
    session = Session(hub, view_of(hub))
    decided: Decided = session.write(inside)
    settle_due(session)
    return decided


def _decide(work: Work, question: Question, choice: Choice, by: str, note: str | None) -> Decided:
    entity = work.view.entities[question.entity]
    field = entity.fields.get(question.field.partition(":")[0])
    if field is None or field.rollup is not None or field.reading is not None:
        raise Problem("field_not_decidable", entity=question.entity, field=question.field)
    if field.type.family and ":" not in question.field:
        raise Problem("member_missing", field=question.field)
    type = part_type(field.type) if ":" in question.field else field.type
    [found] = explained(work, question.entity, [question.golden_id])
    cell = found.cells.get(question.field)
    value = _chosen(question, choice, type, cell)
    work = replace(work, run=_begin(work, by))
    names = sorted((said.record, said.position) for said in _speaking(cell))
    _store(work, question, dumped(type, value), names, by, note)
    settling = settle_goldens(work, question.entity, [question.golden_id], {})
    planned = plan_writes(work, entity, settling)
    return Decided(question.golden_id, question.field, dumped(type, value), planned, work.run or 0)


def _speaking(cell: Explanation | None) -> list[Said]:
    """The own claims that speak now: those that a resolve decides between."""
    said = [] if cell is None else [each for each in (cell.winner, *cell.others) if each is not None]
    return [each for each in said if each.at is not None and each.position is not None and each.corrected is None]


def _chosen(question: Question, choice: Choice, type: Type, cell: Explanation | None) -> Any:
    if choice.text is not None:
        return typed(type, choice.text, question.field)
    said = [] if cell is None else [each for each in (cell.winner, *cell.others) if each is not None]
    mine = [each for each in said if each.connection == choice.connection and each.at is not None]
    speaking = [each for each in mine if each.corrected is None] or mine
    if not speaking:
        raise Problem(
            "says_nothing",
            connection=choice.connection,
            field=question.field,
            known=", ".join(sorted({each.connection for each in said})),
        )
    if len({type.normal(each.value) for each in speaking}) > 1:
        raise Problem("says_several", connection=choice.connection, field=question.field)
    return speaking[0].value


def typed(type: Type, text: str, field: str) -> Any:
    """What a person typed as a canonical value. Raises `Problem`."""
    if text == "":
        return None
    try:
        value = json.loads(text, parse_float=str) if type.name in JSON_TYPES else text
        return type.check(type.load(value))
    except Refused as refused:
        raise Problem("value_unusable", field=field, value=text, why=refused.code) from None
    except (ValueError, TypeError, KeyError, ArithmeticError, AttributeError):
        raise Problem("value_unusable", field=field, value=text, why=f"not_{type.name}") from None


def _begin(work: Work, by: str) -> int:
    work.cur.execute(
        "INSERT INTO run (kind, status, by, started_at, ended_at) VALUES ('resolve', 'succeeded', %s, %s, %s) RETURNING id",
        (by, work.at, work.at),
    )
    [(run,)] = work.cur.fetchall()
    return int(run)


def _store(work: Work, question: Question, value: Any, names: list[tuple[str, int | None]], by: str, note: str | None) -> None:
    [position] = allocate(work.cur, "log_position", 1)
    work.cur.execute(
        "INSERT INTO log (position, kind, subject, at, run, actor_kind) SELECT %s, 'steward', smallest || ' ' || %s, %s, %s, 'person'"
        " FROM golden WHERE id = %s",
        (position, question.field, work.at, work.run, question.golden_id),
    )
    work.cur.execute(
        "INSERT INTO decision (position, golden_id, field, kind, value, names, until, by, note, at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            position, question.golden_id, question.field, question.kind, Json(encode_json(value)), Json(encode_json(names)),
            question.until, by, note, work.at,
        ),
    )  # fmt: skip
