"""Incremental exports: by cursor for tickets and users, by time for all three, a minute behind.

https://developer.zendesk.com/documentation/ticketing/managing-tickets/using-the-incremental-export-api/
"""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING

import httpx

from connectors.kit.faults import Fault
from connectors.zendesk.twin import pages
from connectors.zendesk.twin.answers import Row, ok, problem
from connectors.zendesk.twin.feed import Position
from connectors.zendesk.twin.store import EXPORTED

if TYPE_CHECKING:
    from connectors.zendesk.twin import ZendeskTwin

MOST = 1000
LATE = 300.0  # seconds, of a replica that lags


class Exports:
    def __init__(self, twin: ZendeskTwin) -> None:
        self._twin = twin

    def answer(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        match parts:
            case [("tickets" | "users") as object, "cursor"]:
                return self.by_cursor(request, object)
            case [object] if object in EXPORTED:
                return self.by_time(request, object)
        raise problem(404, "InvalidEndpoint", "Not found")

    def by_cursor(self, request: httpx.Request, object: str) -> httpx.Response:
        query = request.url.params
        cursor = query.get("cursor")
        start = _decoded(cursor) if cursor else (self._start(query), -1)
        page, end = self._page(request, object, start)
        following = _encoded(page[-1]) if page else cursor
        if page and self._twin.hit(Fault.REPEAT_PAGE):
            following = _encoded(start)
        after = None if following is None else pages.address(self._twin, request, {"cursor": following}, but={"start_time"})
        body: Row = {object: [self._row(query, object, id) for _, id in page]}
        body |= {"after_url": after, "after_cursor": following, "before_url": None, "before_cursor": None}
        return ok(body | {"end_of_stream": end})

    def by_time(self, request: httpx.Request, object: str) -> httpx.Response:
        """`start_time` includes its second, so the last rows come again; a page of one second points at itself for ever."""
        start = self._start(request.url.params)
        page, end = self._page(request, object, (start, -1))
        last = page[-1][0] if page else start
        if page and self._twin.hit(Fault.REPEAT_PAGE):
            last = start
        body: Row = {object: [self._row(request.url.params, object, id) for _, id in page]}
        body["next_page"] = pages.address(self._twin, request, {"start_time": last}) if page else None
        return ok(body | {"count": len(page), "end_of_stream": end, "end_time": last})

    def _page(self, request: httpx.Request, object: str, after: Position) -> tuple[list[Position], bool]:
        """The rows, and whether there are no more for now."""
        size = min(max(1, pages.number(request.url.params, "per_page", MOST)), MOST)
        if self._twin.hit(Fault.EXPIRED_PAGE):
            raise pages.bad_cursor()
        if self._twin.hit(Fault.EMPTY_LIST):
            return [], True
        late = self._twin.hit(Fault.LAG)
        until = math.floor(
            self._twin.clock.now().timestamp() - self._twin.withheld - (0 if late is None else float(late.value or LATE))
        )
        found: list[Position] = []
        for position in self._twin.store.feeds[object].between(after, until):
            if not self._shows(request.url.params, object, position[1]):
                continue
            if len(found) == size:
                return found, False
            found.append(position)
        return found, True

    def _shows(self, query: httpx.QueryParams, object: str, id: int) -> bool:
        row = self._twin.store.get(object, id)
        if object == "organizations":
            return row is not None or self._twin.tombstones
        return not (query.get("exclude_deleted") == "true" and row is not None and row["status"] == "deleted")

    def _row(self, query: httpx.QueryParams, object: str, id: int) -> Row:
        store = self._twin.store
        out = store.shown(object, store.get(object, id) or store.gone[id])
        if object == "tickets" and "metric_sets" in query.get("include", ""):
            out["metric_set"] = self._twin.tickets.metric(id)
        return out

    def _start(self, query: httpx.QueryParams) -> int:
        text = query.get("start_time")
        if text is None or not text.isdigit():
            raise problem(400, "InvalidValue", "start_time: a Unix time in seconds is required")
        if int(text) > self._twin.clock.now().timestamp() - self._twin.withheld:
            raise problem(422, "StartTimeTooRecent", "Too recent start_time. Use a start_time older than 1 minute")
        return int(text)


def _encoded(position: Position) -> str:
    return base64.b64encode(f"{position[0]}.0||{position[1]}|".encode()).decode()


def _decoded(cursor: str) -> Position:
    try:
        stamp, _, id = base64.b64decode(cursor.encode(), validate=True).decode().partition("||")
        return int(float(stamp)), int(id.rstrip("|"))
    except ValueError:
        raise pages.bad_cursor() from None
