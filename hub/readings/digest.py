"""One number for all that is agreed: equal on two machines exactly when the same records say, mean and miss the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection as Database

from hub.context import Hub
from hub.readings.records import LINKS
from hub.readings.rows import batches, fetch, stream
from mappings.canonical import Entity
from mappings.rollups import ref_entities

_encode = msgspec.json.Encoder(order="sorted", decimal_format="string").encode


def digest(hub: Hub, database: Database) -> str:
    """SHA-256 over values, links and open conflicts in canonical order. No generated id and no time of the hub is in it."""
    total = hashlib.sha256()
    for line in lines(hub, database):
        total.update(line + b"\n")
    return total.hexdigest()


def lines(hub: Hub, database: Database) -> Iterator[bytes]:
    """What is hashed: a JSON line per golden record. To compare two hubs line by line."""
    query = (
        f"SELECT g.entity, g.smallest, g.values, {LINKS}, g.contested FROM golden g"  # noqa: S608  # our own constants
        ' WHERE g.records > 0 ORDER BY g.entity COLLATE "C", g.smallest COLLATE "C"'
    )
    entities = hub.catalog.entities
    for page in batches(stream(database, query)):
        names = _names(database, {id for entity, _, values, _, _ in page for id in _referred(entities[entity], values)})
        for entity, smallest, values, links, contested in page:
            yield _encode([entity, smallest, _named(entities[entity], values, names), links, contested])


def _referred(entity: Entity, values: Mapping[str, Any]) -> Iterator[str]:
    for field in ref_entities(entity):
        yield from _ids(values.get(field))


def _ids(value: Any) -> Iterable[str]:
    return () if value is None else (value,) if isinstance(value, str) else value


def _named(entity: Entity, values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Values in which golden records are called by their smallest record key; so are the members of sets and maps."""
    named = dict(values)
    for field in ref_entities(entity):
        value = values.get(field)
        if isinstance(value, str):
            named[field] = names.get(value, value)
        elif value is not None:
            named[field] = sorted(names.get(id, id) for id in value)
    return named


def _names(database: Database, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    query = (
        "SELECT w.id, g.smallest FROM unnest(%s::text[]) AS w(id) LEFT JOIN alias a ON a.old = w.id"
        " JOIN golden g ON g.id = coalesce(a.golden_id, w.id)"
    )
    return dict(fetch(database, query, [sorted(ids)]))
