"""How things stand: each connection, whether there is work left, and what waits for a person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection as Database

from hub import runs
from hub.connections import Connection
from hub.context import Hub
from hub.readings.alerts import alerts
from hub.readings.findings import findings
from hub.readings.freshness import Freshness
from hub.readings.offers import offers
from hub.readings.rows import fetch, moment, single

_SENDABLE = (
    "SELECT count(*) FROM intent i JOIN connection c ON c.name = i.connection WHERE i.status IN ('sending', 'unclear')"
    " OR (i.status = 'planned' AND c.writes = 'on' AND c.confirmed AND c.state = 'active'"
    " AND NOT EXISTS (SELECT 1 FROM run WHERE status = 'waiting'))"
)


def idle(database: Database) -> bool:
    """No due or running work. What waits for a person, or for a connection to be switched on, is no work."""
    busy = (
        "SELECT EXISTS (SELECT 1 FROM due)"
        " OR EXISTS (SELECT 1 FROM refetch f JOIN connection c ON c.name = f.connection WHERE c.state = 'active')"
        " OR EXISTS (SELECT 1 FROM run WHERE status IN ('requested', 'running'))"
    )
    return not single(database, busy) and single(database, _SENDABLE) == 0


def waiting(database: Database) -> dict[str, int]:
    """What waits for a person, by kind. `confirm`: connections whose first delivery, and runs above a limit, that nobody looked at."""
    query = (
        "SELECT (SELECT count(*) FROM conflict), (SELECT count(*) FROM duplicate WHERE state = 'open'),"
        " (SELECT count(*) FROM intent WHERE status = 'refused' AND NOT coalesce(error ? 'dropped', false)),"
        " (SELECT count(*) FROM quarantine WHERE gone_at IS NULL),"
        " (SELECT count(*) FROM run WHERE status = 'waiting') + (SELECT count(*) FROM connection c WHERE c.writes <> 'off'"
        " AND (c.writes = 'ask' OR NOT c.confirmed) AND EXISTS (SELECT 1 FROM intent i WHERE i.connection = c.name AND i.status = 'planned')),"
        " (SELECT count(*) FROM connection WHERE state = 'reconnect'), (SELECT count(*) FROM inbox WHERE state = 'dead')"
    )
    [row] = fetch(database, query)
    return dict(zip(("conflicts", "duplicates", "dead", "quarantine", "confirm", "reconnect", "hooks"), row, strict=True))


def whole(hub: Hub, database: Database) -> dict[str, Any]:
    """The last line of `hub status`."""
    return {
        "idle": idle(database),
        "waiting": waiting(database),
        "offers": sum(offer.many for offer in offers(hub, database)),
        "findings": sum(1 for _ in findings(hub, database)),
        "alerts": alerts(hub, database),
    }


def line(database: Database, fresh: Freshness) -> dict[str, Any]:
    """What `hub status --json` says of one connection."""
    return _fresh(fresh) | _counted(database, fresh.connection)


def _fresh(fresh: Freshness) -> dict[str, Any]:
    return {
        "connection": fresh.connection.name,
        "connector": fresh.connection.connector,
        "state": fresh.state,
        "fresh_at": moment(fresh.fresh_at),
        "promise": fresh.promise,
        "late_by": fresh.late_by,
        "next_due": moment(fresh.next_due),
        "quota": [
            {
                "scope": left.limit.scope,
                "per": left.limit.per,
                "calls": left.limit.calls,
                "left": left.calls,
                "back_at": moment(left.back),
            }
            for left in fresh.quota
        ],
    }


def _counted(database: Database, connection: Connection) -> dict[str, Any]:
    last = runs.last(database, connection.name)
    return {
        "workspace": connection.workspace,
        "why": single(database, "SELECT why FROM connection WHERE name = %s", [connection.name]),
        "writes": connection.writes,
        "last_run": None if last is None else _run(last),
        "objects": _objects(database, connection.name),
        "planned": single(
            database,
            "SELECT count(*) FROM intent WHERE connection = %s AND status IN ('planned', 'sending', 'unclear')",
            [connection.name],
        ),
    }


def _run(row: Any) -> dict[str, Any]:
    return {
        "run": row["id"],
        "status": row["status"],
        "started_at": moment(row["started_at"]),
        "ended_at": moment(row["ended_at"]),
        "error": row["error"],
    }


def _objects(database: Database, name: str) -> dict[str, Any]:
    """Of each object: the vendor's own count, how many distinct records were read, are stored, and are linked."""
    query = (
        "SELECT s.object, s.source_says, s.read, s.first_scan IS NOT NULL, count(r.id), count(r.golden_id) FROM stream s"
        " LEFT JOIN record r ON r.connection = s.connection AND r.object = s.object WHERE s.connection = %s"
        " GROUP BY s.object, s.source_says, s.read, s.first_scan ORDER BY s.object"
    )
    keys = ("source_says", "read", "scanned", "stored", "linked")
    return {row[0]: dict(zip(keys, row[1:], strict=True)) for row in fetch(database, query, [name])}
