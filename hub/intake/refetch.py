"""The records that somebody asks to be read once more: dropped reads, stale writes, what a webhook named.

Every new asking counts up; a read that was begun before it does not take the row away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hub.bulk import Cursor
from hub.intake.work import Work

SECOND = 1_000_000
BATCH = 50
"""So many are read in one go; halved with each try that failed, so that a record that spoils its batch is soon alone in it."""
WHOLE = ""
"""Instead of an id: the object is to be pulled."""

_DUE = "connection = %s AND external_id <> '' AND not_before <= %s"


class Wanted(NamedTuple):
    object: str
    id: str
    asked: int


def ask(cur: Cursor, connection: str, object: str, ids: Sequence[str], at: int) -> None:
    """`at`: hub time from which a read can tell the present. `[WHOLE]` asks for a pull."""
    cur.execute(
        "INSERT INTO refetch (connection, object, external_id, not_before) SELECT %s, %s, id, %s FROM unnest(%s::text[]) AS id"
        " ON CONFLICT (connection, object, external_id) DO UPDATE SET asked = refetch.asked + 1,"
        " not_before = least(refetch.not_before, excluded.not_before)",
        (connection, object, at, sorted(ids)),
    )


def claimed(work: Work, connection: str) -> list[Wanted]:
    """What is due, all tried equally often. Each try moves the next one away, so that a record that cannot be read blocks nobody."""
    due = (connection, work.at)
    work.cur.execute(f"SELECT min(attempts) FROM refetch WHERE {_DUE}", due)  # noqa: S608  # our own constant
    [(tried,)] = work.cur.fetchall()
    if tried is None:
        return []
    work.cur.execute(
        "UPDATE refetch SET attempts = attempts + 1, not_before = %s WHERE (connection, object, external_id) IN"  # noqa: S608  # our own constant
        f" (SELECT connection, object, external_id FROM refetch WHERE {_DUE} AND attempts = %s"
        " ORDER BY not_before LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING object, external_id, asked",
        (work.at + 5 * SECOND * (tried + 1), *due, tried, max(1, BATCH >> tried)),
    )
    return [Wanted(*row) for row in work.cur.fetchall()]


def whole(work: Work, connection: str, object: str) -> int | None:
    """How often a pull of the object was asked for; None: nobody asks."""
    work.cur.execute(
        "SELECT asked FROM refetch WHERE connection = %s AND object = %s AND external_id = %s", (connection, object, WHOLE)
    )
    row = work.cur.fetchone()
    return None if row is None else int(row[0])


def done(work: Work, connection: str, one: Wanted) -> None:
    """In the transaction that stores the read, or the last page of a pull. Webhooks that waited for it are answered with it.

    A webhook that comes meanwhile waits for this row or has counted it up: it is never taken for answered.
    """
    if _over(work, connection, one):
        ref = f"{one.object}:{one.id}"
        work.cur.execute(
            "UPDATE inbox SET waits = array_remove(waits, %s), state = CASE WHEN waits <@ ARRAY[%s] THEN 'done' ELSE state END,"
            " done_at = CASE WHEN waits <@ ARRAY[%s] THEN %s END"
            " WHERE state = 'waiting' AND waits @> ARRAY[%s] AND connection = %s",
            (ref, ref, ref, work.at, ref, connection),
        )


def refused(work: Work, connection: str, one: Wanted) -> None:
    """The vendor does not show it: nobody asks again. Webhooks that waited for it are dead, and a person sees them."""
    if _over(work, connection, one):
        work.cur.execute(
            "UPDATE inbox SET state = 'dead', why = 'not_shown' WHERE state = 'waiting' AND waits @> ARRAY[%s] AND connection = %s",
            (f"{one.object}:{one.id}", connection),
        )


def _over(work: Work, connection: str, one: Wanted) -> bool:
    """False: somebody asked anew meanwhile."""
    work.cur.execute(
        "DELETE FROM refetch WHERE connection = %s AND object = %s AND external_id = %s AND asked = %s",
        (connection, one.object, one.id, one.asked),
    )
    return work.cur.rowcount > 0
