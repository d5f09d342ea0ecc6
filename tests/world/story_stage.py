"""The story's stage inside one process: a round is a round, nobody sleeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from worlds import World

from connectors.kit.contract import Served
from hub.practice.story.stage import Stage


class InProcess(Stage):
    def __init__(self, world: World) -> None:
        self.world = world
        super().__init__(world.hub, {name: Served(name, twin.url, twin.config(), "") for name, twin in world.twins.items()})

    def settle(self) -> None:
        """A run above a limit waits for a person: nobody confirms it here."""
        for _ in range(6):
            news = sum(outcome.news for outcome in self.world.read().values())
            sent = sum(delivery.records for delivery in self.world.deliver(confirm=False).values())
            if news == sent == 0:
                return
        raise AssertionError("not quiet after 6 rounds")

    def seconds_until(self, holds: Callable[[], bool]) -> float:
        self.settle()
        assert holds()
        return 0.0

    @contextmanager
    def between_reads(self) -> Iterator[None]:
        yield
        self.world.hub.clock.sleep(1.1)  # Zendesk's exports tell whole seconds that are over
        self.world.read()
