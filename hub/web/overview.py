"""What the status page shows, as data: each system with its state in the words that people use, and the totals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection as Database
from sqlalchemy import text

from hub.clock import from_micros

_SYSTEMS = text(
    "SELECT c.name, c.connector, c.state, c.writes, c.every, c.next_pull, c.confirmed, r.started_at, r.ended_at, r.status,"
    " (SELECT max(ended_at) FROM run WHERE connection = c.name AND kind = 'sync' AND status = 'succeeded') AS read_at,"
    " (SELECT count(*) FROM record WHERE connection = c.name AND deleted IS NULL) AS read,"
    " (SELECT count(*) FROM record WHERE connection = c.name AND deleted IS NULL AND golden_id IS NOT NULL) AS linked,"
    " (SELECT count(*) FROM intent WHERE connection = c.name AND status = 'confirmed') AS sent,"
    " (SELECT count(*) FROM intent WHERE connection = c.name AND status IN ('planned', 'sending', 'unclear')) AS waiting,"
    " (SELECT count(*) FROM quarantine WHERE connection = c.name AND gone_at IS NULL) AS not_accepted"
    " FROM connection c LEFT JOIN LATERAL (SELECT * FROM run WHERE connection = c.name AND kind = 'sync' ORDER BY id DESC LIMIT 1) r ON true"
    " ORDER BY c.name"
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

GRACE = 60_000_000
"""Microseconds after which a read that has not begun is called late."""


@dataclass(frozen=True, slots=True)
class System:
    name: str
    connector: str
    state: str  # on_time, reading, late, reconnect, incomplete, paused, new
    writes: str
    read_at: datetime | None
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
        return counted + sum(system.state == "reconnect" for system in self.systems)


def read(database: Database, now: int) -> Overview:
    systems = [
        System(
            row["name"], row["connector"], _state(row, now), row["writes"],
            None if row["read_at"] is None else from_micros(row["read_at"]),
            row["read"], row["linked"], row["sent"], row["waiting"], row["not_accepted"],
        )
        for row in database.execute(_SYSTEMS).mappings()
    ]  # fmt: skip
    return Overview(systems, dict(database.execute(_TOTALS).mappings().one()))


def _state(row: object, now: int) -> str:
    of = dict(row)  # type: ignore[call-overload]  # a SQLAlchemy row mapping
    if of["state"] != "active":
        return str(of["state"])
    if of["status"] == "running":
        return "reading"
    if of["next_pull"] is not None and of["next_pull"] + GRACE < now:
        return "late"
    if of["status"] in (None, "succeeded"):
        return "new" if of["status"] is None else "on_time"
    return "stopped" if of["status"] == "waiting" else "incomplete"
