"""Deliver: the only step with an outside effect. The intent is marked as being sent and committed before the call, its answer after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.kit.contract import Change, Connector, Record, Ref
from connectors.kit.errors import AuthFailed, Gone, Rejected, Retry, Unclear, VendorError
from hub.delivery.answers import confirm, fail
from hub.delivery.claim import Intent, claim, claim_unclear, put_back, try_anew
from hub.intake.work import Source, Times, Work
from hub.session import Session
from mappings.strict_json import load_json

Answer = tuple[Intent, Record | VendorError]


@dataclass(slots=True)
class Delivered:
    """`records` and `values` confirmed; `refused` writes; `stopped` by an error that concerns the whole connection."""

    records: int = 0
    values: int = 0
    refused: int = 0
    stopped: VendorError | None = None


def deliver(session: Session, connection: str, connector: Connector) -> Delivered:
    """Sends what is planned for a connection, until nothing is due or the vendor tells us to wait."""
    done = Delivered()
    owner = session.hub.chance.token(12)
    _clear_up(session, connection, connector, owner, done)
    while done.stopped is None:
        batch = session.write(lambda work: claim(work, connection, owner))
        if not batch:
            break
        session.hub.point("intent_marked")
        for object, items in _by_object(batch).items():
            requested = session.hub.clock.micros()
            answers = _send(connector, items)
            times = Times(requested, session.hub.clock.micros())
            session.hub.point("vendor_answered")
            _record(session, Source(connection, object, connector.lag(object)), answers, times, done)
    return done


def _by_object(batch: Sequence[tuple[Intent, Change]]) -> dict[str, list[tuple[Intent, Change]]]:
    grouped: dict[str, list[tuple[Intent, Change]]] = defaultdict(list)
    for intent, change in batch:
        grouped[intent.object].append((intent, change))
    return grouped


def _send(connector: Connector, items: Sequence[tuple[Intent, Change]]) -> list[Answer]:
    """One answer each; an error of the whole call is everybody's answer."""
    if connector.provides("push_many") and len(items) > 1:
        try:
            answers: Sequence[Record | VendorError] = connector.push_many([change for _, change in items])
        except VendorError as error:
            answers = [error] * len(items)
        return [(intent, answer) for (intent, _), answer in zip(items, answers, strict=True)]
    out: list[Answer] = []
    stop: VendorError | None = None
    for intent, change in items:
        if stop is not None:
            out.append((intent, stop))
            continue
        try:
            out.append((intent, connector.push(change)))
        except VendorError as error:
            out.append((intent, error))
            if isinstance(error, AuthFailed | Retry):
                stop = error
    return out


def _record(session: Session, source: Source, answers: Sequence[Answer], times: Times, done: Delivered) -> None:
    good = [(intent, answer) for intent, answer in answers if isinstance(answer, Record)]
    bad = [(intent, answer) for intent, answer in answers if isinstance(answer, VendorError)]

    def store(work: Work) -> int:
        fail(work, source, bad)
        return confirm(work, source, good, times)

    done.values += session.write(store)
    done.records += len(good)
    done.refused += sum(isinstance(error, Rejected) for _, error in bad)
    session.hub.point("answer_stored")
    stop = next((error for _, error in bad if isinstance(error, AuthFailed | Retry)), None)
    done.stopped = stop


def _clear_up(session: Session, connection: str, connector: Connector, owner: str, done: Delivered) -> None:
    """After a crash or an ambiguous time-out: look the write up before trying again."""
    for intent in session.write(lambda work: claim_unclear(work, connection, owner)):
        source = Source(connection, intent.object, connector.lag(intent.object))
        requested = session.hub.clock.micros()
        try:
            record = _look_up(session, connector, intent)
        except Gone as gone:
            _record(session, source, [(intent, gone)], Times(requested, session.hub.clock.micros()), done)
            continue
        except VendorError as error:
            session.write(lambda work, intent=intent: put_back(work, [intent.id], work.at + 5_000_000, status="unclear"))  # type: ignore[misc]  # default binds the loop variable
            done.stopped = error
            return
        times = Times(requested, session.hub.clock.micros())
        if record is None:
            session.write(lambda work, intent=intent: try_anew(work, intent))  # type: ignore[misc]  # as above
        else:
            _record(session, source, [(intent, record)], times, done)


def _look_up(session: Session, connector: Connector, intent: Intent) -> Record | None:
    """The record if it shows what we meant to write; None if the write did not happen and can safely be tried with the same key."""
    view = session.view
    mapping = view.mapping(intent.connection, intent.object)
    if mapping is None:
        raise Unclear("mapping_gone", object=intent.object)
    if intent.verb == "create":
        if not connector.provides("find"):
            raise Unclear("cannot_look_up", object=intent.object)
        return connector.find(intent.object, intent.change(mapping).data)
    record = connector.fetch(Ref(intent.object, intent.external_id or ""))
    shown = mapping.decode(load_json(record.body)).values
    fields = view.entities[intent.entity].fields
    arrived = all(
        field.name in shown and fields[field.name].type.normal(shown[field.name]) == fields[field.name].type.normal(field.value)
        for field in intent.fields
    )
    return record if arrived else None
