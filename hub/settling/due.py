"""Golden records that something they depend on changed: settled in the entities' fixed order until none is left."""

from __future__ import annotations

from hub import guard
from hub.bulk import uncollected
from hub.delivery.gate import gate_open
from hub.delivery.planning import plan_writes
from hub.intake.work import Work
from hub.session import Session
from hub.settling.settle import settle_goldens
from mappings.rollups import ROLLUPS

BATCH = 1_000


def settle_due(session: Session) -> int:
    """Returns how many golden records changed. Safe to run in several processes at once."""
    changed = 0
    while (done := session.write(_batch)) is not None:
        changed += done
        session.hub.point("due_settled")
    return changed


@uncollected()
def _batch(work: Work) -> int | None:
    work.cur.execute(
        "DELETE FROM due WHERE golden_id IN (SELECT golden_id FROM due WHERE rank = (SELECT min(rank) FROM due)"
        " ORDER BY serial LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING golden_id, entity",
        (BATCH,),
    )
    rows = work.cur.fetchall()
    if not rows:
        return None
    entity = rows[0][1]
    settling = settle_goldens(work, entity, [id for id, _ in rows], {})
    guard.count(work, settling)
    plan_writes(work, work.view.entities[entity], settling)
    return len(settling.changed)


def wake_by_clock(work: Work) -> None:
    """Pins that expire, discounts that end: records whose next instant has come are due."""
    _mark(work, "next_at <= %s", (work.at,))


def first_scan_done(work: Work, connection: str, object: str) -> None:
    """What could not be said or planned before this scan was complete can be now: parents' rollups, and writes."""
    mapping = work.view.mapping(connection, object)
    if mapping is None:
        return
    parents = [name for name, made in ROLLUPS.items() if any(rollup.child == mapping.entity for rollup in made)]
    _mark(work, "entity = ANY(%s)", (parents,))
    if not gate_open(work, mapping.entity):
        return
    if work.view.rules.exists(mapping.entity).create:
        _mark(work, "entity = %s", (mapping.entity,))
    elif work.view.writes_references(mapping.entity):
        _mark(work, "entity = %s AND records > 1", (mapping.entity,))


def mark_all(work: Work) -> None:
    """Everything is to be settled again: rules, mappings or the roles of a connection changed."""
    _mark(work, "records > 0", ())


def _mark(work: Work, condition: str, values: tuple[object, ...]) -> None:
    ranks = work.view.ranks
    work.cur.execute(
        "INSERT INTO due (golden_id, entity, rank) SELECT g.id, g.entity, r.rank FROM golden g"  # noqa: S608  # conditions are our own constants
        f" JOIN unnest(%s::text[], %s::int4[]) AS r(entity, rank) ON r.entity = g.entity WHERE {condition.replace('entity =', 'g.entity =')}"
        " ON CONFLICT (golden_id) DO NOTHING",
        (list(ranks), list(ranks.values()), *values),
    )
