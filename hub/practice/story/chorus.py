"""The 108 customers around the situations: what they pay, who knows them, and the few that something is told wrongly of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from connectors.kit.practice import Plan
from hub.practice import cast
from hub.practice.story.firm import ALL, BOTH, SALES, SUPPORT, Firm, monthly, yearly

SIZE = 108
_STRIDE = 65  # prime to the size: neighbours pay differently
_STARRING = frozenset({"Wobbly", "Borrowed", "Left-Handed", "Upside-Down", "Second-Hand", "Backwards"})
_ADJECTIVES = tuple(word for word in cast.ADJECTIVES if word not in _STARRING)

SMALLEST = monthly(4, "12.25")  # 588.00 a year
PAYS: tuple[tuple[int, tuple[Plan, ...]], ...] = (
    (2, ()),
    (50, (SMALLEST,)),
    (25, (monthly(10, "19.90"),)),  # 2,388.00
    (3, (monthly(10, "19.90", status="past_due"),)),
    (12, (yearly(20, "270.00"),)),  # 5,400.00
    (10, (monthly(6, "31.50", "EUR"),)),  # 2,268.00
    (4, (monthly(4, "12.25", status="trialing"),)),
    (1, (monthly(4, "12.25", status="unpaid"),)),
    (1, (monthly(4, "12.25", status="paused_collection"),)),
)
"""How many pay what, by the month or the year; two have no billing customer."""
IN_SUPPORT, IN_PRODUCT = range(80), range(22, SIZE)
"""Who has an organisation in the support system, and whom the product knows."""
ALSO_SUPPORT, ONLY_SUPPORT = range(29), range(29, 57)
"""Whose second person support knows too, and who has a third that only support knows."""
RENAMED = range(24, 78, 6)
"""Nine whose old name was never changed in billing and in support."""
NO_ARR = 5
"""So many of those who pay 588.00 have no ARR in the CRM."""


def chorus() -> tuple[Firm, ...]:
    paid = [plans for count, plans in PAYS for _ in range(count)]
    paid = [paid[nth * _STRIDE % SIZE] for nth in range(SIZE)]
    smallest = [nth for nth, plans in enumerate(paid) if plans == (SMALLEST,) and nth not in RENAMED]
    return tuple(_firm(nth, plans, blank=nth in smallest[:NO_ARR]) for nth, plans in enumerate(paid))


def _firm(nth: int, plans: tuple[Plan, ...], *, blank: bool) -> Firm:
    name = _name(nth)
    told: dict[str, dict[str, Any]] = {"hubspot": {"arr": {}}} if blank else {}
    if nth in RENAMED:
        told = {"stripe": {"name": _old(name)}, "zendesk": {"name": _old(name)}}
    domain = re.sub(r"[^a-z]+", "-", name.lower()) + ".example"
    return Firm(name, domain, plans, _known(nth), tickets=nth % 5, told=told, persons=tuple(_persons(nth)))


def _name(nth: int) -> str:
    trade = cast.TRADES[(7 * nth + nth // len(cast.TRADES)) % len(cast.TRADES)]
    return f"{_ADJECTIVES[nth % len(_ADJECTIVES)]} {cast.THINGS[(5 * nth) % len(cast.THINGS)]} {trade}"


def _old(name: str) -> str:
    """Before they gave up their partner."""
    adjective, thing, trade = name.split()
    return f"{adjective} {thing} & Partner {trade}"


def _known(nth: int) -> frozenset[str]:
    return ALL - (set() if nth in IN_SUPPORT else {"zendesk"}) - (set() if nth in IN_PRODUCT else {"mixpanel"})


def _persons(nth: int) -> Iterator[frozenset[str]]:
    yield BOTH
    yield BOTH if nth in ALSO_SUPPORT else SALES
    if nth in ONLY_SUPPORT:
        yield SUPPORT
