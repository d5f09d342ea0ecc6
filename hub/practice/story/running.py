"""The stage of a demo that runs: its worker does the hub's work, we only wait for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import text

from connectors.kit.contract import Served
from hub.context import Hub
from hub.practice import quiet, telling, twins
from hub.practice.story.stage import Stage
from hub.readings.status import idle
from hub.settings import Settings
from hub.words import Problem

LOOK_EVERY, WITHIN = 0.1, 60.0
Rest = Callable[[float], None]


def answering(settings: Settings) -> dict[str, Served]:
    """The practice systems of this HUB_HOME, if all of them answer; else none."""
    try:
        found = {name: twins.address(settings.home, name) for name in twins.offered()}
        for served in found.values():
            telling.ask(served, "clock")
    except Problem:
        return {}
    return found


class Running(Stage):
    """`rest`: waits so many seconds, or raises."""

    def __init__(self, hub: Hub, served: Mapping[str, Served], rest: Rest) -> None:
        super().__init__(hub, served)
        self.rest = rest
        self._lags = quiet.lags(hub)

    def settle(self) -> None:
        """Raises Problem `story_not_quiet`."""
        since = self.hub.clock.micros()
        self.until(lambda database: quiet.quiet(database, self._lags, since, self.hub.clock.micros()))

    def seconds_until(self, holds: Callable[[], bool]) -> float:
        """Raises Problem `story_not_quiet`."""
        began = self.hub.clock.monotonic()
        self.until(lambda _: holds())
        return self.hub.clock.monotonic() - began

    @contextmanager
    def between_reads(self) -> Iterator[None]:
        """Nobody is written to until all that was edited was read."""
        self._writes("ask")
        try:
            yield
            since = self.hub.clock.micros()
            self.until(
                lambda database: quiet.all_read_again(database, self._lags, since, self.hub.clock.micros()) and idle(database)
            )
        finally:
            self._writes("on")

    def _writes(self, word: str) -> None:
        with self.hub.engine.begin() as database:
            database.execute(text("UPDATE connection SET writes = :word"), {"word": word})

    def until(self, holds: quiet.Question) -> None:
        """Raises Problem `story_not_quiet`."""
        clock = self.hub.clock
        deadline = clock.monotonic() + WITHIN
        while clock.monotonic() < deadline:
            with self.hub.engine.begin() as database:
                if holds(database):
                    return
            self.rest(LOOK_EVERY)
        raise Problem("story_not_quiet", seconds=int(WITHIN))
