"""How satisfied people were: legacy ratings or survey responses, whichever the account has turned on; the other is forbidden.

https://developer.zendesk.com/api-reference/ticketing/ticket-management/csat_survey_responses/
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import httpx

from connectors.kit.faults import Fault
from connectors.zendesk.twin import pages
from connectors.zendesk.twin.answers import Answer, Row, not_found, ok, seconds, titled
from connectors.zendesk.twin.records import counted
from connectors.zendesk.twin.shapes import SINGULAR

if TYPE_CHECKING:
    from connectors.zendesk.twin import ZendeskTwin

LEGACY, SURVEY = "satisfaction_ratings", "survey_responses"
END = 1 << 40  # later than any answer, in seconds
SCORES = {"received": ("good", "bad"), "good": ("good",), "bad": ("bad",), "offered": ("offered",), "unoffered": ("unoffered",)}


def ratings(twin: ZendeskTwin, request: httpx.Request, parts: list[str]) -> httpx.Response:
    _open(twin, LEGACY)
    query = request.url.params
    rows = twin.store.rows(LEGACY)
    word, _, comment = query.get("score", "").partition("_with")
    if word:
        rows = [row for row in rows if row.get("score") in SCORES.get(word, ())]
    if comment:
        rows = [row for row in rows if bool(row.get("comment")) is (comment == "_comment")]
    start, end = pages.number(query, "start_time", 0), pages.number(query, "end_time", END)
    rows = [row for row in rows if start <= seconds(row["created_at"]) <= end]
    return _answered(twin, request, LEGACY, parts, rows)


def surveys(twin: ZendeskTwin, request: httpx.Request, parts: list[str]) -> httpx.Response:
    """Filters take milliseconds."""
    _open(twin, SURVEY)
    query = request.url.params
    rows = sorted(twin.table(SURVEY).values(), key=lambda row: (_answered_at(row), row["id"]))
    start, end = pages.number(query, "filter[created_at_start]", 0), pages.number(query, "filter[created_at_end]", END * 1000)
    rows = [row for row in rows if start <= _answered_at(row) * 1000 <= end]
    people, about = query.get("filter[responder_ids]"), query.get("filter[subject_zrns]")
    rows = [row for row in rows if people is None or str(row.get("responder_id")) in people.split(",")]
    rows = [row for row in rows if about is None or set(row.get("subject_zrns", ())) & set(about.split(","))]
    return _answered(twin, request, SURVEY, parts, rows)


def _answered(twin: ZendeskTwin, request: httpx.Request, object: str, parts: list[str], rows: list[Row]) -> httpx.Response:
    show = partial(twin.store.shown, object) if object == LEGACY else None
    match parts:
        case []:
            return pages.listed(twin, request, object, rows, show)
        case ["count"]:
            return counted(twin, len(rows))
        case [id] if (row := twin.table(object).get(id)) is not None:
            return ok({SINGULAR[object]: show(row) if show else row})
    raise not_found()


def _open(twin: ZendeskTwin, object: str) -> None:
    if twin.gated or twin.csat != object or twin.hit(Fault.PLAN_GATED):
        raise _forbidden()


def _forbidden() -> Answer:
    said = "You do not have access to this page. Please contact the account owner of this help desk for further help."
    return titled(403, "Forbidden", said)


def _answered_at(row: Row) -> int:
    first: Row = next(iter(row.get("answers") or ()), {})
    return seconds(first["created_at"]) if "created_at" in first else 0
