"""Lists in pages: by cursor (page[size] up to 100, has_more, links), or by number, which ends at page 100.

https://developer.zendesk.com/api-reference/introduction/pagination/
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

import httpx

from connectors.kit.faults import Fault
from connectors.zendesk.twin.answers import Answer, Row, ok, problem

if TYPE_CHECKING:
    from connectors.zendesk.twin import ZendeskTwin

SIZE = 100
DEEPEST = 100  # pages by number


def listed(
    twin: ZendeskTwin, request: httpx.Request, name: str, rows: Sequence[Row], show: Callable[[Row], Row] | None = None
) -> httpx.Response:
    """`rows` in the order of the list; `show`: how one is served."""
    query = request.url.params
    if twin.hit(Fault.EMPTY_LIST):
        rows = []
    if twin.hit(Fault.EXPIRED_PAGE):
        raise bad_cursor()
    by_cursor = any(key.startswith("page[") for key in query)
    body, page = _by_cursor(twin, request, rows) if by_cursor else _by_number(twin, request, rows)
    return ok({name: [show(row) if show else row for row in page], **body})


def _by_cursor(twin: ZendeskTwin, request: httpx.Request, rows: Sequence[Row]) -> tuple[Row, Sequence[Row]]:
    query = request.url.params
    size = number(query, "page[size]", SIZE)
    if not 1 <= size <= SIZE:
        raise problem(400, "InvalidPaginationParameter", f"page[size] must be between 1 and {SIZE}")
    ids = [str(row["id"]) for row in rows]
    if "page[before]" in query:
        end = _place(ids, query["page[before]"])
        start = max(0, end - size)
    else:
        start = _place(ids, query["page[after]"]) + 1 if query.get("page[after]") else 0
        end = min(start + size, len(rows))
    more = end < len(rows)
    page = rows[start:end]
    after, before = (_cursor(page[-1]), _cursor(page[0])) if page else (None, None)
    following = query.get("page[after]") if twin.hit(Fault.REPEAT_PAGE) else after
    links = {
        "first": address(twin, request, {"page[size]": size}),
        "prev": address(twin, request, {"page[size]": size, "page[before]": before}) if start else None,
        "next": address(twin, request, {"page[size]": size, "page[after]": following}) if more else None,
    }
    return {"meta": {"has_more": more, "after_cursor": after, "before_cursor": before}, "links": links}, page


def _by_number(twin: ZendeskTwin, request: httpx.Request, rows: Sequence[Row]) -> tuple[Row, Sequence[Row]]:
    query = request.url.params
    size = min(max(1, number(query, "per_page", SIZE)), SIZE)
    page = max(1, number(query, "page", 1))
    if page > DEEPEST:
        raise problem(400, "InvalidPaginationDepth", f"Pagination by number ends at page {DEEPEST}; use cursor pagination")
    start = (page - 1) * size
    following = page if twin.hit(Fault.REPEAT_PAGE) else page + 1
    body: Row = {
        "count": len(rows),
        "next_page": address(twin, request, {"page": following, "per_page": size}) if start + size < len(rows) else None,
        "previous_page": address(twin, request, {"page": page - 1, "per_page": size}) if page > 1 else None,
    }
    return body, rows[start : start + size]


def address(twin: ZendeskTwin, request: httpx.Request, params: dict[str, Any], but: Collection[str] = ()) -> str:
    """The same list elsewhere, without the parameters `but`: an absolute address of this server, as Zendesk gives one of its own."""
    gone = {*params, *but}
    kept = [(key, value) for key, value in request.url.params.multi_items() if not key.startswith("page") and key not in gone]
    return f"{twin.url}{request.url.path}?{httpx.QueryParams([*kept, *((key, value or '') for key, value in params.items())])}"


def number(query: httpx.QueryParams, key: str, default: int) -> int:
    text = query.get(key)
    if text is None or text == "":
        return default
    try:
        return int(text)
    except ValueError:
        raise problem(400, "InvalidPaginationParameter", f"{key} must be a number") from None


def bad_cursor() -> Answer:
    return problem(400, "InvalidPaginationParameter", "The cursor is not valid, or not any more")


def _cursor(row: Row) -> str:
    return base64.urlsafe_b64encode(f"o|{row['id']}".encode()).decode()


def _place(ids: Sequence[str], cursor: str) -> int:
    """Where the cursor's row is, or stood before it was deleted."""
    try:
        id = base64.urlsafe_b64decode(cursor.encode()).decode().removeprefix("o|")
    except ValueError:
        raise bad_cursor() from None
    if id in ids:
        return ids.index(id)
    if not id.isdigit():
        raise bad_cursor()
    rising = len(ids) < 2 or int(ids[0]) < int(ids[-1])
    return sum(1 for each in ids if (int(each) < int(id)) is rising) - 1
