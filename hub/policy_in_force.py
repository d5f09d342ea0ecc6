"""The ARR policy in force: another one than before is a new document, and what finance makes is settled again by it, as a run of its own."""

from __future__ import annotations

from functools import partial

from hub import guard, leases, runs
from hub.bulk import allocate, encode_json, uncollected
from hub.context import Hub
from hub.delivery.planning import plan_writes
from hub.intake.work import Work
from hub.runs import Outcome
from hub.session import LEASE_SECONDS, Session, view_of
from hub.settling.settle import settle_goldens
from mappings.rollups import FIGURES, ROLLUPS

KIND = "policy"
BATCH = 1_000
PRICED = tuple(entity for entity, made in ROLLUPS.items() if any(rollup.function in FIGURES for rollup in made))
_IN_FORCE = (
    "SELECT coalesce((SELECT version FROM document WHERE kind = %s ORDER BY position DESC LIMIT 1) = %s, false)"
    " AND NOT EXISTS (SELECT 1 FROM run WHERE kind = %s AND status = 'running')"  # one that died half-way is to be ended, by whichever policy
)
RUN = "documents"


def enforce_policy(hub: Hub, *, by: str = "schedule") -> Outcome | None:
    """Before anything is read by a new policy: its figures are one change, counted as one, and above the limits a person looks first.

    None: the policy is the one of before, or there was nothing to settle, or another process is at it.
    """
    session = Session(hub, view_of(hub))
    if session.write(_in_force):
        return None
    with leases.held(hub, KIND, LEASE_SECONDS) as lease:
        if lease is None or session.write(_in_force):
            return None
        if not session.write(lambda work: _page(work, "")):
            session.write(_record)
            return None
        with hub.engine.begin() as database:
            run = runs.begin(hub, database, None, RUN, by)
        outcome = _settle_all(Session(hub, session.view, run, lease))
        with hub.engine.begin() as database:
            runs.finish(hub, database, run, outcome)
    return outcome


def _in_force(work: Work) -> bool:
    work.cur.execute(_IN_FORCE, (KIND, work.view.policy.hash, RUN))
    return work.cur.fetchone() == (True,)


def _settle_all(session: Session) -> Outcome:
    """The document comes last: a run that dies is done again, and settling again what is settled changes nothing."""
    outcome = Outcome("succeeded")
    after: str | None = ""
    while after is not None:
        after, changed = session.write(partial(_batch, after=after))
        outcome.changed += changed
        session.hub.point("policy_settled")
    session.write(_record)
    if limits := session.write(lambda work: guard.exceeded(work, session.run or 0)):
        outcome.status, outcome.error = "waiting", {"code": "limits", "data": {"limits": limits}}
    return outcome


@uncollected()
def _batch(work: Work, after: str) -> tuple[str | None, int]:
    """Not by due rows: another process would settle them outside this run, and nobody would count them."""
    rows = _page(work, after)
    changed = 0
    for entity in PRICED:
        if ids := [id for id, of in rows if of == entity]:
            settling = settle_goldens(work, entity, ids, {})
            guard.count(work, settling)
            plan_writes(work, work.view.entities[entity], settling)
            changed += len(settling.changed)
    return (rows[-1][0] if rows else None), changed


def _page(work: Work, after: str) -> list[tuple[str, str]]:
    work.cur.execute(
        "SELECT id, entity FROM golden WHERE entity = ANY(%s) AND records > 0 AND id > %s ORDER BY id LIMIT %s",
        (list(PRICED), after, BATCH),
    )
    return work.cur.fetchall()


def _record(work: Work) -> None:
    policy = work.view.policy
    [position] = allocate(work.cur, "log_position", 1)
    work.cur.execute(
        "INSERT INTO log (position, kind, subject, at, run) VALUES (%s, 'document', %s, %s, %s)",
        (position, KIND, work.at, work.run),
    )
    work.cur.execute(
        "INSERT INTO document (position, kind, name, version, text, at) VALUES (%s, %s, %s, %s, %s, %s)",
        (position, KIND, policy.label, policy.hash, encode_json(policy.choices).decode(), work.at),
    )
