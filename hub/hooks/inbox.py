"""The rows of what was told: each event once, whatever became of it, and the reads that it asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from connectors.kit.contract import Event
from hub.bulk import Cursor
from hub.intake import refetch

LONGEST = 250
"""Letters of an id or a kind: what an index takes, and more than any vendor uses."""


class Told(NamedTuple):
    """An event as it is kept. `named`: by the vendor; else the hash of its body is its name, and may be told anew."""

    event: str
    kind: str
    hash: bytes
    body: bytes
    state: str
    why: str | None
    waits: list[str]
    named: bool


def heard(event: Event, *, ours: bool = False) -> Told:
    """`ours`: it tells of a write of our own, whose answer was observed. Words that no record could have make it as bad as bytes that are no event."""
    digest = hashlib.sha256(event.body)
    waits = list(dict.fromkeys([f"{ref.object}:{ref.id}" for ref in event.refs] + [f"{name}:" for name in event.pulls]))
    named, kind, bad = event.id, event.kind, event.bad
    if not all(len(word) <= LONGEST and word.isprintable() for word in (named, kind, *waits)):
        named, kind, bad = "", "", bad or "not_an_event"
    ignored = event.ignored or ("ours" if ours else "" if waits else "not_read")
    state = "dead" if bad else "ignored" if ignored else "waiting"
    name = named or f"sha256:{digest.hexdigest()}"
    return Told(
        name, kind, digest.digest(), event.body, state, bad or ignored or None, waits if state == "waiting" else [], bool(named)
    )


def store(cur: Cursor, connection: str, told: Sequence[Told], at: int) -> int:
    """How many are new. Rows of `refetch` are locked before those of `inbox`, as a read that answers them does."""
    cur.execute(
        "SELECT event, hash FROM inbox WHERE connection = %s AND event = ANY(%s) AND why IS DISTINCT FROM 'id_reuse'",
        (connection, [one.event for one in told]),
    )
    known = {(event, bytes(hash)) for event, hash in cur.fetchall()}
    ask(
        cur, connection, [wait for one in told if not one.named or (one.event, one.hash) not in known for wait in one.waits], at
    )
    return sum(_kept(cur, connection, one, at) for one in sorted(told))


def ask(cur: Cursor, connection: str, waits: Sequence[str], at: int) -> None:
    """`object:id`, or `object:` for a pull."""
    wanted: dict[str, set[str]] = {}
    for wait in waits:
        object, _, id = wait.partition(":")
        wanted.setdefault(object, set()).add(id)
    for object in sorted(wanted):
        refetch.ask(cur, connection, object, sorted(wanted[object]), at)


def _kept(cur: Cursor, connection: str, one: Told, at: int) -> bool:
    """Whether it is new. One without a name of its own, told again after it was read, waits again: it may be news."""
    cur.execute(
        "INSERT INTO inbox AS i (connection, event, kind, hash, body, at, state, why, waits) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (connection, event) WHERE why IS DISTINCT FROM 'id_reuse' DO UPDATE SET told = i.told + 1,"
        " state = CASE WHEN %s AND i.state = 'done' THEN excluded.state ELSE i.state END,"
        " waits = CASE WHEN %s AND i.state = 'done' THEN excluded.waits ELSE i.waits END,"
        " done_at = CASE WHEN %s AND i.state = 'done' THEN NULL ELSE i.done_at END"
        " WHERE i.hash = excluded.hash RETURNING told",
        (connection, one.event, one.kind, one.hash, one.body, at, one.state, one.why, one.waits, *[not one.named] * 3),
    )
    row = cur.fetchone()
    return bool(row[0] == 1) if row is not None else _reused(cur, connection, one, at)


def _reused(cur: Cursor, connection: str, one: Told, at: int) -> bool:
    """The id of another event: kept for a person to look at. What it names is read all the same."""
    cur.execute(
        "UPDATE inbox SET told = told + 1 WHERE connection = %s AND event = %s AND hash = %s AND why = 'id_reuse'",
        (connection, one.event, one.hash),
    )
    if cur.rowcount:
        return False
    cur.execute(
        "INSERT INTO inbox (connection, event, kind, hash, body, at, state, why, waits)"
        " VALUES (%s, %s, %s, %s, %s, %s, 'dead', 'id_reuse', '{}')",
        (connection, one.event, one.kind, one.hash, one.body, at),
    )
    return True
