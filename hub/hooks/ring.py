"""A webhook arrives: its connector verifies it, one transaction stores it with what is to be read because of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection as Database

from connectors.kit.contract import Request
from hub import connections, db
from hub.bulk import Cursor, cursor
from hub.connections import Connection
from hub.context import Hub
from hub.hooks.inbox import heard, store


@dataclass(frozen=True, slots=True)
class Rung:
    """`new`: events never told before; `again`: known ones, which had no second effect. `thanks`: what the vendor reads in the answer."""

    new: int
    again: int
    thanks: Mapping[str, Any]


def ring(hub: Hub, connection: Connection, request: Request) -> Rung:
    """Once it returns, all is committed. Raises `Rejected('signature')`; after any error nothing is stored."""
    with connections.opened(hub, connection) as connector:
        events = connector.webhook(request)
        thanks = connector.thanks(request)

    def inside(database: Database) -> int:
        with cursor(database) as cur:
            ours = _ours(cur, connection.name, [event.key for event in events if event.key])
            told = [heard(event, ours=event.key in ours) for event in events]
            return store(cur, connection.name, told, hub.clock.micros())

    new = db.transaction(hub.engine, inside, clock=hub.clock, chance=hub.chance) if events else 0
    hub.point("webhook_stored")
    return Rung(new, len(events) - new, thanks)


def _ours(cur: Cursor, connection: str, keys: Sequence[str]) -> frozenset[str]:
    """Idempotency keys of our own writes. Each ends with what the vendor answered, or is looked up: the event adds nothing."""
    if not keys:
        return frozenset()
    cur.execute("SELECT key FROM intent WHERE connection = %s AND key = ANY(%s)", (connection, list(keys)))
    return frozenset(key for (key,) in cur.fetchall())
