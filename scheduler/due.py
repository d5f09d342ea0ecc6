"""What is due, asked of the database: the one memory of the scheduler. What is being done by somebody else is left out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection as Database
from sqlalchemy import text

from hub.leases import ALIVE

_FREE = f"c.state = 'active' AND NOT EXISTS (SELECT 1 FROM lease WHERE lease.name = 'sync:' || c.name AND {ALIVE})"  # noqa: S608  # our own constant
# An object that was asked for as a whole brings the next pull forward, but not a failing connection's.
_PULL = (
    "(c.next_pull IS NULL OR c.next_pull <= :now OR (c.failures = 0 AND EXISTS"
    " (SELECT 1 FROM refetch f WHERE f.connection = c.name AND f.external_id = '' AND f.not_before <= :now)))"
)
# The vendor makes all of us wait; the pull that comes then reads again as well. Our own count (quota) is asked at each call.
_HELD = "(c.why ->> 'after' IS NOT NULL AND c.why ->> 'code' <> 'quota')"
_READ = text(f"SELECT c.name FROM connection c WHERE {_FREE} AND {_PULL} ORDER BY c.next_pull NULLS FIRST, c.name")  # noqa: S608  # our own constants
_REREAD = text(
    f"SELECT c.name FROM connection c WHERE {_FREE} AND NOT {_PULL} AND NOT {_HELD} AND (EXISTS"  # noqa: S608  # our own constants
    " (SELECT 1 FROM refetch f WHERE f.connection = c.name AND f.external_id <> '' AND f.not_before <= :now)"
    # One that stopped for want of time, or died, is ended even if a pull has read the rest: what it changed waits for its end.
    " OR EXISTS (SELECT 1 FROM run r WHERE r.connection = c.name AND r.kind = 'reread' AND r.status = 'running')) ORDER BY c.name"
)

_DELIVER = text(
    "SELECT c.name FROM connection c WHERE c.state = 'active' AND c.writes <> 'off' AND EXISTS (SELECT 1 FROM intent i"  # noqa: S608  # our own constant
    " WHERE i.connection = c.name AND ((i.status = 'planned' AND i.next_at <= :now AND c.writes = 'on' AND c.confirmed)"
    " OR (i.status = 'unclear' AND i.next_at <= :now) OR i.status = 'sending'))"
    f" AND NOT EXISTS (SELECT 1 FROM lease WHERE lease.name = 'deliver:' || c.name AND {ALIVE})"
    " ORDER BY c.name"
)

_SETTLE = text("SELECT EXISTS (SELECT 1 FROM due)")


@dataclass(frozen=True, slots=True)
class Work:
    """Connections to pull, connections of which single records were asked for, connections to write to, and whether golden
    records wait to be settled.
    """

    read: list[str]
    reread: list[str]
    deliver: list[str]
    settle: bool


def work(database: Database, now: int) -> Work:
    return Work(
        to_read(database, now),
        to_reread(database, now),
        to_deliver(database, now),
        bool(database.execute(_SETTLE).scalar_one()),
    )


def to_read(database: Database, now: int) -> list[str]:
    return list(database.execute(_READ, {"now": now}).scalars())


def to_reread(database: Database, now: int) -> list[str]:
    return list(database.execute(_REREAD, {"now": now}).scalars())


def to_deliver(database: Database, now: int) -> list[str]:
    """Writes that may go by themselves, and writes of which nobody knows what became of them."""
    return list(database.execute(_DELIVER, {"now": now}).scalars())
