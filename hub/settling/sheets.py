"""Sheets as they are stored: compact JSON text, codec by the core."""

from __future__ import annotations

from typing import Any

from conflict import storage
from conflict.sheet import Sheet
from hub.bulk import encode_json
from hub.view import View


def dump(sheet: Sheet, view: View) -> str:
    """Lead or follower is not stored: it follows from who is linked."""
    entity = view.entities.get(sheet.entity)
    return "{}" if entity is None else encode_json(storage.dump(sheet, entity)).decode()


def load(stored: Any, key: str, entity: str | None, view: View) -> Sheet:
    """A sheet whose record is mapped to nothing has no cells."""
    connection, object, id = key.split(":", 2)
    if entity is None or not stored:
        return Sheet(key, connection, object, id, entity or "", {})
    mapping = view.mapping(connection, object)
    return storage.load(
        stored,
        view.entities[entity],
        key=key,
        connection=connection,
        object=object,
        id=id,
        many=mapping is not None and mapping.many,
    )
