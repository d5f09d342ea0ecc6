"""A run of one connection: read again what has to be, pull every object page by page, prove that nothing is missing."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection as Database
from sqlalchemy import text

from connectors.kit.contract import Connector, Page
from connectors.kit.errors import AuthFailed, Retry, VendorError
from hub import connections, leases, runs
from hub.again import read_again
from hub.bulk import Json, encode_json
from hub.connections import Connection
from hub.context import Hub
from hub.guard import exceeded
from hub.intake import refetch
from hub.intake.take import Taken, take
from hub.intake.work import Source, Times, Work
from hub.policy_in_force import enforce_policy
from hub.runs import Outcome, Totals
from hub.session import LEASE_SECONDS, Session, offset, view_of
from hub.settling.due import first_scan_done, settle_due, wake_by_clock
from hub.vanished import look_for_vanished
from hub.words import Problem

SECOND = 1_000_000
HUSH = 1.0
"""Seconds without a ring after which a burst is over."""


@dataclass(slots=True)
class Stream:
    """One object of a connection, as the last run left it, and what this run has seen of it."""

    source: Source
    cursor: str | None
    first: bool
    asked: int | None = None  # how often somebody asked for the whole object before this pull began
    totals: Totals = field(default_factory=Totals)
    seen: array[int] = field(default_factory=lambda: array("q"))  # 64 bits of each id: memory stays flat
    full: bool = False
    unreadable: int = 0  # rows that are no records
    news: int = 0
    changed: int = 0


def sync(hub: Hub, connection: Connection, *, by: str = "schedule", within: float | None = None) -> Outcome | None:
    """Reads and settles; delivers nothing. None: another process is at it.

    `within`: seconds after which it stops at the end of a page; the next run resumes there.
    """
    return _run(hub, connection, "sync", by, within, _pull_all)


def reread(hub: Hub, connection: Connection, *, by: str = "doorbell", within: float | None = None) -> Outcome | None:
    """Reads and settles only what was asked for by id, until nobody has rung for HUSH seconds: one burst is one run, so that
    limits see an import whole before anything of it is written. None: another process is at it.
    """
    return _run(hub, connection, "reread", by, within, _until_hush)


Reads = Callable[[Session, Connection, Connector, Outcome, float | None], None]


def _run(hub: Hub, connection: Connection, kind: str, by: str, within: float | None, reads: Reads) -> Outcome | None:
    enforce_policy(hub, by=by)
    with leases.held(hub, f"sync:{connection.name}", LEASE_SECONDS) as lease:
        if lease is None:
            return None
        with hub.engine.begin() as database:
            run = runs.begin(hub, database, connection.name, kind, by)
        until = None if within is None else hub.clock.monotonic() + within
        session = Session(hub, view_of(hub), run, lease)
        try:
            outcome = _outcome(session, connection, until, reads)
        except Exception as error:
            bug = {"code": "bug", "data": {"error": type(error).__name__}}
            with hub.engine.begin() as database:
                runs.finish(hub, database, run, _stopped(session, Outcome("failed", error=bug)))
            raise
        with hub.engine.begin() as database:
            if outcome.status != "running":
                runs.finish(hub, database, run, outcome)
            _tell_connection(hub, database, connection, outcome, run, pulled=kind == "sync")
    return outcome


def _stopped(session: Session, outcome: Outcome) -> Outcome:
    """Above a limit a run waits for a person, however it ended: nothing that it changed is written until then."""
    if limits := session.write(lambda work: exceeded(work, session.run or 0)):
        outcome.status = "waiting"
        outcome.error = {"code": "limits", "data": {"limits": limits}}
    return outcome


class OutOfTime(Exception):
    """The run goes on in the next one, from the cursor of its last page."""


def _outcome(session: Session, connection: Connection, until: float | None, reads: Reads) -> Outcome:
    outcome = Outcome("succeeded")
    try:
        with connections.opened(session.hub, connection) as connector:
            reads(session, connection, connector, outcome, until)
    except OutOfTime:
        outcome.status = "running"
    except VendorError as error:
        outcome.error = runs.said(error)
    except Problem as problem:
        outcome.error = {"code": problem.code, "data": problem.data}
    session.write(wake_by_clock)
    outcome.changed += settle_due(session)
    if outcome.status == "running":
        return outcome
    if outcome.error is not None or outcome.gaps:
        outcome.status = "incomplete"
    return _stopped(session, outcome)


def _until_hush(session: Session, connection: Connection, connector: Connector, outcome: Outcome, until: float | None) -> None:
    clock = session.hub.clock
    while _read_all_again(session, connection, connector, outcome, until):
        clock.sleep(HUSH)


def _read_all_again(
    session: Session, connection: Connection, connector: Connector, outcome: Outcome, until: float | None
) -> bool:
    found = False
    while read_again(session, connection, connector, outcome):
        found = True
        if until is not None and session.hub.clock.monotonic() > until:
            raise OutOfTime
    return found


def _pull_all(session: Session, connection: Connection, connector: Connector, outcome: Outcome, until: float | None) -> None:
    """What cannot be read again blocks no pull, unless the vendor asks all of us to wait."""
    trouble: Retry | None = None
    try:
        _read_all_again(session, connection, connector, outcome, until)
    except Retry as error:
        if error.after is not None:
            raise
        trouble = error
    for object in connector.facts.objects:
        _pull(session, connection, connector, object, outcome, until)
    if trouble is not None:
        raise trouble


def _pull(
    session: Session, connection: Connection, connector: Connector, object: str, outcome: Outcome, until: float | None
) -> None:
    stream = _stream(session, connection.name, connector, object)
    outcome.totals[object] = stream.totals
    outcome.gaps[object] = ["not_complete"]
    started = session.hub.clock.micros()
    for page, times in _pages(session.hub, connector, object, stream.cursor):
        stream.source = replace(stream.source, offset=offset(connector))
        _store(session, stream, page, times, started)
        session.hub.point("page_stored")
        if until is not None and not page.complete and session.hub.clock.monotonic() > until:
            raise OutOfTime
    _prove(session, stream, connector)
    outcome.news += stream.news
    outcome.changed += stream.changed
    gaps = stream.totals.missing(full=stream.full)
    if gaps:
        outcome.gaps[object] = gaps
    else:
        del outcome.gaps[object]


def _pages(hub: Hub, connector: Connector, object: str, cursor: str | None) -> Iterator[tuple[Page, Times]]:
    pages = connector.pull(object, cursor)
    while True:
        requested = hub.clock.micros()
        page = next(pages, None)
        if page is None:
            return
        yield page, Times(requested, hub.clock.micros())


def _stream(session: Session, connection: str, connector: Connector, object: str) -> Stream:
    def read(work: Work) -> Stream:
        work.cur.execute("INSERT INTO stream (connection, object) VALUES (%s, %s) ON CONFLICT DO NOTHING", (connection, object))
        work.cur.execute(
            "SELECT cursor, horizon, first_scan, source_says, said_at FROM stream WHERE connection = %s AND object = %s",
            (connection, object),
        )
        cursor, horizon, first_scan, says, said_at = work.cur.fetchone() or (None,) * 5
        source = Source(connection, object, connector.lag(object), horizon)
        readable = said_at is not None and said_at <= work.at - int(source.lag * SECOND)
        totals = Totals(said=says if readable else None, lagging=source.lag > 0)
        return Stream(source, cursor, first_scan is None, refetch.whole(work, connection, object), totals)

    return session.write(read)


def _store(session: Session, stream: Stream, page: Page, times: Times, started: int) -> None:
    """A page, its golden changes, change log, planned writes and the cursor: one transaction."""
    source = stream.source

    def store(work: Work) -> Taken:
        taken = take(work, source, page.records, times, unreadable=page.unreadable)
        work.cur.execute(
            "UPDATE stream SET cursor = %s, read = read + %s, horizon = CASE WHEN %s THEN %s ELSE horizon END,"
            " first_scan = CASE WHEN %s THEN coalesce(first_scan, %s) ELSE first_scan END WHERE connection = %s AND object = %s",
            (page.cursor, taken.new_ids, page.complete, started, page.complete, work.at, source.connection, source.object),
        )
        if page.complete and stream.asked is not None:
            refetch.done(work, source.connection, refetch.Wanted(source.object, refetch.WHOLE, stream.asked))
        if page.complete and stream.first:
            first_scan_done(work, source.connection, source.object)
        return taken

    taken = session.write(store)
    stream.seen.extend(hash(record.id) for record in page.records if not record.deleted)
    stream.news += taken.news
    stream.changed += len(taken.changed)
    stream.unreadable += len(page.unreadable)
    stream.totals.refused += taken.whole_rows
    stream.totals.complete = page.complete
    stream.full = page.full


def _prove(session: Session, stream: Stream, connector: Connector) -> None:
    """Control totals: the vendor's own count, what we read, what the tables hold. Each is counted where it happens."""
    totals, source = stream.totals, stream.source
    distinct = set(stream.seen)
    totals.read = len(distinct) + stream.unreadable
    if connector.provides("count") and totals.complete and (stream.full or stream.news):
        totals.source_says = connector.count(source.object)
    if stream.full and totals.complete and not _all_there(session, stream, len(distinct)):
        look_for_vanished(session, source, connector, distinct)

    def count(work: Work) -> None:
        work.cur.execute(
            "UPDATE stream SET source_says = coalesce(%s, source_says), said_at = CASE WHEN %s::bigint IS NULL THEN said_at ELSE %s END"
            " WHERE connection = %s AND object = %s",
            (totals.source_says, totals.source_says, work.at, source.connection, source.object),
        )
        work.cur.execute(
            "SELECT count(*) FILTER (WHERE deleted IS NULL), count(*) FILTER (WHERE entity IS NOT NULL AND golden_id IS NULL AND deleted IS NULL)"
            " FROM record WHERE connection = %s AND object = %s",
            (source.connection, source.object),
        )
        totals.held, unsettled = work.cur.fetchone() or (0, 0)
        # Of an incremental pull every page was stored before the next was asked for; a full one must be in the tables as a whole.
        totals.stored = totals.held if stream.full else totals.read - totals.refused
        totals.settled = totals.stored - unsettled

    session.write(count)


