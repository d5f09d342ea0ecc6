"""Being told to end: a note that is looked at between steps, so that nothing is torn down half-way."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any, Self

from hub.clock import Clock

NUMBERS = (signal.SIGINT, signal.SIGTERM)
STEP = 0.1


class Told:
    """`with Told(clock) as told: while told.wait(1): ...`; Ctrl-C and SIGTERM make it true. Main thread only."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.told = False

    def __enter__(self) -> Self:
        self._before: dict[signal.Signals, Any] = {number: signal.signal(number, self._note) for number in NUMBERS}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def __bool__(self) -> bool:
        return self.told

    def wait(self, seconds: float) -> bool:
        """False at once when told to end, else True after so long."""
        deadline = self.clock.monotonic() + seconds
        while not self.told and (left := deadline - self.clock.monotonic()) > 0:
            self.clock.sleep(min(STEP, left))
        return not self.told

    def _note(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.told = True
