"""How often we may call a vendor: one count for all workers, in the database. Who comes first calls first."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection as Database
from sqlalchemy import Engine, text

from connectors.kit.contract import Limit
from hub.clock import Clock

SECOND = 1_000_000
BRIEF = 10.0
"""Seconds: windows up to this are counted in tenths, so that calls may be late on their way; longer ones in sixtieths."""

Used = Mapping[int, int]
"""Calls by the number of their slice; those that wait for their turn stand in slices to come."""


@dataclass(frozen=True, slots=True)
class Window:
    """A limit's window cut into slices. Counting whole slices and one more, no window of its length ever holds too many."""

    calls: int
    slices: int
    length: int  # of a slice, in microseconds

    @classmethod
    def of(cls, limit: Limit) -> Window:
        slices = 10 if limit.per <= BRIEF else 60
        return cls(limit.calls, slices, math.ceil(limit.per * SECOND / slices))

    def slice(self, at: int) -> int:
        return at // self.length

    def first(self, now: int) -> int:
        """The oldest slice that still counts."""
        return self.slice(now) - self.slices

    def turn(self, used: Used, now: int) -> int:
        """When the next call may go: nobody overtakes those that wait already."""
        at = max([self.slice(now), *used])
        while (over := self._inside(used, at)) and sum(used[each] for each in over) >= self.calls:
            at = over[0] + self.slices + 1
        return max(now, at * self.length)

    def left(self, used: Used, now: int) -> int:
        return max(0, self.calls - sum(used[each] for each in used if each >= self.first(now)))

    def _inside(self, used: Used, at: int) -> list[int]:
        return sorted(each for each in used if each >= at - self.slices)


class DatabaseQuota:
    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def take(self, connection: str, limit: Limit, patience: float) -> float:
        """Seconds until the one call that is now ours; more than `patience`: none was taken."""
        window = Window.of(limit)
        where = {"connection": connection, "scope": _scope(limit)}
        with self._engine.begin() as database:
            database.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 7))"), {"name": "/".join(where.values())}
            )
            now = self._clock.micros()
            database.execute(
                text("DELETE FROM quota WHERE connection = :connection AND scope = :scope AND window_start < :first"),
                where | {"first": window.first(now) * window.length},
            )
            at = window.turn(_used(database, window, where), now)
            if (wait := (at - now) / SECOND) <= patience:
                database.execute(
                    text(
                        "INSERT INTO quota (connection, scope, window_start, used) VALUES (:connection, :scope, :start, 1)"
                        " ON CONFLICT (connection, scope, window_start) DO UPDATE SET used = quota.used + 1"
                    ),
                    where | {"start": window.slice(at) * window.length},
                )
        return wait


@dataclass(frozen=True, slots=True)
class Left:
    """What may still be called. `back`: when the next call may go, in microseconds; None: at once."""

    limit: Limit
    calls: int
    back: int | None


def left(database: Database, now: int, connection: str, limits: Sequence[Limit]) -> list[Left]:
    """Takes nothing, waits for nobody."""
    found = []
    for limit in limits:
        window = Window.of(limit)
        used = _used(database, window, {"connection": connection, "scope": _scope(limit)})
        at = window.turn(used, now)
        found.append(Left(limit, window.left(used, now), at if at > now else None))
    return found


def _scope(limit: Limit) -> str:
    return f"{limit.scope}/{limit.per:g}"


def _used(database: Database, window: Window, where: Mapping[str, Any]) -> Used:
    query = text("SELECT window_start, used FROM quota WHERE connection = :connection AND scope = :scope")
    found: Counter[int] = Counter()
    for start, used in database.execute(query, where):
        found[window.slice(start)] += used
    return found
