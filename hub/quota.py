"""How often we may call a vendor: one count for all workers, in the database."""

from __future__ import annotations

from sqlalchemy import Engine, text

from connectors.kit.contract import Limit
from hub.clock import Clock

SECOND = 1_000_000


class DatabaseQuota:
    """A sliding count over slices of a window, so that no window of the limit's length ever holds more calls than allowed."""

    SLICES = 10

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def take(self, connection: str, limit: Limit) -> float:
        """0.0: one call is ours. More: seconds until it is worth asking again."""
        slice_ = max(1, int(limit.per * SECOND) // self.SLICES)
        scope = f"{limit.scope}/{limit.per:g}"
        with self._engine.begin() as database:
            database.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 7))"), {"name": f"{connection}/{scope}"}
            )
            now = self._clock.micros()
            since = now - now % slice_ - self.SLICES * slice_
            database.execute(
                text("DELETE FROM quota WHERE connection = :c AND scope = :s AND window_start < :t"),
                {"c": connection, "s": scope, "t": since},
            )
            used, oldest = database.execute(
                text("SELECT coalesce(sum(used), 0), min(window_start) FROM quota WHERE connection = :c AND scope = :s"),
                {"c": connection, "s": scope},
            ).one()
            if used >= limit.calls:
                return max(float((oldest + (self.SLICES + 1) * slice_ - now) / SECOND), 0.01)
            database.execute(
                text(
                    "INSERT INTO quota (connection, scope, window_start, used) VALUES (:c, :s, :w, 1)"
                    " ON CONFLICT (connection, scope, window_start) DO UPDATE SET used = quota.used + 1"
                ),
                {"c": connection, "s": scope, "w": now - now % slice_},
            )
        return 0.0