def _all_there(session: Session, stream: Stream, distinct: int) -> bool:
    """Whether the scan showed exactly as many records as we hold, refused rows apart: then none has vanished."""

    def held(work: Work) -> int:
        work.cur.execute(
            "SELECT count(*) FROM record WHERE connection = %s AND object = %s AND deleted IS NULL",
            (stream.source.connection, stream.source.object),
        )
        (count,) = work.cur.fetchone() or (0,)
        return int(count)

    return session.write(held) == distinct - stream.totals.refused


def _tell_connection(hub: Hub, database: Database, connection: Connection, outcome: Outcome, run: int, *, pulled: bool) -> None:
    """When to come again, and whether a person has to help first. The promise counts from the start of the run: so old is what it saw.

    `held`: the vendor makes us wait. Nothing is asked before its time; then a pull comes, whatever it was that had asked too much.
    """
    error = outcome.error or {}
    failed = outcome.error is not None and outcome.status != "waiting"
    auth = failed and error.get("kind") == AuthFailed.__name__
    after = 0 if outcome.status == "running" else error.get("after")
    held = error.get("after") is not None and error["code"] != "quota"
    said = {
        "now": hub.clock.micros(), "failed": failed, "auth": auth, "run": run, "name": connection.name,
        "every": _promise(hub, database, connection), "after": None if after is None else float(after),
        "why": Json(encode_json(outcome.error)) if outcome.error else None,
    }  # fmt: skip
    if pulled or held:
        database.execute(_NEXT, said)
    if pulled or held or auth:
        database.execute(_STATE, said)


def _promise(hub: Hub, database: Database, connection: Connection) -> float:
    """As it is now: a person may have changed it while we read."""
    database.execute(text("SELECT 1 FROM connection WHERE name = :name FOR UPDATE"), {"name": connection.name})
    return connections.load(hub, database).get(connection.name, connection).every


_NEXT = text(
    "UPDATE connection SET failures = CASE WHEN :failed THEN failures + 1 ELSE 0 END, next_pull = CASE"
    " WHEN CAST(:after AS float8) IS NOT NULL THEN :now + :after * 1000000"
    " WHEN :failed THEN :now + least(:every, (2 ^ least(failures, 8))::float8 * 2) * 1000000"
    " ELSE greatest(:now, (SELECT started_at FROM run WHERE id = :run) + :every * 1000000) END WHERE name = :name"
)
_STATE = text(
    "UPDATE connection SET state = CASE WHEN :auth THEN 'reconnect' WHEN state = 'reconnect' AND NOT :failed THEN 'active' ELSE state END,"
    " why = :why WHERE name = :name"
)
