"""Search over organizations, users and tickets: a query language, an index that lags, and nothing behind the 1,000th result.

https://developer.zendesk.com/api-reference/ticketing/ticket-management/search/
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

import httpx

from connectors.kit.faults import Fault
from connectors.zendesk.twin import pages
from connectors.zendesk.twin.answers import Row, ok, problem, seconds
from connectors.zendesk.twin.shapes import SINGULAR

if TYPE_CHECKING:
    from connectors.zendesk.twin import ZendeskTwin

MOST = 1000
LATE = 300.0
TYPES = {SINGULAR[object]: object for object in ("organizations", "users", "tickets")}
TIMES = {"created": "created_at", "updated": "updated_at"}


def answer(twin: ZendeskTwin, request: httpx.Request, parts: list[str]) -> httpx.Response:
    query = request.url.params
    found = _found(twin, query)
    match parts:
        case ["count"]:
            return ok({"count": len(found)})
        case ["export"]:
            return pages.listed(twin, request, "results", found)
        case []:
            size, page = min(pages.number(query, "per_page", 100), 100), pages.number(query, "page", 1)
            if size * page > MOST and (page - 1) * size >= MOST:
                raise problem(422, "invalid", "Invalid search: Requested response size was greater than Search Response Limits")
            following = page * size < len(found)
            body: Row = {"results": found[(page - 1) * size : page * size], "count": len(found), "facets": None}
            body["next_page"] = pages.address(twin, request, {"page": page + 1}) if following else None
            body["previous_page"] = pages.address(twin, request, {"page": page - 1}) if page > 1 else None
            return ok(body)
    raise problem(404, "InvalidEndpoint", "Not found")


def _found(twin: ZendeskTwin, query: httpx.QueryParams) -> list[Row]:
    if "query" not in query:
        raise problem(400, "InvalidValue", "query is required")
    try:
        words = shlex.split(unquote(query["query"]))
    except ValueError:
        raise problem(422, "invalid", "Invalid search: query could not be read") from None
    asked = query.get("filter[type]") or next((word[5:] for word in words if word.startswith("type:")), "")
    tests = [_test(word) for word in words if not word.startswith("type:")]
    late = twin.hit(Fault.LAG)
    known = twin.clock.now().timestamp() - (twin.index_lag if late is None else float(late.value or LATE))
    return [
        twin.store.shown(object, row) | {"result_type": SINGULAR[object]}
        for object in ([TYPES[asked]] if asked in TYPES else TYPES.values())
        for row in twin.living(object)
        if seconds(row["updated_at"]) <= known and all(test(row) for test in tests)
    ]


def _test(word: str) -> Callable[[Row], bool]:
    for sign in (">=", "<=", ">", "<", ":"):
        key, found, value = word.partition(sign)
        if found and key:
            return _compared(key, sign, value.lower())
    text = word.lower()
    return lambda row: text in f"{row.get('name') or ''} {row.get('subject') or ''} {row.get('email') or ''}".lower()


def _compared(key: str, sign: str, value: str) -> Callable[[Row], bool]:
    if sign != ":":
        name = TIMES.get(key, key)
        order: dict[str, Callable[[str], bool]] = {
            ">": lambda held: held > value,
            "<": lambda held: held < value,
            ">=": lambda held: held >= value,
            "<=": lambda held: held <= value,
        }
        return lambda row: row.get(name) is not None and order[sign](str(row[name]).lower())
    if key == "tags":
        return lambda row: value in row.get("tags", [])
    if key in {"organization", "requester", "assignee"}:
        return lambda row: str(row.get(f"{key}_id")) == value

    def same(row: Row) -> bool:
        custom = (row.get("organization_fields") or {}) | (row.get("user_fields") or {})
        held = row.get(key, custom.get(key))
        return held is None if value == "none" else held is not None and str(held).lower() == value

    return same
