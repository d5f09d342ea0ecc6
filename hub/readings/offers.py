"""What is missing elsewhere: golden records that a connection could hold and does not. Offered, never created by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection as Database

from hub.context import Hub
from hub.readings.rows import single
from hub.session import view_of


class Offer(NamedTuple):
    """`many` golden records of `entity` could be created in `object` of `connection`."""

    entity: str
    connection: str
    object: str
    many: int


def offers(hub: Hub, database: Database) -> Iterator[Offer]:
    """Only where the object was read whole once: before that nobody knows what is missing."""
    view = view_of(hub)
    for (connection, object), mapping in sorted(view.by_object.items(), key=lambda item: item[0]):
        facts = view.catalog.connector(mapping.connector).facts
        if object not in facts.objects or "create" not in facts.objects[object].verbs:
            continue
        query = (
            "SELECT count(*) FROM golden g WHERE g.entity = %s AND g.records > 0"
            " AND EXISTS (SELECT 1 FROM stream WHERE connection = %s AND object = %s AND first_scan IS NOT NULL)"
            " AND NOT EXISTS (SELECT 1 FROM record r WHERE r.golden_id = g.id AND r.connection = %s)"
        )
        if (many := single(database, query, [mapping.entity, connection, object, connection])) > 0:
            yield Offer(mapping.entity, connection, object, many)
