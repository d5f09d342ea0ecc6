"""The clock of a practice world: starts where it is told, runs as fast as it is told, and can be moved by hand."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class TwinClock:
    """`speed` 60 makes a minute cost a second; 0 stands still until `advance`. Several twins may share one."""

    def __init__(self, start: datetime | None = None, *, speed: float = 1.0) -> None:
        self._lock = threading.Lock()
        self.set(start or datetime.now(UTC), speed=speed)

    def now(self) -> datetime:
        """Aware UTC."""
        with self._lock:
            return self._now()

    def advance(self, seconds: float) -> datetime:
        with self._lock:
            self._base += timedelta(seconds=seconds)
            return self._now()

    def set(self, now: datetime, *, speed: float | None = None) -> None:
        with self._lock:
            self._base = now.astimezone(UTC)
            self._since = time.monotonic()
            if speed is not None:
                self.speed = speed

    def _now(self) -> datetime:
        return self._base + timedelta(seconds=(time.monotonic() - self._since) * self.speed)
