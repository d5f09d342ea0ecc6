"""What webhooks told: every event is done, dead, waiting or ignored, and none is ever dropped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection as Database

from hub.readings.rows import moment, stream

STATES = ("waiting", "done", "ignored", "dead")

_EVENTS = (
    "SELECT id, connection, event, kind, state, why, waits, told, at, done_at FROM inbox"
    " WHERE CASE WHEN %s::text IS NULL THEN state <> 'done' ELSE state = %s END ORDER BY id"
)
_TOTALS = (
    "SELECT connection, count(*), count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'done'),"
    " count(*) FILTER (WHERE state = 'ignored'), count(*) FILTER (WHERE state = 'dead'), coalesce(sum(told), 0)::int8,"
    " min(at) FILTER (WHERE state = 'waiting') FROM inbox GROUP BY connection ORDER BY connection"
)


def events(database: Database, state: str | None = None) -> Iterator[dict[str, Any]]:
    """Oldest first; without `state` all that is not done. `waits`: what is still to be read, `object:id`."""
    for id, connection, event, kind, found, why, waits, told, at, done_at in stream(database, _EVENTS, [state, state]):
        yield {
            "id": f"hook-{id}", "connection": connection, "event": event, "kind": kind, "state": found, "why": why, "waits": waits,
            "told": told, "at": moment(at), "done_at": moment(done_at),
        }  # fmt: skip


def totals(database: Database) -> Iterator[dict[str, Any]]:
    """A line per connection: `inbox` = waiting + done + ignored + dead, always. `told` counts repetitions too."""
    for connection, inbox, waiting, done, ignored, dead, told, oldest in stream(database, _TOTALS):
        yield {
            "connection": connection, "inbox": inbox, "waiting": waiting, "done": done, "ignored": ignored, "dead": dead, "told": told,
            "waits_since": moment(oldest),
        }  # fmt: skip
