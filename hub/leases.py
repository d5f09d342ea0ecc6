"""Who may do a piece of work now. Every take raises the fence; work that finds its fence outdated must not commit.

A lease that is `held` ends with the database session of its holder: after a `kill -9` the next one need not wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection as Database
from sqlalchemy import text

from hub.context import Hub

SECOND = 1_000_000

ALIVE = (
    "(lease.until > :now AND (lease.backend IS NULL OR EXISTS (SELECT 1 FROM pg_stat_activity a"
    " WHERE a.pid = lease.backend AND a.backend_start::text = lease.backend_start)))"
)
"""SQL: nobody else may take it. A holder that is stopped but not dead loses it when its time is over."""


@dataclass(frozen=True, slots=True)
class Lease:
    name: str
    owner: str
    fence: int


@contextmanager
def held(hub: Hub, name: str, seconds: float) -> Iterator[Lease | None]:
    """None while somebody else holds it. Given back at the end, whatever happens."""
    with hub.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        lease = take(hub, session, name, seconds, here=True)
        try:
            yield lease
        finally:
            if lease is not None:
                release(session, lease)


def take(hub: Hub, database: Database, name: str, seconds: float, *, here: bool = False) -> Lease | None:
    """None while somebody else's lease is alive. `here`: it ends with this database session, if not before."""
    now = hub.clock.micros()
    owner = hub.chance.token(12)
    row = database.execute(
        text(
            "INSERT INTO lease (name, owner, fence, until, backend, backend_start)"  # noqa: S608  # our own constant
            " SELECT :name, :owner, 1, :until, s.pid, s.backend_start::text FROM (SELECT 1) AS one"
            " LEFT JOIN pg_stat_activity s ON :here AND s.pid = pg_backend_pid()"
            " ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, fence = lease.fence + 1, until = excluded.until,"
            f" backend = excluded.backend, backend_start = excluded.backend_start WHERE NOT {ALIVE} RETURNING fence"
        ),
        {"name": name, "owner": owner, "until": now + int(seconds * SECOND), "now": now, "here": here},
    ).first()
    return None if row is None else Lease(name, owner, row[0])


def hold(hub: Hub, database: Database, lease: Lease, seconds: float) -> bool:
    """Inside a transaction: locks the lease row, extends it, and says whether it is still ours. False: roll back."""
    done = database.execute(
        text("UPDATE lease SET until = :until WHERE name = :name AND owner = :owner AND fence = :fence"),
        {
            "until": hub.clock.micros() + int(seconds * SECOND),
            "name": lease.name,
            "owner": lease.owner,
            "fence": lease.fence,
        },
    )
    return done.rowcount == 1


def release(database: Database, lease: Lease) -> None:
    database.execute(
        text("UPDATE lease SET until = 0 WHERE name = :name AND owner = :owner AND fence = :fence"),
        {"name": lease.name, "owner": lease.owner, "fence": lease.fence},
    )
