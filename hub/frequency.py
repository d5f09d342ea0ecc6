"""How often a source is read: what each role promises in seconds, unless a person says otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import Connection as Database
from sqlalchemy import text

from hub.words import Problem

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
SHORTEST, LONGEST = 1.0, 31 * DAY
UNITS = {"s": 1.0, "m": MINUTE, "h": HOUR, "d": DAY}
DEFAULT = "default"
"""The word for: what the roles promise."""

EVERY = {
    "billing": MINUTE,
    "support": MINUTE,
    "crm": 5 * MINUTE,
    "marketing": 5 * MINUTE,
    "chat": 5 * MINUTE,
    "product": HOUR,
    "warehouse": DAY,
}


def promised(roles: Iterable[str]) -> float:
    """Seconds: of several roles the quickest; a role of somebody's own is read like a CRM."""
    return min((EVERY.get(role, EVERY["crm"]) for role in roles), default=EVERY["crm"])


def seconds(said: str | None) -> float | None:
    """`30s`, `5m`, `1h`, `1d`; a bare number is seconds. None: `default`, or nothing said. Raises `Problem`."""
    if said is None or said.strip() == DEFAULT:
        return None
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([smhd]?)", said.strip())
    every = float(found[1]) * UNITS.get(found[2], 1.0) if found is not None else 0.0
    if not SHORTEST <= every <= LONGEST:
        raise Problem("not_a_frequency", value=said, shortest=span(SHORTEST), longest=span(LONGEST))
    return every


def span(length: float) -> str:
    """Seconds for people, roughly: `41 s`, `5 min`, `3 h`, `2 d`."""
    for unit, word in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if length >= 2 * unit or length == unit:
            return f"{length / unit:.0f} {word}"
    return f"{length:.0f} s" if length >= 1 or length == 0 else f"{length:.1f} s"


def moved(database: Database, name: str, every: float) -> None:
    """The promise changed: the next read is due so long after the start of the last one, be it in the past. A vendor that made us wait
    is not asked before its time.
    """
    database.execute(
        text(
            "UPDATE connection SET next_pull = (SELECT max(started_at) FROM run WHERE connection = :name AND kind = 'sync') + :every"
            " WHERE name = :name AND failures = 0 AND EXISTS (SELECT 1 FROM run WHERE connection = :name AND kind = 'sync')"
        ),
        {"name": name, "every": int(every * 1_000_000)},
    )
