"""Zendesk's answers as JSON: errors of three shapes, times in whole seconds, and the body a write must have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

Row = dict[str, Any]
Details = dict[str, list[dict[str, str]]]


class Answer(Exception):
    """Ends the request with an error that Zendesk would send."""

    def __init__(self, status: int, body: Row | str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(body))
        said: dict[str, Any] = {"text": body} if isinstance(body, str) else {"json": body}
        self.response = httpx.Response(status, headers=headers, **said)


class Invalid(Answer):
    """422 with the reasons by field: `details` {field: [{description, error}]}."""

    def __init__(self, details: Details) -> None:
        body = {"error": "RecordInvalid", "description": "Record validation errors", "details": details}
        super().__init__(422, body)
        self.details = details

    @property
    def said(self) -> str:
        """One line, as a bulk job reports it."""
        return "; ".join(each["description"] for reasons in self.details.values() for each in reasons)


def problem(status: int, error: str, description: str, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, {"error": error, "description": description}, headers)


def not_found() -> Answer:
    return problem(404, "RecordNotFound", "Not found")


def titled(status: int, title: str, message: str) -> Answer:
    """The older shape, in which `error` is an object."""
    return Answer(status, {"error": {"title": title, "message": message}})


def ok(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """Escaped, so that half a character, which JSON can say and UTF-8 cannot, goes out as it stands."""
    content = json.dumps(body, separators=(",", ":")).encode()
    return httpx.Response(
        status, content=content, headers={"content-type": "application/json; charset=utf-8", **(headers or {})}
    )


def body_of(request: httpx.Request) -> Row:
    try:
        body = json.loads(request.content or b"{}")
    except ValueError:
        raise problem(400, "UnprocessableEntity", "Server could not parse JSON") from None
    if not isinstance(body, dict):
        raise problem(400, "UnprocessableEntity", "Server could not parse JSON")
    return body


def wrapped(body: Row, name: str) -> Row:
    """What stands under the object's own name; a write without it is refused."""
    inner = body.get(name)
    if not isinstance(inner, dict):
        raise titled(
            400, "Invalid attribute", f"You passed an invalid value for the {name} attribute. Invalid parameter: {name}"
        )
    return inner


def wrapped_many(body: Row, name: str) -> list[Row]:
    rows = body.get(name)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise titled(
            400, "Invalid attribute", f"You passed an invalid value for the {name} attribute. Invalid parameter: {name}"
        )
    return rows


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def seconds(text: str) -> int:
    """Unix seconds of a time as `iso` writes it."""
    return int(datetime.fromisoformat(text).timestamp())
