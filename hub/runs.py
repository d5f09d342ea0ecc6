"""Runs: one pass for a connection, with totals counted independently of each other. Succeeded only when they agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection as Database
from sqlalchemy import insert, select, text, update

from connectors.kit.errors import Retry, VendorError
from hub import tables
from hub.context import Hub
from hub.leases import ALIVE


@dataclass(slots=True)
class Totals:
    """Of one object in one run. `source_says`: the vendor's own count (None: it gives none, or nothing moved since it was asked);
    `said`: the count that was given long enough ago for all of it to be readable (None: no such count, or no lag).

    `read`, `stored`, `settled` and `refused` (whole rows) count distinct records of this run, `held` the living ones in our tables.
    """

    source_says: int | None = None
    said: int | None = None
    lagging: bool = False
    read: int = 0
    stored: int = 0
    settled: int = 0
    refused: int = 0
    held: int = 0
    complete: bool = False

    def missing(self, *, full: bool) -> list[str]:
        """Which of source says = read = stored = settled does not hold. Refused rows are accounted for: they wait in quarantine."""
        gaps = [] if self.complete else ["not_complete"]
        if self.source_says is not None and full and self.read < self.source_says:
            gaps.append("read_less_than_source_says")
        due = self._due
        if due is not None and not full and self.held + self.refused < due:
            gaps.append("held_less_than_source_says")
        if self.stored + self.refused < self.read:
            gaps.append("stored_less_than_read")
        if self.settled < self.stored:
            gaps.append("settled_less_than_stored")
        return gaps

    @property
    def _due(self) -> int | None:
        """What we must hold by now: a vendor counts what its lag still keeps from being read."""
        if not self.lagging or self.source_says is None:
            return self.source_says
        return None if self.said is None else min(self.said, self.source_says)

    def as_json(self) -> dict[str, Any]:
        return {
            "source_says": self.source_says, "read": self.read, "stored": self.stored, "settled": self.settled,
            "refused": self.refused, "complete": self.complete,
        }  # fmt: skip


@dataclass(slots=True)
class Outcome:
    """What a run came to. `gaps`: {object: [what is missing]}."""

    status: str
    totals: dict[str, Totals] = field(default_factory=dict)
    gaps: dict[str, list[str]] = field(default_factory=dict)
    news: int = 0
    changed: int = 0
    error: dict[str, Any] | None = None


def said(error: VendorError) -> dict[str, Any]:
    """As it is stored. `after`: seconds the vendor, or our own quota (`quota`: which), makes us wait."""
    told = {"code": error.code, "data": error.data, "kind": type(error).__name__}
    return told | {"after": error.after, "quota": error.quota} if isinstance(error, Retry) else told


def begin(hub: Hub, database: Database, connection: str | None, kind: str, by: str) -> int:
    """Under the lease of this kind of work. A run that stopped for want of time, or whose process died, goes on."""
    unfinished = database.execute(
        select(tables.run.c.id).where(
            tables.run.c.connection == connection, tables.run.c.kind == kind, tables.run.c.status == "running"
        )
    ).scalar()
    if unfinished is not None:
        return int(unfinished)
    row = database.execute(
        insert(tables.run)
        .values(connection=connection, kind=kind, status="running", by=by, started_at=hub.clock.micros())
        .returning(tables.run.c.id)
    ).one()
    return int(row[0])


def finish(hub: Hub, database: Database, run: int, outcome: Outcome) -> None:
    totals = {object: total.as_json() | {"gaps": outcome.gaps.get(object, [])} for object, total in outcome.totals.items()}
    database.execute(
        update(tables.run)
        .where(tables.run.c.id == run)
        .values(
            status=outcome.status,
            ended_at=hub.clock.micros(),
            totals={"objects": totals, "news": outcome.news, "changed": outcome.changed},
            error=outcome.error,
        )
    )


def bury(hub: Hub, database: Database) -> None:
    """Deliveries whose process died are over: what they were sending is looked up by the next one. (Dead reads are taken up again.)"""
    database.execute(
        text(
            'UPDATE run SET status = \'incomplete\', ended_at = :now, error = \'{"code": "process_died", "data": {}}\''  # noqa: S608  # our own
            " WHERE kind = 'deliver' AND status = 'running'"
            f" AND NOT EXISTS (SELECT 1 FROM lease WHERE lease.name = 'deliver:' || run.connection AND {ALIVE})"
        ),
        {"now": hub.clock.micros()},
    )


def last(database: Database, connection: str, kind: str = "sync") -> Any:
    """The newest run of a connection, as a row mapping; None if there was none."""
    return (
        database.execute(
            select(tables.run)
            .where(tables.run.c.connection == connection, tables.run.c.kind == kind)
            .order_by(tables.run.c.id.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
