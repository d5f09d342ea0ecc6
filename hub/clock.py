"""Time: the one owner of now, of waiting and of the stopwatch, so that a simulation can drive them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""

    def micros(self) -> int:
        """Now in whole microseconds since 1970 UTC: what stamps are made of."""

    def monotonic(self) -> float:
        """Seconds that never go back: for measuring, not for telling."""

    def sleep(self, seconds: float) -> None: ...


def to_micros(moment: datetime) -> int:
    """Exact; refuses a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError("naive datetime")
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        return from_micros(self.micros())

    def micros(self) -> int:
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))


class ManualClock:
    """Moves only when told: sleeping moves it. Setting it back moves `now`, never `monotonic`."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._micros = to_micros(start)
        self._elapsed = 0

    def now(self) -> datetime:
        return from_micros(self._micros)

    def micros(self) -> int:
        return self._micros

    def monotonic(self) -> float:
        return self._elapsed / 1e6

    def sleep(self, seconds: float) -> None:
        moved = max(0, round(seconds * 1_000_000))
        self._micros += moved
        self._elapsed += moved

    advance = sleep

    def set(self, moment: datetime) -> None:
        self._micros = to_micros(moment)
