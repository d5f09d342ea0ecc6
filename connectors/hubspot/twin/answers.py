"""HubSpot's answers as JSON: errors with a category, times with milliseconds, pages with `after`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import httpx

Row = dict[str, Any]


class Answer(Exception):
    """Ends the request with an error that HubSpot would send."""

    def __init__(self, status: int, category: str, message: str, *, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(message)
        self.response = httpx.Response(status, json=problem(category, message, **more), headers=headers)


def problem(category: str, message: str, **more: Any) -> Row:
    """The body of an error. `correlationId` is made of the message, so that the same story has the same ids."""
    correlation = hashlib.sha256(f"{category} {message}".encode()).hexdigest()
    return {"status": "error", "message": message, "correlationId": correlation[:32], "category": category, **more}


def row_problem(category: str, message: str, context: dict[str, list[str]], errors: Sequence[Row] = ()) -> Row:
    """One error inside a 207."""
    return {
        "status": "error",
        "category": category,
        "message": message,
        "context": context,
        "errors": list(errors),
        "links": {},
    }


def ok(body: Any, status: int = 200) -> httpx.Response:
    """Escaped, so that half a character, which JSON can say and UTF-8 cannot, goes out as it stands."""
    content = json.dumps(body, separators=(",", ":")).encode()
    return httpx.Response(status, content=content, headers={"content-type": "application/json"})


def batch(results: Sequence[Row], errors: Sequence[Row], now: datetime, *, created: bool = False) -> httpx.Response:
    """A batch's answer: 200 or 201 where all rows are well, 207 where some are not."""
    times = {"startedAt": iso(now), "completedAt": iso(now)}
    if not errors:
        return ok({"status": "COMPLETE", "results": list(results), **times}, 201 if created else 200)
    return ok({"status": "COMPLETE", "results": list(results), "numErrors": len(errors), "errors": list(errors), **times}, 207)


def page(rows: Sequence[Row], after: str | None) -> Row:
    """A list's answer; `paging` is absent on the last page."""
    body: Row = {"results": list(rows)}
    if after is not None:
        body["paging"] = {"next": {"after": after, "link": f"?after={after}"}}
    return body


def body_of(request: httpx.Request) -> Row:
    try:
        body = json.loads(request.content or b"{}")
    except ValueError:
        raise Answer(400, "VALIDATION_ERROR", "Invalid input JSON") from None
    if not isinstance(body, dict):
        raise Answer(400, "VALIDATION_ERROR", "Invalid input JSON: an object is expected")
    return body


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@lru_cache(maxsize=200_000)
def millis(text: str) -> int | None:
    """Epoch milliseconds of an ISO time, a date or a number; None for anything else."""
    if text.lstrip("-").isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def flag(query: httpx.QueryParams, name: str) -> bool:
    """HubSpot takes `true` and, from its own SDK, `True`."""
    return str(query.get(name)).lower() == "true"
