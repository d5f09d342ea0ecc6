"""Lends a connector the real way out in a test: on the twin's clock, so that waiting costs nothing, with every call counted."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors.kit.calls import Answer, Ask, Bounds
from connectors.kit.contract import Limit
from connectors.kit.errors import VendorError
from connectors.kit.twin_clock import TwinClock

CALM = Bounds(read=20.0, total=30.0, tries=3)
HASTY = Bounds(read=0.3, total=0.3, tries=2)  # for vendors that are slow on purpose


@dataclass
class Bench:
    """Implements `transport.Rules`. `calls`: what went out, as "METHOD /path"; `slept`: seconds waited on the twin's clock.

    `hidden`: secrets that were learned on the way.
    """

    clock: TwinClock
    limits: Sequence[Limit] = ()
    bounds: Bounds = CALM
    calls: list[str] = field(default_factory=list)
    outcomes: list[Answer | VendorError] = field(default_factory=list)
    slept: float = 0.0
    hidden: set[str] = field(default_factory=set)
    _windows: dict[Limit, deque[datetime]] = field(default_factory=dict)

    def before(self, ask: Ask) -> None:
        for limit in self.limits:
            if re.search(limit.match, ask.what) is not None:
                self._take(limit)

    def after(self, ask: Ask, outcome: Answer | VendorError, seconds: float) -> None:
        del seconds
        self.calls.append(ask.what)
        self.outcomes.append(outcome)

    def hide(self, *secrets: str) -> None:
        self.hidden.update(secrets)

    def now(self) -> datetime:
        return self.clock.now()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.clock.advance(seconds)

    def between(self, low: float, high: float) -> float:
        return (low + high) / 2

    def _take(self, limit: Limit) -> None:
        """A sliding window, as strict as any vendor's."""
        window = self._windows.setdefault(limit, deque())
        while len(window) >= limit.calls:
            oldest = window.popleft()
            wait = limit.per - (self.clock.now() - oldest).total_seconds()
            if wait > 0:
                self.sleep(wait)
        window.append(self.clock.now())
