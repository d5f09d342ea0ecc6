"""Quiet, proven: nothing is left to do, and since the last write everybody was read again and had nothing new to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Connection as Database
from sqlalchemy import text

from hub import connections
from hub.context import Hub
from hub.readings.status import idle

SECOND = 1_000_000
Question = Callable[[Database], bool]


def lags(hub: Hub) -> dict[str, int]:
    """Per connection, in microseconds: how long a change may be unreadable at the vendor."""
    with hub.engine.connect() as database:
        found = connections.load(hub, database)
    out = {}
    for name, connection in found.items():
        with connections.opened(hub, connection) as connector:
            out[name] = int(max(map(connector.lag, connector.facts.objects), default=0.0) * SECOND)
    return out


def quiet(database: Database, lags: Mapping[str, int], since: int, now: int) -> bool:
    """`since`: a run that began before it proves nothing (an edit, or writing switched on). Who has not proved it is read now."""
    if not idle(database):
        return False
    last_write = database.execute(text("SELECT max(done_at) FROM intent WHERE status = 'confirmed'")).scalar() or 0
    return _proved(database, lags, max(since, last_write), now, _nothing_new)


def all_read_again(database: Database, lags: Mapping[str, int], since: int, now: int) -> bool:
    """Has everybody shown what was edited before `since`? Who has not is read now."""
    return _proved(database, lags, since, now, _read)


def _proved(
    database: Database, lags: Mapping[str, int], since: int, now: int, proof: Callable[[Database, str, int], bool]
) -> bool:
    missing = [name for name, lag in lags.items() if not proof(database, name, since + lag)]
    read_now(database, [name for name in missing if now > since + lags[name]], now)
    return not missing


def _read(database: Database, name: str, after: int) -> bool:
    return fewest_runs(database, {name: 0}, after) > 0


def read_now(database: Database, names: Iterable[str], now: int) -> None:
    """Whatever they promise: the demo has no minute to wait, and asks no oftener than it has to."""
    query = text(
        "UPDATE connection SET next_pull = :now WHERE name = ANY(:names) AND state = 'active' AND failures = 0 AND next_pull > :now"
    )
    database.execute(query, {"now": now, "names": sorted(names)})


def _nothing_new(database: Database, name: str, after: int) -> bool:
    row = database.execute(
        text(
            "SELECT status, started_at, totals ->> 'news' FROM run WHERE connection = :name AND kind = 'sync' ORDER BY id DESC LIMIT 1"
        ),
        {"name": name},
    ).first()
    return row is not None and row[0] == "succeeded" and row[1] > after and int(row[2]) == 0


def all_read(database: Database, names: Mapping[str, int], since: int = 0) -> bool:
    """Has every connection completed a run that began after `since`?"""
    return fewest_runs(database, names, since) > 0


def fewest_runs(database: Database, names: Mapping[str, int], since: int = 0) -> int:
    """Whole rounds: successful runs of the connection that has the fewest."""
    counts = dict.fromkeys(names, 0)
    found = database.execute(
        text(
            "SELECT connection, count(*) FROM run WHERE kind = 'sync' AND status = 'succeeded' AND started_at > :since GROUP BY 1"
        ),
        {"since": since},
    )
    counts |= {name: count for name, count in found if name in counts}
    return min(counts.values(), default=0)


def writes_since(database: Database, since: int) -> int:
    """Records that something was sent to, whatever came of it."""
    return int(database.execute(text("SELECT count(*) FROM intent WHERE sent_at > :since"), {"since": since}).scalar_one())
