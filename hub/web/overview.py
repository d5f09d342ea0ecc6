"""What the status page shows, as data: each system with its state in the words that people use, and the totals."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection as Database
from sqlalchemy import text

from hub.context import Hub
from hub.readings import freshness
from hub.readings.freshness import Freshness

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
    " (SELECT count(*) FROM conflict) AS decisions,"
    " (SELECT count(*) FROM duplicate WHERE state = 'open') AS duplicates,"
    " (SELECT count(*) FROM quarantine WHERE gone_at IS NULL) AS not_accepted,"
    " (SELECT count(*) FROM intent WHERE status = 'refused' AND NOT coalesce(error ? 'dropped', false)) AS refused,"
    " (SELECT count(*) FROM run WHERE status = 'waiting') AS stopped,"
    " (SELECT count(*) FROM connection c WHERE c.writes <> 'off' AND (c.writes = 'ask' OR NOT c.confirmed)"
    " AND EXISTS (SELECT 1 FROM intent i WHERE i.connection = c.name AND i.status = 'planned')) AS to_confirm"
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
    systems: list[System]
    totals: dict[str, int]

    @property
    def needs(self) -> int:
        """How many things need a person."""
        counted = sum(
            self.totals[name] for name in ("decisions", "duplicates", "not_accepted", "refused", "stopped", "to_confirm")
        )
        return counted + sum(system.fresh.state == "reconnect" for system in self.systems)


def read(hub: Hub, database: Database) -> Overview:
    counted = {row.name: row[1:] for row in database.execute(_COUNTS)}
    systems = [
        System(fresh, *counted[fresh.connection.name])
        for fresh in freshness.read(hub, database)
        if fresh.connection.name in counted
    ]
    return Overview(systems, dict(database.execute(_TOTALS).mappings().one()))
