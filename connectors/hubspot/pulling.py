"""Reads all records once, then only changes: by search, without its cap of 10,000, its shifting pages or its lag losing any.

https://developers.hubspot.com/docs/api-reference/search/guide
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from connectors.hubspot.api import Api
from connectors.hubspot.bodies import Row, dumped, email_event, millis, owner
from connectors.hubspot.config import HubSpotConfig
from connectors.hubspot.cursor import Cursor, read
from connectors.hubspot.kinds import Kind
from connectors.hubspot.reading import Reader, next_page
from connectors.kit.contract import Lent, Page

LIST = 100
SEARCH = 200
EVENTS = 1000
WALK = 20  # pages; a longer list is not walked a second time just to count it
QUERY = 2000  # characters of property names that go into an address; more come by batch (HubSpot answers 414 at about 8,000)

Split = tuple[list[Row], list[tuple[str, bytes]]]


class Puller:
    def __init__(self, api: Api, reader: Reader, config: HubSpotConfig, lent: Lent) -> None:
        self._api = api
        self._reader = reader
        self._config = config
        self._lent = lent
        self._lag = round(config.lag_seconds * 1000)

    def records(self, kind: Kind, text: str | None) -> Iterator[Page]:
        """A list of everything while there is no cursor; then changes, then what was archived."""
        cursor = self._begin(kind) if text is None else read(text)
        if cursor.phase == "list":
            yield from self._list(kind, cursor, full=text is None)
            return
        if cursor.phase == "changes":
            for page, onwards in self._changes(kind, cursor):
                cursor = onwards
                yield page
        yield from self._archived(kind, cursor)

    # Everything.

    def _begin(self, kind: Kind) -> Cursor:
        """What changes while the list is read is newer than the newest change that the search knows now."""
        body = {"sorts": [_sort(kind.modified, "DESCENDING")], "properties": [kind.modified], "limit": 1}
        rows = self._api.post("objects", kind.object, "search", body=body, reads=True)["results"]
        newest = max((_changed(kind, row) for row in rows), default=0)
        return Cursor(since=newest, newest=newest, seen=self._now(), mark=newest)

    def _list(self, kind: Kind, cursor: Cursor, *, full: bool) -> Iterator[Page]:
        while True:
            rows, after = self._listed(kind, cursor.after)
            good, bad = _split(rows)
            cursor = replace(cursor, after=after) if after else replace(cursor, phase="changes", after=None)
            records = self._reader.records(kind, good, inline=True)
            yield Page(records, cursor.text(), complete=after is None, full=full, unreadable=bad)
            if after is None:
                return

    def _listed(self, kind: Kind, after: str | None, *, archived: bool = False) -> tuple[list[Row], str | None]:
        short = len(",".join(kind.properties)) <= QUERY
        query = [("limit", str(LIST)), ("properties", ",".join(kind.properties) if short else "hs_object_id")]
        query += [("associations", ",".join(kind.links))] if kind.links else []
        query += [("archived", "true")] if archived else []
        query += [("after", after)] if after else []
        answer = self._api.get("objects", kind.object, query=query)
        rows = answer["results"]
        if not short:
            whole = self._reader.rows(kind, [str(row["id"]) for row in _split(rows)[0]], archived=archived)
            rows = [{**row, **whole.get(str(row["id"]), {})} for row in rows]
        return rows, next_page(answer)

    # Changes.

    def _changes(self, kind: Kind, cursor: Cursor) -> Iterator[tuple[Page, Cursor]]:
        """Each page begins at the last instant of the one before: an offset would skip rows when a row before it moves."""
        if cursor.at is None:
            cursor = replace(cursor, at=cursor.since, asked=self._now())
        newest, before = cursor.newest, frozenset[tuple[str, int]]()
        while cursor.phase == "changes":
            rows = self._search(kind, cursor)
            seen = [(str(row["id"]), _changed(kind, row)) for row in rows]
            newest = max(newest, *(at for _, at in seen)) if seen else newest
            fresh = [id for id, at in seen if (id, at) not in before]
            before = frozenset(seen)
            cursor = _onwards(cursor, seen)
            if cursor.phase == "archived":
                cursor = cursor.proven(newest, self._now(), self._lag)
            whole = self._reader.rows(kind, fresh, history=True)
            yield Page(self._reader.records(kind, list(whole.values())), cursor.text()), cursor

    def _search(self, kind: Kind, cursor: Cursor) -> list[Row]:
        if cursor.tie is None:
            filters, sort = [_filter(kind.modified, "GTE", cursor.at)], _sort(kind.modified)
        else:
            filters = [_filter(kind.modified, "EQ", cursor.at), _filter("hs_object_id", "GT", cursor.tie)]
            sort = _sort("hs_object_id")
        body = {"filterGroups": [{"filters": filters}], "sorts": [sort], "properties": [kind.modified], "limit": SEARCH}
        rows: list[Row] = self._api.post("objects", kind.object, "search", body=body, reads=True)["results"]
        return rows

    def _archived(self, kind: Kind, cursor: Cursor) -> Iterator[Page]:
        """Archived records never show in a search, so the recycle bin is read each time; only what is new in it counts."""
        mark = cursor.mark
        while True:
            rows, after = self._listed(kind, cursor.after, archived=True)
            good, bad = _split(rows)
            fresh = [row for row in good if (millis(row.get("archivedAt")) or mark) >= cursor.mark]
            mark = max([mark, *(millis(row.get("archivedAt")) or 0 for row in fresh)])
            cursor = replace(cursor, after=after)
            if after is None:
                cursor = replace(cursor, phase="changes", at=None, tie=None, mark=mark)
            yield Page(self._reader.records(kind, fresh, inline=True), cursor.text(), complete=after is None, unreadable=bad)
            if after is None:
                return

    # What is no CRM object.

    def owners(self, text: str | None) -> Iterator[Page]:
        """Few, and without a changed-since filter: all of them each time, the deactivated ones too."""
        cursor = Cursor() if text is None else read(text)
        full = cursor == Cursor()
        while True:
            archived = cursor.phase == "archived"
            rows, after = self._reader.owners(archived=archived, after=cursor.after)
            good, bad = _split(rows)
            done = archived and after is None
            following = Cursor(phase="list" if archived else "archived")
            cursor = following if after is None else replace(cursor, after=after)
            yield Page([owner(row) for row in good], cursor.text(), complete=done, full=full, unreadable=bad)
            if done:
                return

    def email_events(self, text: str | None) -> Iterator[Page]:
        """Newest first, one type after the other; new events only push old ones back, so nothing is skipped.

        https://developers.hubspot.com/docs/api-reference/legacy/marketing/email-events
        """
        full = text is None
        cursor = self._first_event() if text is None else read(text)
        if not cursor.phase and not full:
            cursor = replace(cursor, asked=self._now(), at=cursor.newest)
        wanted = sorted(self._config.email_event_types)
        for kind in (each for each in wanted if each >= cursor.phase):
            more = True
            while more:
                rows, offset = self._events(kind, cursor.since, cursor.after)
                good, bad = _split(rows)
                cursor = replace(
                    cursor, phase=kind, after=offset, at=max([cursor.at or 0, *(int(row["created"]) for row in good)])
                )
                more, done = offset is not None, offset is None and kind == wanted[-1]
                if done:
                    cursor = self._last_event(cursor)
                elif not more:
                    cursor = replace(cursor, phase=kind + "~")  # after this type, before the next
                yield Page([email_event(row) for row in good], cursor.text(), complete=done, full=full, unreadable=bad)

    def walked(self, object: str) -> int | None:
        """Owners or events, counted over a list of their own; None if that would be more than WALK pages."""
        ids: set[str] = set()
        kinds: list[Any] = [False, True] if object == "owners" else sorted(self._config.email_event_types)
        pages = 0
        for kind in kinds:
            after: str | None = None
            while pages < WALK:
                pages += 1
                if object == "owners":
                    rows, after = self._reader.owners(archived=kind, after=after)
                else:
                    rows, after = self._events(kind, 0, after)
                ids.update(str(row["id"]) + str(row.get("created", "")) for row in _split(rows)[0])
                if after is None:
                    break
        return len(ids) if pages < WALK else None

    def _first_event(self) -> Cursor:
        """Nothing that is older than the newest event by the lag can still turn up; later pulls begin there."""
        newest = max(
            (int(row["created"]) for row in self._api.get("email-events", query=[("limit", "1")])["events"]), default=0
        )
        return Cursor(phase="", at=newest, newest=newest, seen=self._now(), mark=max(newest - self._lag, 0))

    def _last_event(self, cursor: Cursor) -> Cursor:
        proven = cursor.proven(cursor.at or 0, self._now(), self._lag)
        return Cursor(phase="", since=max(proven.since, cursor.mark), newest=proven.newest, seen=proven.seen)

    def _events(self, kind: str, since: int, offset: str | None) -> tuple[list[Row], str | None]:
        query = [
            ("eventType", kind),
            ("startTimestamp", str(since)),
            ("limit", str(EVENTS)),
            *([("offset", offset)] if offset else []),
        ]
        answer = self._api.get("email-events", query=query)
        return answer["events"], str(answer["offset"]) if answer.get("hasMore") else None

    def _now(self) -> int:
        return round(self._lent.now().timestamp() * 1000)


def _onwards(cursor: Cursor, seen: Sequence[tuple[str, int]]) -> Cursor:
    """Where the page after this one begins; phase `archived` when there is none."""
    if len(seen) < SEARCH:
        if cursor.tie is None:
            return replace(cursor, phase="archived", after=None)
        return replace(cursor, at=(cursor.at or 0) + 1, tie=None)
    last_id, last = seen[-1]
    if cursor.tie is not None:
        return replace(cursor, tie=int(last_id))
    return replace(cursor, tie=0) if last == cursor.at else replace(cursor, at=last)


def _changed(kind: Kind, row: Row) -> int:
    """When the record was last changed, as the index knows it."""
    return millis((row.get("properties") or {}).get(kind.modified)) or millis(row.get("updatedAt")) or 0


def _filter(name: str, operator: str, value: int | None) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": str(value or 0)}


def _sort(name: str, direction: str = "ASCENDING") -> dict[str, str]:
    return {"propertyName": name, "direction": direction}


def _split(rows: Sequence[Any]) -> Split:
    """Records, and rows that are none."""
    good = [row for row in rows if isinstance(row, dict) and str(row.get("id") or "")]
    return good, [("no_id", dumped(row)) for row in rows if not (isinstance(row, dict) and str(row.get("id") or ""))]
