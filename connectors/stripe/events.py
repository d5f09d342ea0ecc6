"""Stripe's event log as a list of ids that changed. Bodies are never used: they are in the account's own API version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from connectors.kit.contract import Actor
from connectors.kit.errors import Retry
from connectors.stripe.client import Client, row_id
from connectors.stripe.cursor import OVERLAP, Cursor
from connectors.stripe.kinds import Kind

OURS = "concord-"  # the hub's idempotency keys begin with it


class Subject(msgspec.Struct):
    id: str
    object: str | None = None
    customer: str | None = None
    subscription: str | None = None


class Asker(msgspec.Struct):
    id: str | None = None
    idempotency_key: str | None = None


class Data(msgspec.Struct):
    object: Subject


class Event(msgspec.Struct):
    id: str
    created: int
    data: Data
    type: str = ""
    request: Asker | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """A record to read again; `customers`: all records of that customer. `at`, `event`: the newest event that touched it."""

    id: str
    at: int
    event: str
    actor: Actor
    of_customer: bool = False


@dataclass(slots=True)
class News:
    """What happened since a cursor: each touched record once, oldest first; `seen` and `newest` for the next cursor."""

    touched: list[Touched] = field(default_factory=list)
    newest: int | None = None
    seen: tuple[str, ...] = ()
    unreadable: list[tuple[str, bytes]] = field(default_factory=list)


def news(client: Client, kind: Kind, cursor: Cursor) -> News:
    """Not by `ending_before` an event: one that left the 30 days is no position, and the overlap needs a time anyway."""
    found = News(newest=cursor.newest, seen=cursor.seen)
    times: dict[str, int] = {}
    touched: dict[tuple[str, bool], Touched] = {}
    done = frozenset(cursor.seen)
    for raw in _newest_first(client, kind, cursor.since):
        event = _event(raw)
        if event is None:
            found.unreadable.append(("unreadable_event", bytes(raw)))
            continue
        times[event.id] = event.created
        subject = _subject(kind, event)
        if event.id not in done and subject is not None:
            touched.setdefault(subject, Touched(subject[0], event.created, event.id, actor(event), subject[1]))
    if times:
        found.newest = max(cursor.newest or 0, *times.values())
        found.seen = tuple(sorted(id for id, at in times.items() if at >= found.newest - OVERLAP))
    found.touched = sorted(touched.values(), key=lambda each: (each.at, each.event))
    return found


def position(client: Client, kind: Kind, asked: int) -> Cursor:
    """The cursor of a scan that starts now: what the event log holds already, the scan will show."""
    latest = [
        event.created for raw in client.rows("/v1/events", types=list(kind.events)).data if (event := _event(raw)) is not None
    ]
    if not latest:
        return Cursor(asked)
    known = news(client, kind, Cursor(asked, max(latest)))
    return Cursor(asked, known.newest, known.seen)


def actor(event: Event) -> Actor:
    """Stripe names no person. An event without a request is Stripe's own doing; of ours it tells the idempotency key."""
    if event.request is None or event.request.id is None:
        return Actor("vendor")
    key = event.request.idempotency_key or ""
    return Actor("concord", key) if key.startswith(OURS) else Actor("unknown")


def named(subject: Subject, type: str) -> str:
    """The object that an event is about: by its own word, else by the event's type (customer.subscription.updated)."""
    return subject.object or type.split(".")[-2:][0]


def _subject(kind: Kind, event: Event) -> tuple[str, bool] | None:
    """The id that `event` touched among records of `kind`, and whether it is their customer's."""
    subject = event.data.object
    object = named(subject, event.type)
    if object == kind.object:
        return subject.id, False
    if object != "discount":
        return None
    if kind.object == "subscription":
        return (subject.subscription, False) if subject.subscription else (subject.customer, True) if subject.customer else None
    return (subject.customer, False) if subject.customer else None


def _newest_first(client: Client, kind: Kind, since: int | None) -> Iterator[msgspec.Raw]:
    after: str | None = None
    created = None if since is None else {"gte": since}
    while True:
        page = client.rows("/v1/events", types=list(kind.events), created=created, starting_after=after)
        yield from page.data
        if not page.has_more:
            return
        last = row_id(page.data[-1]) if page.data else None
        if last is None or last == after:
            raise Retry("page_repeated", object="events")
        after = last


def _event(raw: msgspec.Raw) -> Event | None:
    try:
        return msgspec.json.decode(raw, type=Event)
    except msgspec.MsgspecError:
        return None
