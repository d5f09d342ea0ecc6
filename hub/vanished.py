"""Records that a complete scan did not show: each is asked for by id before it is called deleted, and a flood of them stops for a person."""

from __future__ import annotations

from connectors.kit.contract import Connector, Record, Ref
from connectors.kit.errors import Gone
from hub.intake.take import take
from hub.intake.work import Source, Times, Work
from hub.session import Session
from hub.words import Problem

SHARE, COUNT = 0.2, 1_000
"""More than this share of the records, or this many, gone at once is taken for the vendor's mistake."""


def look_for_vanished(session: Session, source: Source, connector: Connector, seen: set[int]) -> int:
    """`seen`: hashes of the ids that the scan showed. Returns how many records proved to be gone. Raises `Problem` for a flood."""

    def missing(work: Work) -> tuple[list[str], int]:
        work.cur.execute(
            "SELECT external_id FROM record WHERE connection = %s AND object = %s AND deleted IS NULL",
            (source.connection, source.object),
        )
        ids = [row[0] for row in work.cur.fetchall()]
        return [id for id in ids if hash(id) not in seen], len(ids)

    ids, total = session.write(missing)
    if len(ids) > COUNT or (len(ids) > SHARE * total and len(ids) > 20):
        raise Problem("mass_vanishing", connection=source.connection, object=source.object, gone=len(ids), total=total)
    return sum(_ask(session, source, connector, id) for id in sorted(ids))


def _ask(session: Session, source: Source, connector: Connector, id: str) -> bool:
    requested = session.hub.clock.micros()
    gone = False
    try:
        record = connector.fetch(Ref(source.object, id))
    except Gone:
        gone = True
        record = Record(source.object, id, b"{}", deleted=True)
    times = Times(requested, session.hub.clock.micros())
    session.write(lambda work: take(work, source, [record], times))
    return gone
