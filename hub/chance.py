"""Randomness: its one owner. Seeded, it repeats itself; unseeded, it is fit for secrets."""

from __future__ import annotations

import random

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32 in lower case: no i, l, o, u, so that ids can be read aloud."""


class Chance:
    """A source of randomness. With a seed it is for simulations only: never make a key or a nonce with it."""

    def __init__(self, seed: int | str | None = None) -> None:
        self.seeded = seed is not None
        self._random: random.Random = random.Random(seed) if self.seeded else random.SystemRandom()  # noqa: S311 - seeded on purpose

    def bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def token(self, length: int) -> str:
        """That many characters of 5 bits each."""
        bits = self._random.getrandbits(5 * length)
        return "".join([ALPHABET[bits >> 5 * place & 31] for place in range(length)])

    def golden_id(self, entity: str) -> str:
        """A new id, such as `acc4x7k0m2p9q1rt`: three letters of the entity and 65 random bits."""
        return entity[:3] + self.token(13)

    def between(self, low: float, high: float) -> float:
        """Evenly between the two: jitter."""
        return self._random.uniform(low, high)
