"""What the status page shows, as data: each system with its state in the words that people use, and the totals."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection as Database
from sqlalchemy import text

from hub.context import Hub
from hub.readings import freshness
from hub.readings.freshness import Freshness
from hub.readings.status import waiting

_COUNTS = text(
    "SELECT c.name,"
    " (SELECT count(*) FROM record WHERE connection = c.name AND deleted IS NULL) AS read,"
    " (SELECT count(*) FROM record WHERE connection = c.name AND deleted IS NULL AND golden_id IS NOT NULL) AS linked,"
    " (SELECT count(*) FROM intent WHERE connection = c.name AND status = 'confirmed') AS sent,"
    " (SELECT count(*) FROM intent WHERE connection = c.name AND status IN ('planned', 'sending', 'unclear')) AS waiting,"
    " (SELECT count(*) FROM quarantine WHERE connection = c.name AND gone_at IS NULL) AS not_accepted"
    " FROM connection c"
)

_TOTALS = text(
    "SELECT (SELECT count(*) FROM golden WHERE entity = 'account' AND records > 0) AS accounts,"
    " (SELECT count(*) FROM golden WHERE entity = 'contact' AND records > 0) AS contacts,"
    " (SELECT count(*) FROM run WHERE status = 'waiting') AS stopped"
)


@dataclass(frozen=True, slots=True)
class System:
    """One connection: how fresh, and counts of records read and linked, of updates sent and waiting, of values not accepted."""

    fresh: Freshness
    read: int
    linked: int
    sent: int
    waiting: int
    not_accepted: int


@dataclass(frozen=True, slots=True)
class Overview:
    """`waits`: what waits for a person, by kind, as `hub status` counts it."""

    systems: list[System]
    totals: dict[str, int]
    waits: dict[str, int]

    @property
    def needs(self) -> int:
        """How many things need a person."""
        return sum(self.waits.values())


def read(hub: Hub, database: Database) -> Overview:
    counted = {row.name: row[1:] for row in database.execute(_COUNTS)}
    systems = [
        System(fresh, *counted[fresh.connection.name])
        for fresh in freshness.read(hub, database)
        if fresh.connection.name in counted
    ]
    return Overview(systems, dict(database.execute(_TOTALS).mappings().one()), waiting(database))
