"""Reading single records by their ids: what was asked for again, a batch in a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby

import structlog

from connectors.kit.contract import Connector, Record, Ref
from connectors.kit.errors import Gone, Rejected
from hub.connections import Connection
from hub.intake import refetch
from hub.intake.refetch import Wanted
from hub.intake.take import Taken, take
from hub.intake.work import Source, Times, Work
from hub.runs import Outcome
from hub.session import Session, offset

log = structlog.stdlib.get_logger("hub.again")


def read_again(session: Session, connection: Connection, connector: Connector, outcome: Outcome) -> bool:
    """One batch of what is due now. False: nothing is."""
    wanted = session.write(lambda work: refetch.claimed(work, connection.name))
    for object, ones in groupby(sorted(wanted), key=lambda one: one.object):
        taken = _read(session, connection, connector, object, list(ones))
        outcome.news += taken.news
        outcome.changed += len(taken.changed)
    return bool(wanted)


def _read(session: Session, connection: Connection, connector: Connector, object: str, wanted: list[Wanted]) -> Taken:
    requested = session.hub.clock.micros()
    found = fetched(connector, [Ref(object, one.id) for one in wanted])
    times = Times(requested, session.hub.clock.micros())
    source = Source(connection.name, object, connector.lag(object), offset=offset(connector))

    def store(work: Work) -> Taken:
        told = [(one, answer) for one, answer in zip(wanted, found, strict=True) if not isinstance(answer, Rejected)]
        records = [answer if answer is not None else tombstone(work, source, one.id) for one, answer in told]
        taken = take(work, source, records, times)
        for one, answer in zip(wanted, found, strict=True):
            if isinstance(answer, Rejected):
                refetch.refused(work, connection.name, one)
            elif one.id not in taken.dropped:
                # Spoilt twice: nobody asks a third time by himself.
                refetch.done(work, connection.name, one._replace(asked=one.asked + (one.id in taken.spoilt)))
        return taken

    return session.write(store)


def fetched(connector: Connector, refs: Sequence[Ref]) -> list[Record | Rejected | None]:
    """In the order of `refs`. None: the vendor says that it is gone; `Rejected`: it does not show this one, whoever asks how often."""
    if len(refs) > 1:
        with suppress(Rejected):  # because of one of them: each for itself
            return list(connector.fetch_many(refs))
    return [_one(connector, ref) for ref in refs]


def _one(connector: Connector, ref: Ref) -> Record | Rejected | None:
    try:
        return connector.fetch(ref)
    except Gone:
        return None
    except Rejected as error:
        log.warning("read_refused", object=ref.object, id=ref.id, code=error.code, data=error.data)
        return error


def tombstone(work: Work, source: Source, id: str) -> Record:
    """Evidence of deletion for a record that we hold: its last body stays, under a new observation."""
    work.cur.execute(
        "SELECT p.body, r.version FROM record r LEFT JOIN payload p ON p.position = r.position"
        " WHERE r.connection = %s AND r.object = %s AND r.external_id = %s",
        (source.connection, source.object, id),
    )
    body, version = work.cur.fetchone() or (b"{}", None)
    return Record(source.object, id, bytes(body or b"{}"), version, deleted=True)
