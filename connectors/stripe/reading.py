"""Pulls: a scan of everything, newest first; later what the event log touched, each record read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace as replaced
from datetime import UTC, datetime
from typing import Any

import msgspec

from connectors.kit.contract import Actor, Page, Record
from connectors.kit.errors import Gone, Rejected, Retry
from connectors.stripe import cursor as cursors
from connectors.stripe.bodies import Bodies
from connectors.stripe.client import Client, Rows, record_path, row_id
from connectors.stripe.cursor import OVERLAP, Cursor
from connectors.stripe.events import Touched, news, position
from connectors.stripe.kinds import Kind

CHUNK = 50  # records read again before the cursor moves
replace = msgspec.structs.replace


class Head(msgspec.Struct):
    id: str
    created: int | None = None
    updated: int | None = None
    deleted: bool = False


class Reading:
    """One pull or fetch. `now`: our clock in unix seconds, when it began."""

    def __init__(self, client: Client, now: int) -> None:
        self._client = client
        self._now = now
        self._bodies = Bodies(client)

    def pull(self, kind: Kind, text: str | None) -> Iterator[Page]:
        cursor = cursors.load(text)
        if cursor is None or cursor.gap(self._now):
            start = position(self._client, kind, self._now)
            return self._scan(kind, replace(start, scanning=True, again=cursor is not None), full=True)
        if cursor.scanning:
            return self._resumed(kind, cursor)
        return self._drain(kind, cursor)

    def one(self, kind: Kind, id: str) -> Record:
        """The record now; a tombstone where Stripe shows one. Raises `Gone`."""
        raw = self._client.get(record_path(kind.path, id), expand=list(kind.expand) or None)
        return self.record(kind, raw)

    def record(self, kind: Kind, raw: bytes | msgspec.Raw) -> Record:
        """Raises msgspec's errors where `raw` is no record."""
        head = _head(raw)
        if head.deleted:
            return tombstone(kind, head.id)
        body = self._bodies.body(kind, raw)
        return Record(kind.name, head.id, body, updated=_time(head.updated), created=_time(head.created))

    def of_customer(self, kind: Kind, customer: str) -> list[Record]:
        """All records of one customer."""
        found: list[Record] = []
        after: str | None = None
        while True:
            page = self._page(kind, after, customer=customer)
            records, _ = self._sorted_out(kind, page.data)
            found += records
            after = _next(page, after)
            if after is None:
                return found

    def _scan(self, kind: Kind, cursor: Cursor, *, full: bool) -> Iterator[Page]:
        while True:
            try:
                page = self._page(kind, cursor.after)
            except Rejected as error:
                if cursor.after is None or error.data.get("param") != "starting_after":
                    raise
                cursor = replace(cursor, after=None)  # the record to go on after is gone: begin again
                continue
            records, unreadable = self._sorted_out(kind, page.data)
            after = _next(page, cursor.after)
            cursor = replace(cursor, after=after, scanning=after is not None, again=cursor.again and after is not None)
            yield Page(records, cursor.dump(), complete=after is None, full=full, unreadable=unreadable)
            if after is None:
                return

    def _resumed(self, kind: Kind, cursor: Cursor) -> Iterator[Page]:
        """The rest of another pull's scan, then what happened since that one began: only then it is complete as of now."""
        text: str | None = None
        for page in self._scan(kind, cursor, full=False):
            text = page.cursor
            yield replaced(page, complete=False)
        ended = cursors.load(text)
        if ended is not None:
            yield from self._drain(kind, ended)

    def _page(self, kind: Kind, after: str | None, **params: Any) -> Rows:
        return self._client.rows(kind.path, expand=kind.expand, starting_after=after, **kind.filters, **params)

    def _sorted_out(self, kind: Kind, rows: Sequence[msgspec.Raw]) -> tuple[list[Record], list[tuple[str, bytes]]]:
        records: list[Record] = []
        unreadable: list[tuple[str, bytes]] = []
        for raw in rows:
            try:
                records.append(self.record(kind, raw))
            except (msgspec.MsgspecError, UnicodeError):
                unreadable.append(("not_a_record", bytes(raw)))
        return records, unreadable

    def _drain(self, kind: Kind, cursor: Cursor) -> Iterator[Page]:
        found = news(self._client, kind, cursor)
        last = Cursor(self._now, found.newest, found.seen)
        unreadable: Sequence[tuple[str, bytes]] = found.unreadable
        for start in range(0, len(found.touched), CHUNK):
            chunk = found.touched[start : start + CHUNK]
            records = [record for touched in chunk for record in self._again(kind, touched)]
            ended = start + CHUNK >= len(found.touched)
            cursor = last if ended else _moved(cursor, chunk)
            yield Page(records, cursor.dump(), complete=ended, unreadable=unreadable)
            unreadable = ()
        if not found.touched:
            yield Page((), last.dump(), complete=True, unreadable=unreadable)

    def _again(self, kind: Kind, touched: Touched) -> list[Record]:
        if touched.of_customer:
            return [_by(record, touched.actor) for record in self.of_customer(kind, touched.id)]
        try:
            return [_by(self.one(kind, touched.id), touched.actor)]
        except Gone:
            return [_by(tombstone(kind, touched.id), touched.actor)]


def tombstone(kind: Kind, id: str) -> Record:
    return Record(kind.name, id, msgspec.json.encode({"id": id, "object": kind.object, "deleted": True}), deleted=True)


def _moved(cursor: Cursor, chunk: Sequence[Touched]) -> Cursor:
    """After a part of the news: what is older than its last record has been read again."""
    newest = max(cursor.newest or 0, chunk[-1].at)
    seen = {*cursor.seen, *(touched.event for touched in chunk if touched.at >= newest - OVERLAP)}
    return replace(cursor, newest=newest, seen=tuple(sorted(seen)))


def _next(page: Rows, after: str | None) -> str | None:
    """Where the next page begins, None at the end. A page that says "more" and does not move on would be read for ever."""
    if not page.has_more:
        return None
    last = row_id(page.data[-1]) if page.data else None
    if last is None or last == after:
        raise Retry("page_repeated")
    return last


def _by(record: Record, actor: Actor) -> Record:
    return replaced(record, actor=actor)


def _head(raw: bytes | msgspec.Raw) -> Head:
    try:
        return msgspec.json.decode(raw, type=Head)
    except msgspec.ValidationError:
        return Head(msgspec.json.decode(raw, type=_Named).id)  # a time that is none: the record stands without it


class _Named(msgspec.Struct):
    id: str


def _time(seconds: int | None) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
