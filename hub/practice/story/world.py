"""The whole cast as a practice world."""

from __future__ import annotations

from datetime import date

from connectors.kit.practice import World
from hub.practice.story.chorus import chorus
from hub.practice.story.firm import customer
from hub.practice.story.situations import situations


def world(seed: int, today: date) -> World:
    """122 customers. `seed` mints the vendors' ids alone: every figure is the same with any."""
    firms = (*situations(today), *chorus())
    return World(tuple(customer(number, firm, today) for number, firm in enumerate(firms)), today, seed, exact=True)
