"""What one run works with: the hub, its view of connections, the run's row, and transactions that are fenced by a lease."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection as Database

from connectors.kit.contract import Connector
from hub import connections, db, leases
from hub.bulk import cursor
from hub.clock import MICROSECOND
from hub.context import Hub
from hub.intake.work import Work
from hub.leases import Lease
from hub.view import Seat, View

T = TypeVar("T")
LEASE_SECONDS = 60.0


class Fenced(Exception):
    """Somebody else took the lease: what this process was about to commit is void."""


@dataclass(frozen=True)
class Session:
    """`lease`: None for work that needs none (a person's single command)."""

    hub: Hub
    view: View
    run: int | None = None
    lease: Lease | None = None

    def write(self, work: Callable[[Work], T]) -> T:
        """One transaction, repeated whole after a deadlock. Raises `Fenced` if the lease is lost."""

        def inside(database: Database) -> T:
            if self.lease is not None and not leases.hold(self.hub, database, self.lease, LEASE_SECONDS):
                raise Fenced(self.lease.name)
            with cursor(database) as cur:
                return work(Work(self.hub, self.view, cur, self.run, self.hub.clock.micros()))

        return db.transaction(self.hub.engine, inside, clock=self.hub.clock, chance=self.hub.chance)


def view_of(hub: Hub) -> View:
    """The catalog bound to the connections that there are now."""
    with hub.engine.connect() as database:
        found = connections.load(hub, database)
    seats = {
        one.name: Seat(one.name, one.connector, one.roles, one.writes, one.may_hold, one.confirmed, one.waived, one.mode)
        for one in found.values()
    }
    return View(hub.catalog, seats)


def offset(connector: Connector) -> tuple[int, int] | None:
    """Bounds of the vendor's clock against ours in microseconds, as its answers told so far."""
    bounds = connector.lent.clock.bounds
    return None if bounds is None else (bounds[0] // MICROSECOND, bounds[1] // MICROSECOND)
