"""The status page says how fresh each system is against its promise, in the same words as `hub status`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest
from sqlalchemy import Engine, insert
from web_server import served

from connectors.kit.contract import Limit
from hub import connections, tables
from hub.clock import SystemClock
from hub.opening import make_hub
from hub.quota import DatabaseQuota
from hub.settings import Settings

SECOND = 1_000_000
NOTHING = "\N{EN DASH}"
COLUMNS = [
    "System", "State", "Last read", "Promised every", "Fresh?", "read / linked / waiting", "Updates sent", "Not accepted",
    "Writes", "Quota left",
]  # fmt: skip


@pytest.fixture
def client(settings: Settings, engine: Engine) -> Iterator[httpx.Client]:
    with engine.begin() as database:
        connections.add(make_hub(settings, engine), database, "stripe", "billing", {"api_key": "sk_test_canary"}, every=300.0)
        connections.change(database, "billing", workspace="Lanternfish", next_pull=2**60)
    with served(settings) as made:
        yield made


def read(engine: Engine, ago: float, status: str = "succeeded", **columns: object) -> None:
    at = SystemClock().micros() - int(ago * SECOND)
    with engine.begin() as database:
        database.execute(
            insert(tables.run).values(connection="billing", kind="sync", status=status, started_at=at, ended_at=at, **columns)
        )


def row(client: httpx.Client) -> dict[str, str]:
    """The one system's cells by their column."""
    html = client.get("/").text
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", html.partition("<tbody>")[2], re.DOTALL)
    assert re.findall(r'<th scope="col"[^>]*>(.*?)</th>', html) == COLUMNS
    return dict(zip(COLUMNS, (unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells), strict=True))


def test_before_the_first_read(client: httpx.Client) -> None:
    found = row(client)
    assert (found["System"], found["State"]) == ("billingLanternfish", "○ not read yet")
    assert (found["Last read"], found["Promised every"], found["Fresh?"]) == (NOTHING, "5 min", NOTHING)


def test_on_time(client: httpx.Client, engine: Engine) -> None:
    read(engine, ago=90)
    found = row(client)
    assert (found["State"], found["Fresh?"]) == ("● on time", "on time")
    assert re.fullmatch(r"9\d s ago", found["Last read"])


def test_late_says_by_how_much(client: httpx.Client, engine: Engine) -> None:
    read(engine, ago=4 * 3_600)
    found = row(client)
    assert (found["State"], found["Fresh?"], found["Last read"]) == ("▲ late", "late by 4 h", "4 h ago")


def test_waiting_for_quota_and_what_is_left(client: httpx.Client, engine: Engine) -> None:
    read(engine, ago=100)
    read(engine, ago=1, status="incomplete", error={"code": "rate_limited", "data": {}})
    for _ in range(3):
        DatabaseQuota(engine, SystemClock()).take("billing", Limit(20, 1.0, "search"), 0.0)
    found = row(client)
    assert found["State"] == "▲ waiting for quota"
    assert re.fullmatch(r"25 of 25 per second · search: (17|20) of 20 per second", found["Quota left"])


def test_a_stop_needs_a_person(client: httpx.Client, engine: Engine) -> None:
    read(engine, ago=10, status="waiting")
    assert row(client)["State"] == "■ stopped"
    assert "except for 1 things that need a person" in client.get("/").text


def test_no_secret_is_on_the_page(client: httpx.Client) -> None:
    assert "canary" not in client.get("/").text
