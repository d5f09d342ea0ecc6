"""What was told and led to nothing: judged again by today's code; and bodies that nobody needs any more: erased."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection as Database

from hub import connections, db
from hub.bulk import cursor
from hub.context import Hub
from hub.hooks.inbox import Told, ask, heard
from hub.readings.rows import fetch
from hub.words import Problem

KEPT = 30 * 86_400 * 1_000_000
"""Microseconds that the body of an event is kept after it was read, or found not to matter."""


def replay(hub: Hub, id: int) -> str:
    """Its state now: waiting, ignored or dead. Raises `Problem`."""
    with hub.engine.connect() as database:
        rows = fetch(database, "SELECT connection, event, body, state FROM inbox WHERE id = %s", (id,))
        known = connections.load(hub, database)
    if not rows:
        raise Problem("hook_unknown", id=f"hook-{id}")
    [(name, event, body, state)] = rows
    if state not in ("dead", "ignored"):
        raise Problem("hook_judged", id=f"hook-{id}", state=state)
    if body is None:
        raise Problem("hook_erased", id=f"hook-{id}")
    if name not in known:
        raise Problem("connection_unknown", name=name)
    with connections.opened(hub, known[name]) as connector:
        if not connector.provides("understand"):
            raise Problem("hook_verb_missing", connector=known[name].connector)
        one = heard(connector.understand(bytes(body)))
    return db.transaction(hub.engine, lambda database: _judged(hub, database, id, name, event, one), clock=hub.clock)


def _judged(hub: Hub, database: Database, id: int, connection: str, event: str, one: Told) -> str:
    """The name of a second event of one id is no name: it gets one of its own, so that it may wait beside the first."""
    with cursor(database) as cur:
        ask(cur, connection, one.waits, hub.clock.micros())
        cur.execute(
            "UPDATE inbox SET kind = %s, state = %s, why = %s, waits = %s, event = CASE WHEN why = 'id_reuse' THEN %s ELSE event END"
            " WHERE id = %s AND state IN ('dead', 'ignored') RETURNING state",
            (one.kind, one.state, one.why, one.waits, f"{event}#{id}", id),
        )
        row: Any = cur.fetchone()
        return str(row[0]) if row is not None else "waiting"


def erase(hub: Hub, database: Database) -> int:
    """Bodies of what was read or ignored long ago; row, id and hash stay, so that it is still known. How many there were."""
    with cursor(database) as cur:
        cur.execute(
            "UPDATE inbox SET body = NULL WHERE body IS NOT NULL AND state IN ('done', 'ignored') AND coalesce(done_at, at) < %s",
            (hub.clock.micros() - KEPT,),
        )
        return cur.rowcount
