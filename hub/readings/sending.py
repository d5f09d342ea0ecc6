"""Values of writes, counted: an amount counts once in each currency, and a value counts as a blank filled where nothing was held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection as Database

from hub.bulk import decode_json
from hub.context import Hub
from hub.readings.rows import stream
from mappings.values import is_blank

_FIELDS = (
    "SELECT connection, coalesce(record_id::text, key), entity, fields FROM intent WHERE status = ANY(%s)"
    " AND fields IS NOT NULL ORDER BY connection, record_id, id"
)
WOULD_BE_SENT, SENT = ("planned", "sending", "unclear"), ("confirmed",)


class Counted(NamedTuple):
    values: int
    blanks: int


def counted_values(hub: Hub, database: Database, statuses: tuple[str, ...]) -> Counted:
    """Of a field that was written to a record more than once the first time counts."""
    seen: set[tuple[str, str, str]] = set()
    values = blanks = 0
    for connection, record, entity, text in stream(database, _FIELDS, [list(statuses)]):
        for field, each in decode_json(text).items():
            if (connection, record, field) in seen:
                continue
            seen.add((connection, record, field))
            parts = list(_parts(hub.catalog.entities[entity].fields[field].type.name, field, each))
            values += len(parts)
            blanks += sum(parts)
    return Counted(values, blanks)


def _parts(type: str, field: str, each: Mapping[str, Any]) -> Iterator[bool]:
    """Whether nothing was held before, of each value that is sent."""
    new, before = each["value"], each["before"]
    if type == "money_by_currency" and isinstance(new, dict) and new:
        held = before.get(field) or {}
        yield from (currency not in held for currency in new)
    else:
        yield all(is_blank(value) for value in before.values())
