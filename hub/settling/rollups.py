"""Fields made from golden children: counted, summed and dated by `mappings.rollups`, ARR by `hub.finance`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from conflict.settle import Rolled
from hub.clock import from_micros, to_micros
from hub.finance import account
from hub.intake.work import Work
from hub.settling.batch import Settling
from hub.settling.loading import Golden
from hub.settling.values import load_values
from mappings.canonical import Entity
from mappings.rollups import ROLLUPS, Missing, Rollup, ref_entities


class Child(NamedTuple):
    """A golden child with its values loaded. `open`: fields that wait for a person, or all, if its last read was refused whole."""

    id: str
    values: dict[str, Any]
    open: frozenset[str]


class Made(NamedTuple):
    """What the children of one golden record make of it, and the next instant at which time alone changes that."""

    fields: dict[str, Rolled]
    next: int | None = None


NOTHING = Made({})


def rolled(work: Work, entity: Entity, goldens: Mapping[str, Golden]) -> dict[str, Made]:
    """By golden id, for entities that have rollups and connections that feed them."""
    wanted = [rollup for rollup in ROLLUPS.get(entity.name, ()) if work.view.suppliers(rollup.child)]
    if not wanted:
        return {}
    children = _children(work, goldens, wanted)
    scanned = _scanned(work)
    made = {}
    for id, golden in goldens.items():
        rolls = {rollup.field: _roll(work, golden, rollup, children, scanned) for rollup in wanted}
        moments = [moment for _, moment in rolls.values() if moment is not None]
        made[id] = Made({name: roll for name, (roll, _) in rolls.items()}, min(moments, default=None))
    return made


def _roll(
    work: Work,
    golden: Golden,
    rollup: Rollup,
    children: Mapping[tuple[str, str, str], list[Child]],
    scanned: frozenset[tuple[str, str]],
) -> tuple[Rolled, int | None]:
    suppliers = work.view.suppliers(rollup.child)
    linked = {sheet.connection for _, sheet in golden.sheets} & {connection for connection, _ in suppliers}
    mine = children.get((golden.id, rollup.child, rollup.through), [])
    if not linked and not mine:
        return Rolled(Missing.NOT_SEEN), None
    needed = suppliers | work.view.suppliers(golden.entity)  # the parents too: a missing one may hold the next summand
    if any((connection, object) not in scanned for connection, object in needed if connection in linked):
        return Rolled(Missing.PARTIAL), None
    if any(child.open & rollup.needs for child in mine):
        return Rolled(Missing.PARTIAL), None
    now = from_micros(work.at)
    values = [child.values for child in mine]
    if rollup.function in ("arr", "mrr"):
        total = account(values, work.view.policy, now)
        if total.status in ("partial", "error"):
            return Rolled(Missing.PARTIAL), _micros(total.next)
        return Rolled(total.by_currency if rollup.function == "arr" else total.mrr), _micros(total.next)
    return Rolled(rollup.make(values, now)), None


def _micros(moment: Any) -> int | None:
    return None if moment is None else to_micros(moment)


def _children(work: Work, goldens: Mapping[str, Golden], wanted: Iterable[Rollup]) -> dict[tuple[str, str, str], list[Child]]:
    through = sorted({rollup.through for rollup in wanted})
    work.cur.execute(
        "SELECT f.parent, g.entity, f.field, g.id, g.values, g.contested, EXISTS (SELECT 1 FROM record r JOIN quarantine q"
        " ON q.connection = r.connection AND q.object = r.object AND q.external_id = r.external_id AND q.field = '' AND q.gone_at IS NULL"
        " WHERE r.golden_id = g.id) FROM golden_ref f JOIN golden g ON g.id = f.child"
        " WHERE f.parent = ANY(%s) AND f.field = ANY(%s) AND g.entity = ANY(%s) AND g.records > 0 ORDER BY g.smallest",
        (list(goldens), through, sorted({rollup.child for rollup in wanted})),
    )
    entities = work.view.entities
    found: dict[tuple[str, str, str], list[Child]] = defaultdict(list)
    for parent, entity, field, id, values, contested, unreadable in work.cur.fetchall():
        model = entities[entity]
        open_ = frozenset(model.fields) if unreadable else frozenset(key.partition(":")[0] for key in contested)
        found[parent, entity, field].append(Child(id, load_values(model, values), open_))
    return found


def _scanned(work: Work) -> frozenset[tuple[str, str]]:
    """What is complete: scanned once, and no unknown row or parent reference refused. Such a row could be anybody's."""
    through = sorted({rollup.through for made in ROLLUPS.values() for rollup in made})
    work.cur.execute(
        "SELECT connection, object FROM stream WHERE first_scan IS NOT NULL EXCEPT"
        " SELECT q.connection, q.object FROM quarantine q WHERE q.gone_at IS NULL AND (q.field = ANY(%s) OR q.field = '' AND NOT EXISTS"
        " (SELECT 1 FROM record r WHERE r.connection = q.connection AND r.object = q.object AND r.external_id = q.external_id))",
        (through,),
    )
    return frozenset(work.cur.fetchall())


def parents_due(work: Work, entity: Entity, settling: Settling) -> set[tuple[str, str]]:
    """Keeps `golden_ref` in step, and returns (golden id, entity) of the parents whose rollups may differ now."""
    uses = work.view.through(entity.name)
    if not uses:
        return set()
    changed = settling.changed
    before = {
        (id, field, parent) for id in changed for field in uses for parent in _ids(settling.goldens[id].values.get(field))
    }
    after = {
        (id, field, parent) for id in changed for field in uses for parent in _ids(settling.outcomes[id].values.get(field))
    }
    if gone := before - after:
        work.cur.execute(
            "DELETE FROM golden_ref f USING unnest(%s::text[], %s::text[], %s::text[]) AS g(c, f, p) WHERE f.child = g.c AND f.field = g.f AND f.parent = g.p",
            tuple(list(column) for column in zip(*gone, strict=True)),
        )
    if new := after - before:
        work.cur.execute(
            "INSERT INTO golden_ref (child, field, parent) SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]) ON CONFLICT DO NOTHING",
            tuple(list(column) for column in zip(*sorted(new), strict=True)),
        )
    parent_entity = ref_entities(entity)
    return {(parent, parent_entity[field]) for _, field, parent in before | after}


def _ids(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
