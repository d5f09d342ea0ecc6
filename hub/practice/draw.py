"""Draws that are the same on every machine: each is a hash of the seed and of what it is for, so none shifts another."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Draw:
    """Draws about one thing: `about` names it, each draw names its question."""

    seed: int
    about: str

    def number(self, question: str, low: int, high: int) -> int:
        """From `low` to `high`, both included."""
        digest = hashlib.sha256(f"{self.seed}\0{self.about}\0{question}".encode()).digest()
        return low + int.from_bytes(digest[:8]) % (high - low + 1)

    def pick(self, question: str, choices: Sequence[T]) -> T:
        return choices[self.number(question, 0, len(choices) - 1)]

    def weighted(self, question: str, choices: Sequence[tuple[int, T]]) -> T:
        """One of `choices`, each with its share of the whole."""
        at = self.number(question, 1, sum(share for share, _ in choices))
        for share, choice in choices:
            at -= share
            if at <= 0:
                return choice
        raise AssertionError("shares are positive")
