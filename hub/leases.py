"""Who may do a piece of work now. Every take raises the fence; work that finds its fence outdated must not commit."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection as Database
from sqlalchemy import text

from hub.context import Hub

SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Lease:
    name: str
    owner: str
    fence: int


def take(hub: Hub, database: Database, name: str, seconds: float) -> Lease | None:
    """None while somebody else's lease is alive."""
    now = hub.clock.micros()
    owner = hub.chance.token(12)
    row = database.execute(
        text(
            "INSERT INTO lease (name, owner, fence, until) VALUES (:name, :owner, 1, :until)"
            " ON CONFLICT (name) DO UPDATE SET owner = :owner, fence = lease.fence + 1, until = :until WHERE lease.until <= :now"
            " RETURNING fence"
        ),
        {"name": name, "owner": owner, "until": now + int(seconds * SECOND), "now": now},
    ).first()
    return None if row is None else Lease(name, owner, row[0])


def hold(hub: Hub, database: Database, lease: Lease, seconds: float) -> bool:
    """Inside a transaction: locks the lease row, extends it, and says whether it is still ours. False: roll back."""
    done = database.execute(
        text("UPDATE lease SET until = :until WHERE name = :name AND owner = :owner AND fence = :fence"),
        {"until": hub.clock.micros() + int(seconds * SECOND), "name": lease.name, "owner": lease.owner, "fence": lease.fence},
    )
    return done.rowcount == 1


def release(database: Database, lease: Lease) -> None:
    database.execute(
        text("UPDATE lease SET until = 0 WHERE name = :name AND owner = :owner AND fence = :fence"),
        {"name": lease.name, "owner": lease.owner, "fence": lease.fence},
    )
