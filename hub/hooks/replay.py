"""What was told and led to nothing: judged again by today's code, or left at that; and what nobody needs any more: forgotten."""

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
"""Microseconds that an event is kept after it was read, or found not to matter. Of all vendors' tries the last comes within 4 days."""

_NAME = "event = CASE WHEN why = 'id_reuse' THEN event || '#' || id ELSE event END"
"""The name of a second event of one id is no name: it gets one of its own, so that it may stand beside the first."""


def replay(hub: Hub, id: int) -> str:
    """Its state now: waiting, ignored or dead. Raises `Problem`."""
    with hub.engine.connect() as database:
        rows = fetch(database, "SELECT connection, body, state FROM inbox WHERE id = %s", (id,))
        known = connections.load(hub, database)
    if not rows:
        raise Problem("hook_unknown", id=f"hook-{id}")
    [(name, body, state)] = rows
    if state not in ("dead", "ignored"):
        raise Problem("hook_judged", id=f"hook-{id}", state=state)
    if name not in known:
        raise Problem("connection_unknown", name=name)
    with connections.opened(hub, known[name]) as connector:
        if not connector.provides("understand"):
            raise Problem("hook_verb_missing", connector=known[name].connector)
        one = heard(connector.understand(bytes(body)))
    return db.transaction(hub.engine, lambda database: _judged(hub, database, id, name, one), clock=hub.clock)


def _judged(hub: Hub, database: Database, id: int, connection: str, one: Told) -> str:
    with cursor(database) as cur:
        ask(cur, connection, one.waits, hub.clock.micros())
        cur.execute(
            f"UPDATE inbox SET {_NAME}, kind = %s, state = %s, why = %s, waits = %s"  # noqa: S608  # our own constant
            " WHERE id = %s AND state IN ('dead', 'ignored') RETURNING state",
            (one.kind, one.state, one.why, one.waits, id),
        )
        row: Any = cur.fetchone()
        return str(row[0]) if row is not None else "waiting"


def drop(hub: Hub, id: int) -> None:
    """A dead one is left at that. Raises `Problem`."""
    with hub.engine.begin() as database, cursor(database) as cur:
        cur.execute(
            f"UPDATE inbox SET {_NAME}, state = 'ignored', why = 'dropped', done_at = %s WHERE id = %s AND state = 'dead'",  # noqa: S608  # our own constant
            (hub.clock.micros(), id),
        )
        if cur.rowcount == 0:
            raise Problem("hook_not_dead", id=f"hook-{id}")


def forget(hub: Hub, database: Database) -> int:
    """What was read or ignored long ago. How many there were."""
    with cursor(database) as cur:
        cur.execute(
            "DELETE FROM inbox WHERE state IN ('done', 'ignored') AND coalesce(done_at, at) < %s", (hub.clock.micros() - KEPT,)
        )
        return cur.rowcount
