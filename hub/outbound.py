"""May a connection be written to now? Listening first, first delivery confirmed, limits kept; then deliver, as a run of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from connectors.kit.errors import AuthFailed, VendorError
from hub import connections, leases, runs
from hub.bulk import Json, encode_json
from hub.connections import Connection
from hub.context import Hub
from hub.delivery.deliver import Delivered, deliver
from hub.runs import Outcome
from hub.session import LEASE_SECONDS, Session, view_of


@dataclass(slots=True)
class Delivery:
    """`status`: done; nothing (to send); off; waiting (for a person: `waits`); stopped (`error`: try later); busy."""

    status: str
    records: int = 0
    values: int = 0
    refused: int = 0
    planned: int = 0
    waits: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, Any] | None = None


def deliver_allowed(hub: Hub, connection: Connection, *, by: str = "schedule", confirm: bool = False) -> Delivery:
    """`confirm`: a person saw the plan of this connection: its first delivery, and runs above the limits, may go."""
    session = Session(hub, view_of(hub))
    planned, open_ = _work(hub, connection.name)
    if connection.writes == "off":
        return Delivery("off", planned=planned)
    if connection.state == "paused":
        return Delivery("off", planned=planned)
    if confirm:
        confirmed(hub, connection.name)
    elif waits := waits_for(hub, session, connection, planned):
        return Delivery("waiting", planned=planned, waits=waits)
    if planned + open_ == 0:
        with hub.engine.begin() as database:
            runs.bury(hub, database)
        return Delivery("nothing")
    with leases.held(hub, f"deliver:{connection.name}", LEASE_SECONDS) as lease:
        if lease is None:
            return Delivery("busy", planned=planned)
        with hub.engine.begin() as database:
            run = runs.begin(hub, database, connection.name, "deliver", by)
        done = _deliver(Session(hub, view_of(hub), run, lease), connection, prepare=confirm)
    error = _said(done.stopped)
    return Delivery("done" if error is None else "stopped", done.records, done.values, done.refused, planned, error=error)


def _deliver(session: Session, connection: Connection, *, prepare: bool) -> Delivered:
    """As a run of its own, which ends whatever happens, unless the process does."""
    hub, done = session.hub, Delivered()
    try:
        with connections.opened(hub, connection) as connector:
            if prepare and connector.provides("prepare"):
                connector.prepare()
            done = deliver(session, connection.name, connector)
    except VendorError as error:
        done.stopped = error
    except Exception as error:
        done.stopped = VendorError("bug", error=type(error).__name__)
        raise
    finally:
        _finish(session, connection, done)
    return done


def _finish(session: Session, connection: Connection, done: Delivered) -> None:
    error = _said(done.stopped)
    outcome = Outcome("succeeded" if error is None else "incomplete", changed=done.values, error=error)
    with session.hub.engine.begin() as database:
        runs.finish(session.hub, database, session.run or 0, outcome)
        _needs_help(database, connection.name, done.stopped)


def _said(error: VendorError | None) -> dict[str, Any] | None:
    return None if error is None else runs.said(error)


def _needs_help(database: Any, name: str, error: VendorError | None) -> None:
    if isinstance(error, AuthFailed):
        database.execute(
            text("UPDATE connection SET state = 'reconnect', why = :why WHERE name = :name"),
            {"why": Json(encode_json(_said(error))), "name": name},
        )


def _work(hub: Hub, name: str) -> tuple[int, int]:
    """(planned, being sent or unclear)"""
    with hub.engine.connect() as database:
        row = database.execute(
            text(
                "SELECT count(*) FILTER (WHERE status = 'planned'), count(*) FILTER (WHERE status IN ('sending', 'unclear')) FROM intent"
                " WHERE connection = :name AND status IN ('planned', 'sending', 'unclear')"
            ),
            {"name": name},
        ).one()
    return int(row[0]), int(row[1])


def waits_for(hub: Hub, session: Session, connection: Connection, planned: int) -> list[dict[str, Any]]:
    """What a person has to see before this connection is written to: codes plus data."""
    if planned == 0:
        return []
    waits: list[dict[str, Any]] = []
    if connection.writes == "ask" or not connection.confirmed:
        waits.append(
            {
                "code": "first_delivery" if not connection.confirmed else "asked",
                "data": {"connection": connection.name, "planned": planned},
            }
        )
    creates = session.view.rules.limits.get("creates")
    with hub.engine.connect() as database:
        new = database.execute(
            text("SELECT count(*) FROM intent WHERE connection = :name AND status = 'planned' AND verb = 'create'"),
            {"name": connection.name},
        ).scalar_one()
    if creates is not None and creates.exceeded(new, planned):
        waits.append({"code": "limit", "data": {"limit": "creates", "what": connection.name, "value": new}})
    return waits


def confirmed(hub: Hub, name: str) -> None:
    """A person saw the plan: from now on this connection is written to, and waiting runs may go."""
    with hub.engine.begin() as database:
        database.execute(text("UPDATE connection SET confirmed = true WHERE name = :name"), {"name": name})
        database.execute(text("UPDATE run SET status = 'succeeded' WHERE status = 'waiting'"))


def waiting_runs(database: Any) -> list[dict[str, Any]]:
    """Runs above a limit: nothing that they changed is written until a person confirms."""
    rows = database.execute(text("SELECT id, connection, error FROM run WHERE status = 'waiting' ORDER BY id")).all()
    return [{"run": row[0], "connection": row[1], **(row[2] or {})} for row in rows]
