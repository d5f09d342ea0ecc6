"""Why is this value here: the verdict with every claim, its raw value, its run and who made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection as Database

from conflict.claim import GOLDEN
from conflict.columns import Waiting, part_type
from conflict.explain import Explanation, Said
from conflict.explain import explain as explained_by_core
from conflict.settle import settle
from hub.context import Hub
from hub.intake.work import Work, split_key
from hub.readings.made import made_from
from hub.readings.records import entity_of, find
from hub.readings.rows import moment, work_of
from hub.settling import refs, rollups
from hub.settling.loading import Golden, load
from hub.view import View
from hub.words import Problem
from mappings.canonical import Entity
from mappings.rollups import FIGURES
from mappings.scalars import nearest
from mappings.strict_json import BadJson, load_json
from mappings.types import Type

Json = dict[str, Any]


class Explained(NamedTuple):
    """A golden record settled again, with what is to be said of each of its cells."""

    golden: Golden
    cells: dict[str, Explanation]
    made: rollups.Made = rollups.NOTHING


class Seen(NamedTuple):
    """What the log holds of one position."""

    at: int
    run: int | None
    actor: Json | None
    body: bytes | None


def explain(hub: Hub, database: Database, entity: str, id: str, field: str | None = None) -> list[Json]:
    """A line per field; members of sets and maps are explained one by one. Raises `Problem`."""
    model = entity_of(hub, entity)
    if field is not None and field.partition(":")[0] not in model.fields:
        raise Problem("field_unknown", entity=entity, field=field, nearest=nearest(field, model.fields) or "-")
    work = work_of(hub, database)
    [found] = explained(work, entity, [find(hub, database, entity, id)])
    wanted = [cell for key, cell in found.cells.items() if field is None or field in (key, key.partition(":")[0])]
    teller = Teller(work, model, found.golden, wanted)
    return [teller.line(cell) | _figure(work.view, found.made, cell.field) for cell in wanted] or [
        _nothing(work.view, model, field or "*")
    ]


def explained(work: Work, entity_name: str, ids: Iterable[str]) -> Iterator[Explained]:
    """Settles what is stored again, in memory."""
    entity, rules = work.view.entities[entity_name], work.view.rules
    goldens = load(work, entity_name, ids, {}, lock=False)
    resolve = refs.resolver(work.cur, entity, (sheet for golden in goldens.values() for _, sheet in golden.sheets), {})
    rolled = rollups.rolled(work, entity, goldens)
    for id, golden in goldens.items():
        sheets = [sheet for _, sheet in golden.sheets]
        made = rolled.get(id, rollups.NOTHING)
        settled = settle(entity, rules, sheets, decisions=golden.decisions, now=work.at, resolve=resolve, rolled=made.fields)
        yield Explained(golden, explained_by_core(entity, rules, settled, sheets, resolve=resolve), made)


def _figure(view: View, made: rollups.Made, field: str) -> Json:
    """What stands on every figure: the policy that made it, why there is none, whether it is of test data."""
    if field not in FIGURES or field not in made.fields:
        return {}
    return {"policy": view.policy.identity, "code": made.code, "test": made.test}


def _nothing(view: View, entity: Entity, field: str) -> Json:
    name = view.rules.table(entity)[field].rule.name if field in entity.fields else f"{entity.name}.*"
    return {
        "field": field, "state": "none", "value": None, "reason": "none", "rule": {"name": name, "version": view.rules.version},
        "winner": None, "others": [],
    }  # fmt: skip


class Teller:
    """Explanations of one golden record as JSON. Raw values, runs and actors are looked up at once."""

    def __init__(self, work: Work, entity: Entity, golden: Golden, cells: Iterable[Explanation]) -> None:
        self.work, self.entity, self.golden = work, entity, golden
        said = [each for cell in cells for each in (cell.winner, *cell.others) if each is not None]
        self._seen = _look_up(work, {each.position for each in said if each.position is not None})
        self._bodies: dict[int, Json | None] = {}
        self._decisions = _decided_by(work, golden.id) if golden.decisions else {}

    def line(self, cell: Explanation) -> Json:
        return {
            "field": cell.field,
            "state": cell.state,
            "value": self._dumped(cell.field, cell.value) if cell.state == "settled" else None,
            "reason": str(cell.reason),
            "rule": {"name": cell.rule, "version": cell.version},
            "winner": None if cell.winner is None else self.claim(cell.field, cell.winner),
            "others": [self.claim(cell.field, each) for each in cell.others],
        }

    def claim(self, key: str, said: Said) -> Json:
        made = made_from(self.work, self.golden, key) if said.record == GOLDEN else None
        if made is not None:
            return {
                "connection": made.connection, "record": made.records[0], "value": self._dumped(key, said.value), "raw": None, "after": None,
                "at": moment(made.at), "run": made.run, "actor": None, "made_from": made.records,
            }  # fmt: skip
        seen = self._seen.get(said.position) if said.position is not None else None
        by = self._decisions.get(said.position) if said.connection == "steward" and said.position is not None else None
        return {
            "connection": said.connection,
            "record": said.record,
            "value": self._dumped(key, said.value),
            "raw": self._raw(key, said, seen),
            "after": moment(said.after),
            "at": moment(said.at if said.at is not None else by[1] if by else None),
            "run": None if seen is None else seen.run,
            "actor": {"kind": "person", "name": by[0]} if by else None if seen is None else seen.actor,
        }

    def _raw(self, key: str, said: Said, seen: Seen | None) -> Any:
        """The vendor's own value, from the very observation that the claim dates from."""
        if seen is None or seen.body is None or said.position is None or said.record.count(":") < 2:
            return None
        connection, object, _ = split_key(said.record)
        mapping, name = self.work.view.mapping(connection, object), key.partition(":")[0]
        if mapping is None or name not in mapping.fields:
            return None
        if said.position not in self._bodies:
            self._bodies[said.position] = _body(seen.body)
        body = self._bodies[said.position]
        return None if body is None else mapping.mapped_raw(name, body)

    def _dumped(self, key: str, value: Any) -> Any:
        field = self.entity.fields[key.partition(":")[0]]
        return dumped(part_type(field.type) if ":" in key else field.type, value)


def dumped(type: Type, value: Any) -> Any:
    """As JSON. A reference that waits is shown as its vendor says it."""
    if isinstance(value, Waiting):
        return {"object": value.ref.object, "id": value.ref.id}
    return None if value is None else type.dump(value)


def _body(body: bytes) -> Json | None:
    try:
        return load_json(body)
    except BadJson:
        return None


def _look_up(work: Work, positions: set[int]) -> dict[int, Seen]:
    if not positions:
        return {}
    work.cur.execute(
        "SELECT l.position, l.at, l.run, l.actor_kind, p.actor, p.body FROM log l LEFT JOIN payload p ON p.position = l.position"
        " WHERE l.position = ANY(%s)",
        (sorted(positions),),
    )
    return {
        position: Seen(at, run, {"kind": kind, "name": actor or ""}, None if body is None else bytes(body))
        for position, at, run, kind, actor, body in work.cur.fetchall()
    }


def _decided_by(work: Work, golden_id: str) -> dict[int, tuple[str, int]]:
    """Person and time of each decision, by position."""
    work.cur.execute(
        "SELECT d.position, d.by, d.at FROM decision d LEFT JOIN alias a ON a.old = d.golden_id"
        " WHERE coalesce(a.golden_id, d.golden_id) = %s",
        (golden_id,),
    )
    return {position: (by, at) for position, by, at in work.cur.fetchall()}
