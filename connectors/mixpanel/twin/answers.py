"""Mixpanel's answers as JSON, and the error that ends a request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx

Row = dict[str, Any]
DAY = timedelta(days=1)


class Answer(Exception):
    """Ends the request with what Mixpanel would send."""

    def __init__(self, status: int, body: Row) -> None:
        super().__init__(body)
        self.response = ok(body, status)


def ok(body: Any, status: int = 200) -> httpx.Response:
    """Escaped, so that half a character, which JSON can say and UTF-8 cannot, goes out as it stands."""
    content = json.dumps(body, separators=(",", ":")).encode()
    return httpx.Response(status, content=content, headers={"content-type": "application/json"})


def refused(request: httpx.Request, message: str, status: int = 400) -> Answer:
    return Answer(status, {"request": request.url.raw_path.decode(), "error": message})


def form(request: httpx.Request) -> dict[str, str]:
    return dict(parse_qsl(request.content.decode(errors="replace"), keep_blank_values=True))


def taken(request: httpx.Request, error: str | None = None) -> httpx.Response:
    """HTTP says 200 whatever became of what was sent; only `verbose` says more than 0 or 1."""
    if {**request.url.params, **form(request)}.get("verbose") == "1":
        return ok({"status": 0 if error else 1, "error": error})
    return httpx.Response(200, text="0" if error else "1")


def number(request: httpx.Request, said: Mapping[str, str], name: str, default: int) -> int:
    if not said.get(name, str(default)).isdecimal():
        raise refused(request, f"{name} must be a number")
    return int(said.get(name, default))


def texts(request: httpx.Request, said: Mapping[str, str], name: str) -> list[str] | None:
    """A JSON list; None where it is not asked for."""
    if name not in said:
        return None
    try:
        found = json.loads(said[name])
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise refused(request, f"{name} must be a JSON list")
    return [str(each) for each in found]


def not_played(request: httpx.Request, said: Mapping[str, str], *names: str) -> None:
    """What Mixpanel would obey is not passed over in silence."""
    if asked := [name for name in names if name in said]:
        raise refused(request, f"the practice project cannot {', '.join(asked)}")


def span(request: httpx.Request, now: datetime) -> list[date]:
    """Every day from `from_date` to `to_date`, both included. A day that has not begun is an error."""
    try:
        first, last = (date.fromisoformat(request.url.params[name]) for name in ("from_date", "to_date"))
    except (KeyError, ValueError):
        raise refused(request, "from_date and to_date are required, as yyyy-mm-dd") from None
    if first > last:
        raise refused(request, "from_date must be before to_date")
    if last > now.date():
        raise refused(request, "to_date cannot be later than today")
    return [first + n * DAY for n in range((last - first).days + 1)]
