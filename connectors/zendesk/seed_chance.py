"""Chance that is the same on every machine: drawn from the world's seed, the customer's number and a word."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta


class Chance:
    """`still`: nothing happens by chance; numbers and picks are drawn all the same."""

    def __init__(self, seed: int, number: int, *, still: bool) -> None:
        self._base = f"zendesk/{seed}/{number}"
        self._still = still

    def percent(self, chance: int, what: str) -> bool:
        return not self._still and self.below(100, what) < chance

    def below(self, limit: int, what: str) -> int:
        digest = hashlib.sha256(f"{self._base}/{what}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % limit

    def pick(self, choices: Sequence[str], what: str) -> str:
        return choices[self.below(len(choices), what)]

    def moment(self, day: date, what: str) -> datetime:
        """Some second of a working day."""
        return datetime(day.year, day.month, day.day, 7, tzinfo=UTC) + timedelta(seconds=self.below(11 * 3600, what))


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
