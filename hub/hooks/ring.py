"""A webhook arrives: its connector verifies it, one transaction stores it with what is to be read because of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection as Database

from connectors.kit.contract import Request
from hub import connections, db
from hub.bulk import cursor
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
        told = [heard(event) for event in connector.webhook(request)]
        thanks = connector.thanks(request)

    def inside(database: Database) -> int:
        with cursor(database) as cur:
            return store(cur, connection.name, told, hub.clock.micros())

    new = db.transaction(hub.engine, inside, clock=hub.clock, chance=hub.chance) if told else 0
    hub.point("webhook_stored")
    return Rung(new, len(told) - new, thanks)
