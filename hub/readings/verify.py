"""Proof that what is stored is what the log says: the change log is folded from nothing, counts and links are counted again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection as Database

from hub.bulk import decode_json
from hub.context import Hub
from hub.readings.rows import stream
from hub.settling.store import ABSENT_MARK

Difference = dict[str, Any]

_FOLDED = (
    "SELECT coalesce(g.id, c.golden_id), g.values, c.position IS NOT NULL, c.fields FROM golden g FULL JOIN change c ON c.golden_id = g.id"
    " ORDER BY 1, c.position"
)
_COUNTED = (
    "SELECT g.id, g.records, count(r.id) FILTER (WHERE r.deleted IS NULL) AS living, g.smallest,"
    " min((r.connection || ':' || r.object || ':' || r.external_id) COLLATE \"C\") AS least, count(*) FILTER (WHERE r.entity <> g.entity) AS strange"
    " FROM golden g LEFT JOIN record r ON r.golden_id = g.id GROUP BY g.id"
)
_CONFLICTS = (
    "SELECT coalesce(c.golden_id, g.id), coalesce(c.field, g.key), g.value, c.id FROM conflict c FULL JOIN"
    " (SELECT id, key, value FROM golden, jsonb_each_text(contested)) AS g ON g.id = c.golden_id AND g.key = c.field"
    " WHERE c.id IS DISTINCT FROM g.value ORDER BY 1, 2"
)
_STRAYS = (
    "SELECT r.golden_id, r.connection || ':' || r.object || ':' || r.external_id FROM record r"
    " WHERE r.golden_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM golden g WHERE g.id = r.golden_id) ORDER BY 2"
)


def verify(hub: Hub, database: Database) -> Iterator[Difference]:
    """Each difference: {"code", "id" (golden), "field", "folded", "stored"}. Nothing: all agrees."""
    del hub
    yield from _values(database)
    for id, stored, living, smallest, least, strange in stream(database, _COUNTED):
        if stored != living:
            yield _difference("records_miscounted", id, "", living, stored)
        if least is not None and least != smallest:
            yield _difference("wrong_name", id, "", least, smallest)
        if strange:
            yield _difference("wrong_entity", id, "", strange, 0)
    for id, field, stored, row in stream(database, _CONFLICTS):
        yield _difference("conflict_differs", id, field, row, stored)
    for id, key in stream(database, _STRAYS):
        yield _difference("linked_to_nothing", id, "", key, None)


def _values(database: Database) -> Iterator[Difference]:
    for id, rows in groupby(stream(database, _FOLDED), key=lambda row: row[0]):
        folded: dict[str, Any] = {}
        stored: dict[str, Any] | None = None
        erased = False
        for _, values, logged, fields in rows:
            stored = values
            erased = erased or (logged and fields is None)
            if fields is not None and not erased:
                yield from _fold(id, folded, decode_json(fields))
        if erased:  # at a person's request: what is gone cannot be folded
            continue
        if stored is None:
            yield _difference("changed_but_not_stored", id, "", sorted(folded), None)
            continue
        for field in sorted(folded.keys() | stored.keys()):
            if (mine := folded.get(field, ABSENT_MARK)) != (theirs := stored.get(field, ABSENT_MARK)):
                yield _difference("value_differs", id, field, mine, theirs)


def _fold(id: str, folded: dict[str, Any], fields: dict[str, list[Any]]) -> Iterator[Difference]:
    """Each change also says what was there before it."""
    for field, (old, new, _) in fields.items():
        if folded.get(field, ABSENT_MARK) != old:
            yield _difference("log_has_a_gap", id, field, folded.get(field, ABSENT_MARK), old)
        if new == ABSENT_MARK:
            folded.pop(field, None)
        else:
            folded[field] = new


def _difference(code: str, id: str, field: str, folded: Any, stored: Any) -> Difference:
    return {"code": code, "id": id, "field": field, "folded": folded, "stored": stored}
