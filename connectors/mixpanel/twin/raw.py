"""Raw events: /export shows them as they came, duplicates and all; /import takes the good ones of a batch, and with strict=1 says which were not."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from connectors.kit.faults import Armed
from connectors.mixpanel.twin.answers import Answer, Row, form, number, ok, refused, span, taken, texts
from connectors.mixpanel.twin.facts import Facts

WHERE = re.compile(r'properties\["company_id"\] == (".*")')
MOST = 2_000


class Raw:
    def __init__(self, facts: Facts, imported: dict[str, Row], now: Callable[[], datetime]) -> None:
        self._facts, self._imported, self._now = facts, imported, now

    def export(self, request: httpx.Request, doubled: Armed | None) -> httpx.Response:
        """JSON lines; no order is promised, and none is kept."""
        days = span(request, self._now())
        query = request.url.params
        names = texts(request, query, "event")
        found = WHERE.fullmatch(query["where"]) if "where" in query else None
        if "where" in query and found is None:
            raise refused(request, f"unable to parse expression: {query['where']}")
        company = json.loads(found[1]) if found else None
        events = [event for day in days for event in self._facts.raw(day, company)]
        events += [row["sent"] for row in self._imported.values() if row["day"] in {str(day) for day in days}]
        lines = [json.dumps(event, separators=(",", ":")) for event in events if names is None or event["event"] in names]
        lines = lines[: number(request, query, "limit", len(lines))]
        if doubled is not None:
            lines += lines
        return httpx.Response(200, text="".join(f"{line}\n" for line in lines), headers={"content-type": "text/plain"})

    def take(self, request: httpx.Request, partial: Armed | None) -> httpx.Response:
        """Of one event sent twice the later counts: the same event, time, person and $insert_id."""
        events = _sent(request)
        if len(events) > MOST:
            raise Answer(413, {"code": 413, "error": "more than 2000 events", "status": "Request Entity Too Large"})
        failed = [_failure(n, event, field) for n, event in enumerate(events) if (field := _wrong(event)) is not None]
        if partial is not None and not failed and events:
            failed = [_failure(len(events) - 1, events[-1], "properties.time")]
        bad = {each["index"] for each in failed}
        for event in (event for n, event in enumerate(events) if n not in bad):
            said = event["properties"]
            id = "/".join(str(part) for part in (event["event"], said["time"], said["distinct_id"], said["$insert_id"]))
            self._imported[id] = {"id": id, "day": _day(said["time"]), "sent": event}
        kept = len(events) - len(bad)
        if request.url.params.get("strict") != "1":
            return taken(request, None if kept else "no valid event in it")
        if not failed:
            return ok({"code": 200, "num_records_imported": kept, "status": "OK"})
        body = {"code": 400, "error": "some data points in the request failed validation", "status": "Bad Request"}
        return ok({**body, "num_records_imported": kept, "failed_records": failed}, 400)


def _sent(request: httpx.Request) -> list[Any]:
    """A JSON list, JSON lines, or as the SDK does it one event in a form; perhaps packed."""
    kind = request.headers.get("content-type", "")
    try:
        content = gzip.decompress(request.content) if request.headers.get("content-encoding") == "gzip" else request.content
        if "ndjson" in kind:
            return [json.loads(line) for line in content.splitlines() if line.strip()]
        found = json.loads(form(request).get("data", "") if "form" in kind else content)
    except (ValueError, OSError, EOFError, zlib.error):
        raise Answer(400, {"code": 400, "error": "invalid JSON", "status": "Bad Request"}) from None
    return found if isinstance(found, list) else [found]


def _wrong(event: Any) -> str | None:
    """The field that does not hold what it should."""
    said = event.get("properties") if isinstance(event, dict) else None
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        return "event"
    if not isinstance(said, dict) or not isinstance(said.get("time"), int | float):
        return "properties.time"
    return next((f"properties.{name}" for name in ("distinct_id", "$insert_id") if not said.get(name)), None)


def _failure(index: int, event: Any, field: str) -> Row:
    said = event.get("properties") if isinstance(event, dict) else None
    insert = said.get("$insert_id", "") if isinstance(said, dict) else ""
    return {"index": index, "insert_id": str(insert), "field": field, "message": f"'{field}' is invalid"}


def _day(time: float) -> str:
    return datetime.fromtimestamp(time if time < 1e11 else time / 1000, UTC).date().isoformat()
