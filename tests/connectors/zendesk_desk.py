"""A practice account of 130 customers, served, and the ways to ask it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx

from connectors.kit.serving import serve, stop
from connectors.kit.twin_clock import TwinClock
from connectors.zendesk.seed import populate
from connectors.zendesk.twin import ZendeskTwin
from hub.practice.customers import invented

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WORLD = invented(130, 7, date(2026, 3, 2))
ROWS = populate(WORLD)
ACME, OTHER = (row["id"] for row in ROWS["organizations"][:2])
CUSTOMERS = [row for row in ROWS["users"] if row["role"] == "end-user"]


def served() -> Iterator[ZendeskTwin]:
    twin = ZendeskTwin(clock=TwinClock(START, speed=0), data=ROWS)
    running = serve(twin)
    yield twin
    stop(running)


def calling(twin: ZendeskTwin) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{twin.url}/api/v2/", auth=(f"{twin.email}/token", twin.token)) as http:
        yield http


def seconds(twin: ZendeskTwin) -> int:
    return int(twin.clock.now().timestamp())


def grant(twin: ZendeskTwin, **said: str) -> httpx.Response:
    """POST /oauth/tokens."""
    client = {"client_id": twin.client_id, "client_secret": twin.client_secret}
    return httpx.post(f"{twin.url}/oauth/tokens", json={"grant_type": "refresh_token", **client, **said})


def exported(http: httpx.Client, object: str, **query: Any) -> list[dict[str, Any]]:
    """The rows of one page of an export."""
    body = http.get(f"incremental/{object}", params={"start_time": 0, **query}).json()
    rows: list[dict[str, Any]] = body[object.partition("/")[0].removesuffix(".json")]
    return rows
