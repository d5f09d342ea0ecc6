"""What has changed since a snapshot: its own instant read again as it is known now, and how things stand now."""

from __future__ import annotations

from sqlalchemy import Connection as Database

from hub.context import Hub
from hub.finance.snapshots import Snapshot
from hub.finance.snapshots.changes import Changed, changes, standings
from hub.finance.tieout.lines import lines
from hub.readings.arr.gather import report
from hub.readings.rows import fetch
from hub.words import Problem


def since(hub: Hub, database: Database, kept: Snapshot) -> list[Changed]:
    """Both by the policy in force now. `database`: as for `gather.report`."""
    try:
        restated = standings(lines(report(hub, database, kept.as_of)))
    except Problem as problem:
        if problem.code != "as_of_not_covered":
            raise
        restated = None
    now = standings(lines(report(hub, database)))
    return changes(standings(kept.lines, aliases(database)), restated, now)


def aliases(database: Database) -> dict[str, str]:
    """Accounts that have become part of another one: what a snapshot calls by the old id."""
    return dict(fetch(database, "SELECT old, golden_id FROM alias"))
