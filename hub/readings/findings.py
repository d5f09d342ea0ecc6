"""What is required and missing: a finding for the field's steward, never a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection as Database

from hub.context import Hub
from hub.readings.rows import stream
from mappings.readings import missing


class Finding(NamedTuple):
    """`record`: the golden record's smallest record key."""

    entity: str
    id: str
    record: str
    field: str
    steward: str


def findings(hub: Hub, database: Database) -> Iterator[Finding]:
    """By entity and record. A contested field is not missing: it waits for a decision."""
    for name, entity in hub.catalog.entities.items():
        if not any(field.required_when for field in entity.fields.values()):
            continue
        query = (
            "SELECT g.id, g.smallest, g.values, g.contested FROM golden g WHERE g.entity = %s AND g.records > 0"
            ' ORDER BY g.smallest COLLATE "C"'
        )
        for id, smallest, values, contested in stream(database, query, [name]):
            for field in missing(entity, values):
                if field not in contested:
                    yield Finding(name, id, smallest, field, entity.fields[field].steward)
