"""The clock of a practice world: starts where it is told, runs as fast as it is told, and can be moved by hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class TwinClock:
    """`speed` 60 makes a minute cost a second; 0 stands still until `advance`. Several twins may share one."""

    def __init__(self, start: datetime | None = None, *, speed: float = 1.0) -> None:
        self._lock = threading.Lock()
        self._held = threading.local()
        self.set(start or datetime.now(UTC), speed=speed)

    def now(self) -> datetime:
        """Aware UTC."""
        held: datetime | None = getattr(self._held, "at", None)
        if held is not None:
            return held
        with self._lock:
            return self._now()

    @contextmanager
    def held(self) -> Iterator[datetime]:
        """For this thread time stands still: one request, one moment."""
        self._held.at = self.now()
        try:
            yield self._held.at
        finally:
            self._held.at = None

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
