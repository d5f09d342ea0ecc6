"""A run of one connection: read again what has to be, pull every object page by page, prove that nothing is missing."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import text

from connectors.kit.contract import Connector, Page, Record, Ref
from connectors.kit.errors import AuthFailed, Gone, Rejected, VendorError
from hub import connections, leases, runs
from hub.bulk import Json, encode_json
from hub.clock import MICROSECOND
from hub.connections import Connection
from hub.context import Hub
from hub.guard import exceeded
from hub.intake.take import Taken, take
from hub.intake.work import Source, Times, Work
from hub.runs import Outcome, Totals
from hub.session import LEASE_SECONDS, Session, view_of
from hub.settling.due import first_scan_done, settle_due, wake_by_clock
from hub.vanished import look_for_vanished
from hub.words import Problem

SECOND = 1_000_000


@dataclass(slots=True)
class Stream:
    """One object of a connection, as the last run left it, and what this run has seen of it."""

    source: Source
    cursor: str | None
    first: bool
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
    with leases.held(hub, f"sync:{connection.name}", LEASE_SECONDS) as lease:
        if lease is None:
            return None
        with hub.engine.begin() as database:
            run = runs.begin(hub, database, connection.name, "sync", by)
        until = None if within is None else hub.clock.monotonic() + within
        session = Session(hub, view_of(hub), run, lease)
        try:
            outcome = _run(session, connection, until)
        except Exception as error:
            bug = {"code": "bug", "data": {"error": type(error).__name__}}
            with hub.engine.begin() as database:
                runs.finish(hub, database, run, _stopped(session, Outcome("failed", error=bug)))
            raise
        with hub.engine.begin() as database:
            if outcome.status != "running":
                runs.finish(hub, database, run, outcome)
            _tell_connection(hub, database, connection, outcome)
    return outcome


def _stopped(session: Session, outcome: Outcome) -> Outcome:
    """Above a limit a run waits for a person, however it ended: nothing that it changed is written until then."""
    if limits := session.write(lambda work: exceeded(work, session.run or 0)):
        outcome.status = "waiting"
        outcome.error = {"code": "limits", "data": {"limits": limits}}
    return outcome


class OutOfTime(Exception):
    """The run goes on in the next one, from the cursor of its last page."""


def _run(session: Session, connection: Connection, until: float | None) -> Outcome:
    outcome = Outcome("succeeded")
    with connections.opened(session.hub, connection) as connector:
        try:
            _read_again(session, connection, connector, outcome)
            for object in connector.facts.objects:
                _pull(session, connection, connector, object, outcome, until)
        except OutOfTime:
            outcome.status = "running"
        except VendorError as error:
            outcome.error = {"code": error.code, "data": error.data, "kind": type(error).__name__}
        except Problem as problem:
            outcome.error = {"code": problem.code, "data": problem.data}
    session.write(wake_by_clock)
    outcome.changed += settle_due(session)
    if outcome.status == "running":
        return outcome
    if outcome.error is not None or outcome.gaps:
        outcome.status = "incomplete"
    return _stopped(session, outcome)


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


def offset(connector: Connector) -> tuple[int, int] | None:
    """Bounds of the vendor's clock against ours in microseconds, as its answers told so far."""
    bounds = connector.lent.clock.bounds
    return None if bounds is None else (bounds[0] // MICROSECOND, bounds[1] // MICROSECOND)


def _stream(session: Session, connection: str, connector: Connector, object: str) -> Stream:
    def read(work: Work) -> Stream:
        work.cur.execute("INSERT INTO stream (connection, object) VALUES (%s, %s) ON CONFLICT DO NOTHING", (connection, object))
        work.cur.execute(
            "SELECT cursor, horizon, first_scan FROM stream WHERE connection = %s AND object = %s", (connection, object)
        )
        cursor, horizon, first_scan = work.cur.fetchone() or (None, None, None)
        source = Source(connection, object, connector.lag(object), horizon)
        return Stream(source, cursor, first_scan is None)

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
            "UPDATE stream SET source_says = coalesce(%s, source_says) WHERE connection = %s AND object = %s",
            (totals.source_says, source.connection, source.object),
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


def _read_again(session: Session, connection: Connection, connector: Connector, outcome: Outcome) -> None:
    """Reads that were dropped, and records that a doorbell or a stale write named."""
    while True:
        wanted = session.write(lambda work: _wanted(work, connection.name))
        if not wanted:
            return
        for object, id in wanted:
            record, times = fetch(session.hub, connector, Ref(object, id))
            source = Source(connection.name, object, connector.lag(object), offset=offset(connector))

            def store(
                work: Work, source: Source = source, record: Record | None = record, id: str = id, times: Times = times
            ) -> Taken:
                taken = take(work, source, [record if record is not None else tombstone(work, source, id)], times)
                if not taken.dropped:
                    work.cur.execute(
                        "DELETE FROM refetch WHERE connection = %s AND object = %s AND external_id = %s",
                        (source.connection, source.object, id),
                    )
                return taken

            taken = session.write(store)
            outcome.news += taken.news
            outcome.changed += len(taken.changed)


def _wanted(work: Work, connection: str) -> list[tuple[str, str]]:
    """Due re-reads; each try moves the next one away, so that a record that cannot be read blocks nobody."""
    work.cur.execute(
        "UPDATE refetch SET attempts = attempts + 1, not_before = %s + %s * attempts WHERE (connection, object, external_id) IN"
        " (SELECT connection, object, external_id FROM refetch WHERE connection = %s AND not_before <= %s ORDER BY not_before LIMIT 50"
        " FOR UPDATE SKIP LOCKED) RETURNING object, external_id",
        (work.at + 5 * SECOND, 5 * SECOND, connection, work.at),
    )
    return work.cur.fetchall()


def fetch(hub: Hub, connector: Connector, ref: Ref) -> tuple[Record | None, Times]:
    """None: the vendor says that it is gone."""
    requested = hub.clock.micros()
    try:
        record = connector.fetch(ref)
    except Gone:
        record = None
    except Rejected as error:
        raise VendorError(error.code, object=ref.object, id=ref.id, **error.data) from error
    return record, Times(requested, hub.clock.micros())


def tombstone(work: Work, source: Source, id: str) -> Record:
    """Evidence of deletion for a record that we hold: its last body stays, under a new observation."""
    work.cur.execute(
        "SELECT p.body, r.version FROM record r LEFT JOIN payload p ON p.position = r.position"
        " WHERE r.connection = %s AND r.object = %s AND r.external_id = %s",
        (source.connection, source.object, id),
    )
    body, version = work.cur.fetchone() or (b"{}", None)
    return Record(source.object, id, bytes(body or b"{}"), version, deleted=True)


def _tell_connection(hub: Hub, database: object, connection: Connection, outcome: Outcome) -> None:
    """When to come again, and whether a person has to help first."""
    failed = outcome.error is not None and outcome.status != "waiting"
    kind = outcome.error.get("kind") if outcome.error else None
    after = 0 if outcome.status == "running" else (outcome.error or {}).get("data", {}).get("after")
    database.execute(  # type: ignore[attr-defined]  # a SQLAlchemy connection
        text(
            "UPDATE connection SET next_pull = :now + CASE WHEN :failed THEN least(:every, (2 ^ least(failures, 8))::float8 * 2) ELSE :every END * 1000000,"
            " failures = CASE WHEN :failed THEN failures + 1 ELSE 0 END,"
            " state = CASE WHEN :auth THEN 'reconnect' WHEN state = 'reconnect' AND NOT :failed THEN 'active' ELSE state END,"
            " why = :why WHERE name = :name"
        ),
        {
            "now": hub.clock.micros(), "failed": failed, "every": connection.every if after is None else float(after), "auth": kind == AuthFailed.__name__,
            "why": Json(encode_json(outcome.error)) if outcome.error else None, "name": connection.name,
        },
    )  # fmt: skip
