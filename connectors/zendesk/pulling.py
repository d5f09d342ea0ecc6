"""Reads everything once, then what changed: by the exports where there are some, by lists where there are none.

https://developer.zendesk.com/documentation/ticketing/managing-tickets/using-the-incremental-export-api
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from connectors.kit.contract import Lent, Page, Record
from connectors.kit.errors import AuthFailed
from connectors.zendesk.api import Api, Query
from connectors.zendesk.bodies import Row, dumped, first_answer, gone, record, seconds
from connectors.zendesk.config import ZendeskConfig
from connectors.zendesk.cursor import Cursor, read
from connectors.zendesk.kinds import AGENTS, ORGANIZATIONS, RATINGS, STAFF, TICKETS, USERS, Kind
from connectors.zendesk.reading import Reader

EXPORT = 1000
LIST = 100
HOUR, MONTH = 3600, 30 * 86_400
ROLES = [("role[]", "agent"), ("role[]", "admin")]


class Puller:
    def __init__(self, api: Api, reader: Reader, config: ZendeskConfig, lent: Lent) -> None:
        self._api = api
        self._reader = reader
        self._lent = lent
        self._withheld = round(config.withheld_seconds)

    def pull(self, kind: Kind, text: str | None) -> Iterator[Page]:
        cursor = read(text)
        match kind.object:
            case "agents":
                return self._agents(cursor)
            case "organizations":
                return self._organizations(cursor, full=text is None)
            case "ratings" | "survey_responses":
                return self._answers(kind, cursor, full=text is None)
            case _:
                return self._export(kind, cursor, full=text is None)

    # Tickets and users.

    def _export(self, kind: Kind, cursor: Cursor, *, full: bool) -> Iterator[Page]:
        """The cursor is Zendesk's own: what it kept back for a minute comes after it, so nothing is read twice."""
        more = [("include", "metric_sets")] if kind is TICKETS else []
        while True:
            where = [("cursor", cursor.after)] if cursor.after else [("start_time", 0)]
            answer = self._api.get(kind.export, [*where, ("per_page", EXPORT), *more])
            good, bad = split(answer.get(kind.many))
            if kind is TICKETS:
                good = self._reader.with_metrics(good, answer)
            after = answer.get("after_cursor") or cursor.after
            done = ended(answer, cursor.after, after)
            cursor = Cursor(after=after)
            records = [record(kind, row) for row in good if not _agent(kind, row)] if full else self._followed(kind, good)
            yield Page(records, cursor.text(), complete=done, full=full, unreadable=bad)
            if done:
                return

    def _followed(self, kind: Kind, rows: Sequence[Row]) -> list[Record]:
        """What was merged into another record is told by that one, in its place."""
        swallowed: dict[str, tuple[str, ...]] = {}
        for row in rows:
            heir = self._reader.heir(kind, str(row["id"]), row) if gone(kind, row) else None
            if heir is not None:
                swallowed[heir] = (*swallowed.get(heir, ()), str(row["id"]))
        here = {str(row["id"]) for row in rows}
        told = [*rows, *self._reader.rows(kind, [id for id in swallowed if id not in here]).values()]
        lost = {id for row in told for id in swallowed.get(str(row["id"]), ())}
        return [record(kind, row, merged=swallowed.get(str(row["id"]), ())) for row in told if str(row["id"]) not in lost]

    # Organizations.

    def _organizations(self, cursor: Cursor, *, full: bool) -> Iterator[Page]:
        """By time, each page from the last instant of the one before; the last minute before the end is read again each time."""
        before: dict[Any, Row] = {}
        while cursor.phase != "list":
            answer = self._api.get(ORGANIZATIONS.export, [("start_time", cursor.since), ("per_page", EXPORT)])
            good, bad = split(answer.get("organizations"))
            fresh = [row for row in good if before.get(row["id"]) != row]
            before = {row["id"]: row for row in good}
            end = answer.get("end_time")
            end = end if isinstance(end, int) and end > cursor.since else cursor.since
            stuck = end == cursor.since and len(good) >= EXPORT
            done = not stuck and ended(answer, cursor.since, end)
            cursor = replace(cursor, since=end, phase="list" if stuck else "")
            resume = replace(cursor, since=max(cursor.floor, end - self._withheld)) if done else cursor
            records = [record(ORGANIZATIONS, row) for row in fresh] if full else self._followed(ORGANIZATIONS, fresh)
            yield Page(records, resume.text(), complete=done, full=full, unreadable=bad)
            if done:
                return
        yield from self._listed_organizations(cursor, full=full)

    def _listed_organizations(self, cursor: Cursor, *, full: bool) -> Iterator[Page]:
        """More organizations changed in one second than an export's page holds: it would show the same page for ever.

        The list shows all of them; then the export goes on behind that second.
        """
        while True:
            rows, bad, after = self._list(ORGANIZATIONS, cursor.after, [])
            cursor = replace(cursor, after=after) if after else Cursor(since=cursor.since + 1, floor=cursor.since + 1)
            yield Page([record(ORGANIZATIONS, row) for row in rows], cursor.text(), full=full, unreadable=bad)
            if after is None:
                yield from self._organizations(cursor, full=full)
                return

    # Lists.

    def _agents(self, cursor: Cursor) -> Iterator[Page]:
        """Few, and without a changed-since filter: all of them each time."""
        full = cursor == Cursor()
        while True:
            rows, bad, after = self._list(AGENTS, cursor.after, ROLES)
            cursor = Cursor(after=after)
            yield Page([record(AGENTS, row) for row in rows], cursor.text(), complete=after is None, full=full, unreadable=bad)
            if after is None:
                return

    def _answers(self, kind: Kind, cursor: Cursor, *, full: bool) -> Iterator[Page]:
        """Both lists are filtered by the first day of an answer, and an answer may be changed for weeks: the last hour is read
        again each time, and once an hour the last month.

        Legacy ratings or survey responses: an account has one of the two, and for the other a 403, which is no reason to stop.
        """
        cursor = self._from(cursor)
        while True:
            when = ("start_time", cursor.at) if kind is RATINGS else ("filter[created_at_start]", cursor.at * 1000)
            try:
                rows, bad, after = self._list(kind, cursor.after, [when] if cursor.at else [])
            except AuthFailed as error:
                if error.code != "scope_missing":
                    raise
                yield Page((), Cursor(since=cursor.since).text(), complete=True)
                return
            rows = self._reader.with_accounts(kind, rows)
            newest = max([cursor.newest, *(seconds(first_answer(row) or row.get("created_at")) for row in rows)])
            cursor = replace(cursor, after=after, newest=newest)
            if after is None:
                cursor = Cursor(since=max(cursor.since, newest), swept=cursor.swept)
            records = [record(kind, row) for row in rows]
            yield Page(records, cursor.text(), complete=after is None, full=full, unreadable=bad)
            if after is None:
                return

    def _from(self, cursor: Cursor) -> Cursor:
        """Where a pull of answers begins; a pull that is being resumed goes on as it began."""
        if cursor.after:
            return cursor
        now = round(self._lent.now().timestamp())
        wide = now - cursor.swept >= HOUR
        at = max(0, cursor.since - (MONTH if wide else HOUR))
        return replace(cursor, at=at, newest=0, swept=now if wide else cursor.swept)

    def _list(self, kind: Kind, after: str | None, more: Query) -> tuple[list[Row], list[tuple[str, bytes]], str | None]:
        page = [("page[after]", after)] if after else []
        answer = self._api.get(kind.path, [("page[size]", LIST), *page, *more])
        good, bad = split(answer.get(kind.many))
        meta = answer.get("meta") or {}
        following = meta.get("after_cursor") if meta.get("has_more") else None
        return good, bad, following if following != after else None


def ended(answer: Row, before: object, after: object) -> bool:
    """At the end of the stream, and also where the answer leads back to itself: without that, clients run in circles for ever.

    https://github.com/facetoe/zenpy/issues/451, https://github.com/zendesk/zendesk_api_client_rb/issues/168
    """
    return answer.get("end_of_stream") is True or before == after


def split(rows: Any) -> tuple[list[Row], list[tuple[str, bytes]]]:
    """Records, and rows that are none."""
    found = rows if isinstance(rows, list) else []
    good = [row for row in found if _is_record(row)]
    return good, [("no_id", dumped(row)) for row in found if not _is_record(row)]


def _is_record(row: Any) -> bool:
    return isinstance(row, dict) and str(row.get("id") or "") != ""


def _agent(kind: Kind, row: Row) -> bool:
    """The export of users holds the agents as well."""
    return kind is USERS and row.get("role") in STAFF
