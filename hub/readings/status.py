"""How things stand: each connection, whether there is work left, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection as Database

from hub import connections, runs
from hub.connections import Connection
from hub.context import Hub
from hub.readings.findings import findings
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
        "SELECT EXISTS (SELECT 1 FROM due) OR EXISTS (SELECT 1 FROM refetch)"
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
        " (SELECT count(*) FROM connection WHERE state = 'reconnect')"
    )
    [row] = fetch(database, query)
    return dict(zip(("conflicts", "duplicates", "dead", "quarantine", "confirm", "reconnect"), row, strict=True))


def whole(hub: Hub, database: Database) -> dict[str, Any]:
    """The last line of `hub status`."""
    return {
        "idle": idle(database),
        "waiting": waiting(database),
        "offers": sum(offer.many for offer in offers(hub, database)),
        "findings": sum(1 for _ in findings(hub, database)),
    }


def lines(hub: Hub, database: Database) -> Iterator[dict[str, Any]]:
    """A line per connection, by name."""
    for connection in connections.load(hub, database).values():
        yield _line(database, connection)


def _line(database: Database, connection: Connection) -> dict[str, Any]:
    last = runs.last(database, connection.name)
    query = "SELECT max(ended_at) FROM run WHERE connection = %s AND kind = 'sync' AND status = 'succeeded'"
    why = single(database, "SELECT why FROM connection WHERE name = %s", [connection.name])
    return {
        "connection": connection.name,
        "connector": connection.connector,
        "state": connection.state,
        "why": why,
        "writes": connection.writes,
        "fresh_at": moment(single(database, query, [connection.name])),
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
