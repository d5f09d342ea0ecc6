"""Reading single records by their ids: what was asked for again, each in a transaction of its own."""

from __future__ import annotations

from connectors.kit.contract import Connector, Record, Ref
from connectors.kit.errors import Gone, Rejected, VendorError
from hub.connections import Connection
from hub.context import Hub
from hub.intake import refetch
from hub.intake.refetch import Wanted
from hub.intake.take import Taken, take
from hub.intake.work import Source, Times, Work
from hub.runs import Outcome
from hub.session import Session, offset


def read_again(session: Session, connection: Connection, connector: Connector, outcome: Outcome) -> bool:
    """All that is due now. False: nothing was."""
    found = False
    while wanted := session.write(lambda work: refetch.claimed(work, connection.name)):
        found = True
        for one in wanted:
            taken = _read(session, connection, connector, one)
            outcome.news += taken.news
            outcome.changed += len(taken.changed)
    return found


def _read(session: Session, connection: Connection, connector: Connector, one: Wanted) -> Taken:
    record, times = fetch(session.hub, connector, Ref(one.object, one.id))
    source = Source(connection.name, one.object, connector.lag(one.object), offset=offset(connector))

    def store(work: Work) -> Taken:
        taken = take(work, source, [record if record is not None else tombstone(work, source, one.id)], times)
        if not taken.dropped:
            refetch.done(work, connection.name, one)
        return taken

    return session.write(store)


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
