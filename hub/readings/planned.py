"""What would be sent: the open intents, value by value, before anybody confirms them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection as Database

from hub.bulk import decode_json
from hub.context import Hub
from hub.intake.work import record_key
from hub.readings.rows import stream

_OPEN = (
    "SELECT i.id, i.connection, i.object, r.external_id, i.verb, i.golden_id, i.entity, i.status, i.fields FROM intent i"
    " LEFT JOIN record r ON r.id = i.record_id WHERE i.status IN ('planned', 'sending', 'unclear')"
    " AND (%s::text[] IS NULL OR i.connection = ANY(%s)) ORDER BY i.connection, i.object, i.id"
)


def planned(hub: Hub, database: Database, connections: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """A line per value. `old` is what the record holds now as far as we know; of sets and maps, by member."""
    for id, connection, object, external_id, verb, golden_id, entity, status, fields in stream(
        database, _OPEN, [connections, connections]
    ):
        for field, each in sorted(decode_json(fields).items()):
            family = hub.catalog.entities[entity].fields[field].type.family
            old = (
                {key.partition(":")[2]: value for key, value in each["before"].items()} if family else each["before"].get(field)
            )
            yield {
                "write": id, "connection": connection, "record": record_key(connection, object, external_id or ""), "verb": verb, "status": status,
                "entity": entity, "id": golden_id, "field": field, "old": old, "new": each["value"],
            }  # fmt: skip
