"""Chance that is the same on every machine: drawn from the world's seed, the customer's number and a word."""

from __future__ import annotations

import hashlib


class Chance:
    """`still`: nothing happens by chance; ids and numbers are minted all the same."""

    def __init__(self, *of: object, still: bool = False) -> None:
        self._of = "\x1f".join(map(str, of))
        self._still = still

    def draw(self, what: str) -> float:
        """In [0, 1); 1 where nothing happens by chance."""
        if self._still:
            return 1.0
        return int(self._digest(what)[:13], 16) / 16**13

    def below(self, what: str, share: float) -> bool:
        return self.draw(what) < share

    def number(self, what: str, below: int) -> int:
        return int(self._digest(what), 16) % below

    def id(self, prefix: str, what: str = "") -> str:
        return f"{prefix}_{self._digest(prefix + what)[:14]}"

    def _digest(self, what: str) -> str:
        return hashlib.sha256(f"{self._of}\x1f{what}".encode()).hexdigest()
