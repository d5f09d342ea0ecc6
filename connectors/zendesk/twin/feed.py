"""The order in which records changed, by `generated_timestamp`: what the exports walk along."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

Position = tuple[int, int]  # (unix seconds, id)


class Feed:
    def __init__(self) -> None:
        self._order: list[Position] = []
        self._stamps: dict[int, int] = {}

    def put(self, id: int, stamp: int) -> None:
        self.drop(id)
        self._stamps[id] = stamp
        insort(self._order, (stamp, id))

    def drop(self, id: int) -> None:
        if id in self._stamps:
            del self._order[bisect_left(self._order, (self._stamps.pop(id), id))]

    def between(self, after: Position, until: int) -> Iterator[Position]:
        """Positions behind `after`, of seconds before `until`."""
        for position in self._order[bisect_right(self._order, after) :]:
            if position[0] >= until:
                return
            yield position
