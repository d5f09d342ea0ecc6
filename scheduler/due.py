"""What is due, asked of the database: the one memory of the scheduler. What is being done by somebody else is left out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection as Database
from sqlalchemy import text

from hub.leases import ALIVE

_READ = text(
    "SELECT c.name FROM connection c WHERE c.state = 'active' AND (c.next_pull IS NULL OR c.next_pull <= :now"  # noqa: S608  # our own constant
    " OR EXISTS (SELECT 1 FROM refetch f WHERE f.connection = c.name AND f.not_before <= :now))"
    f" AND NOT EXISTS (SELECT 1 FROM lease WHERE lease.name = 'sync:' || c.name AND {ALIVE})"
    " ORDER BY c.next_pull NULLS FIRST, c.name"
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
    """Connections to read, connections to write to, and whether golden records wait to be settled."""

    read: list[str]
    deliver: list[str]
    settle: bool


def work(database: Database, now: int) -> Work:
    return Work(to_read(database, now), to_deliver(database, now), bool(database.execute(_SETTLE).scalar_one()))


def to_read(database: Database, now: int) -> list[str]:
    return list(database.execute(_READ, {"now": now}).scalars())


def to_deliver(database: Database, now: int) -> list[str]:
    """Writes that may go by themselves, and writes of which nobody knows what became of them."""
    return list(database.execute(_DELIVER, {"now": now}).scalars())
