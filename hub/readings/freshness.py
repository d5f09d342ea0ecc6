"""How old what we know of each source is, against what was promised; what holds it up; and what may still be called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection as Database
from sqlalchemy import text

from connectors.kit.contract import Limit
from hub import connections, quota
from hub.connections import Connection
from hub.context import Hub
from hub.leases import ALIVE
from hub.quota import Left
from hub.words import Problem

SECOND = 1_000_000
GRACE, SHARE = 10.0, 0.1
"""Late is later than promised by more than so many seconds, or by more than this share of the promise, whichever is longer."""
WANT_OF_QUOTA = frozenset({"quota", "rate_limited"})
"""Why a read ended: our own count, or the vendor's word."""

# A read that stopped for want of time goes on at the next tick: in between nobody holds its lease.
_FACTS = text(
    "SELECT c.name, c.next_pull, c.created_at, ended.status, ended.code, fresh.started_at AS fresh_at,"  # noqa: S608  # our own constant
    " EXISTS (SELECT 1 FROM run WHERE connection = c.name AND status = 'waiting') AS stopped,"
    " newest.status = 'running' AND (c.next_pull + :grace >= :now"
    f" OR EXISTS (SELECT 1 FROM lease WHERE lease.name = 'sync:' || c.name AND {ALIVE})) AS reading"
    " FROM connection c"
    " LEFT JOIN LATERAL (SELECT status FROM run WHERE connection = c.name AND kind = 'sync' ORDER BY id DESC LIMIT 1) newest ON true"
    " LEFT JOIN LATERAL (SELECT status, error->>'code' AS code FROM run WHERE connection = c.name AND kind = 'sync'"
    " AND status <> 'running' ORDER BY id DESC LIMIT 1) ended ON true"
    " LEFT JOIN LATERAL (SELECT started_at FROM run WHERE connection = c.name AND kind = 'sync'"
    " AND status = 'succeeded' ORDER BY id DESC LIMIT 1) fresh ON true"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the tables say of one connection. Instants in microseconds, `promise` in seconds.

    `state`: active, paused, reconnect. `ended`, `code`: of the last read that ended. `stopped`: a run waits for a person.
    """

    state: str
    promise: float
    created: int
    fresh_at: int | None = None
    ended: str | None = None
    code: str | None = None
    next_pull: int | None = None
    reading: bool = False
    stopped: bool = False

    def word(self, now: int) -> str:
        """One of on_time, reading, late, waiting_for_quota, reconnect, incomplete, stopped, paused, not_read."""
        if self.state != "active":
            return self.state
        if self.stopped:
            return "stopped"
        if self.reading:
            return "reading"
        if self.failed:
            return "waiting_for_quota" if self._waits(now) else "incomplete"
        if self.fresh_at is None:
            return "not_read"
        return "on_time" if self.late_by(now) is None else "late"

    @property
    def failed(self) -> bool:
        """The last read that ended did not succeed; whatever is being tried, or held up, since."""
        return self.ended not in (None, "succeeded", "waiting")

    def late_by(self, now: int) -> float | None:
        """Seconds over the promise, counted from the start of the last read that succeeded: so old is what it saw. None: kept."""
        since = self.fresh_at if self.fresh_at is not None else self.created
        over = (now - since) / SECOND - self.promise
        return over if self.state != "paused" and over > max(GRACE, SHARE * self.promise) else None

    def next_due(self, now: int) -> int | None:
        """None: it is being read, or nobody will until a person helps."""
        return None if self.state != "active" or self.reading else max(now, self.next_pull or 0)

    def _waits(self, now: int) -> bool:
        """Once quota is back, it is no excuse any more."""
        return self.code in WANT_OF_QUOTA and self.next_pull is not None and now < self.next_pull + GRACE * SECOND


@dataclass(frozen=True, slots=True)
class Freshness:
    """Of one connection. Instants in microseconds, `promise` and `late_by` in seconds."""

    connection: Connection
    state: str
    failed: bool
    fresh_at: int | None
    promise: float
    late_by: float | None
    next_due: int | None
    quota: list[Left]


def read(hub: Hub, database: Database) -> list[Freshness]:
    """All connections, by name."""
    now = hub.clock.micros()
    known = connections.load(hub, database)
    rows = {row.name: row for row in database.execute(_FACTS, {"now": now, "grace": int(GRACE * SECOND)})}
    found = []
    for name, connection in known.items():
        if (row := rows.get(name)) is None:
            continue  # removed a moment ago
        facts = Facts(
            connection.state, connection.every, row.created_at, row.fresh_at, row.status, row.code, row.next_pull,
            bool(row.reading), row.stopped,
        )  # fmt: skip
        left = quota.left(database, now, name, _limits(hub, connection))
        state, over, due = facts.word(now), facts.late_by(now), facts.next_due(now)
        found.append(Freshness(connection, state, facts.failed, facts.fresh_at, facts.promise, over, due, left))
    return found


def _limits(hub: Hub, connection: Connection) -> Sequence[Limit]:
    """By its settings; as declared, where those cannot be read any more."""
    kind = hub.catalog.connector(connection.connector)
    try:
        return kind.limits(connections.checked(kind, connection.name, connections.unsealed(hub, connection)))
    except Problem:
        return kind.facts.limits
