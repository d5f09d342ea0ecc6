"""The change log, a line per field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection as Database

from hub.bulk import decode_json
from hub.clock import to_micros
from hub.context import Hub
from hub.readings.records import entity_of
from hub.readings.rows import moment, stream
from hub.settling.store import ABSENT_MARK
from hub.words import Problem


def changes(
    hub: Hub, database: Database, *, since: str | None = None, entity: str | None = None, run: int | None = None
) -> Iterator[dict[str, Any]]:
    """Oldest first. `since`: an ISO time or a position, itself left out. A missing value is None. Raises `Problem`."""
    conditions, values = ["fields IS NOT NULL"], list[Any]()  # erased entries keep their place and say nothing
    if since is not None:
        conditions.append("position > %s" if since.isdecimal() else "at > %s")
        values.append(int(since) if since.isdecimal() else instant(since))
    if entity is not None:
        conditions.append("entity = %s")
        values.append(entity_of(hub, entity).name)
    if run is not None:
        conditions.append("run = %s")
        values.append(run)
    query = (
        "SELECT position, at, entity, golden_id, fields, run FROM change"  # noqa: S608  # conditions are our own constants
        f" WHERE {' AND '.join(conditions)} ORDER BY position"
    )
    return (line for row in stream(database, query, values) for line in _lines(*row))


def _lines(position: int, at: int, entity: str, id: str, fields: str | None, run: int | None) -> Iterator[dict[str, Any]]:
    for field, (old, new, reason) in sorted(decode_json(fields or "{}").items()):  # erased rows keep their place only
        yield {
            "position": position, "at": moment(at), "entity": entity, "id": id, "field": field,
            "old": present(old), "new": present(new), "reason": reason, "run": run,
        }  # fmt: skip


def present(value: Any) -> Any:
    return None if value == ABSENT_MARK else value


def instant(text: str) -> int:
    """Microseconds of an ISO 8601 time; without a zone it is UTC. Raises `Problem`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Problem("not_a_moment", value=text) from None
    return to_micros(found if found.tzinfo is not None else found.replace(tzinfo=UTC))
