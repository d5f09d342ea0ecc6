"""Health for machines and one page for people: right when all is well, quick and honest when the database is not."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from machine import until
from sqlalchemy import Engine, insert
from web_server import served

from hub import tables
from hub.clock import SystemClock
from hub.settings import Settings

ENGINE_WORDS = r"\b(claim|golden|sheet|stamp|verdict|contested|drift|echo|baseline|quarantine|tombstone|crosswalk|steward|cursor|lease|digest|twin)s?\b"


@pytest.fixture
def client(settings: Settings) -> Iterator[httpx.Client]:
    with served(settings) as made:
        yield made


def connect(engine: Engine, name: str, **values: object) -> None:
    row = {
        "name": name,
        "connector": "stripe",
        "roles": ["billing"],
        "may_hold": [],
        "config": {},
        "created_at": 0,
        "next_pull": 2**60,
    }
    with engine.begin() as database:
        database.execute(insert(tables.connection).values(**(row | values)))


def test_ready_when_the_tables_are_there(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"alive": True}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "schedule": "never"})


def test_a_missing_tick_shows(client: httpx.Client, engine: Engine) -> None:
    now = SystemClock().micros()
    for held_until, told in ((now, "on_time"), (now - 600_000_000, "late")):
        with engine.begin() as database:
            database.execute(tables.lease.delete())
            database.execute(insert(tables.lease).values(name="tick", owner="x", fence=1, until=held_until))
        assert client.get("/readyz").json()["schedule"] == told


def test_not_ready_without_tables(settings: Settings, bare_database_url: str) -> None:
    with served(settings.model_copy(update={"database_url": bare_database_url})) as client:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["why"]) == (503, "database_behind")


def test_not_ready_with_a_policy_that_nobody_can_read_until_it_is_mended(settings: Settings, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("rounding: sometimes\n")
    with served(settings.model_copy(update={"arr_policy": policy})) as client:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["ready"]) == (503, False)
        assert answer.json()["why"] not in ("starting", "database_behind")
        policy.write_text("")
        until(lambda: client.get("/readyz").status_code == 200, 10, "it is read again")


def test_not_ready_within_two_seconds_when_the_database_is_gone(settings: Settings) -> None:
    gone = settings.model_copy(update={"database_url": "postgresql+psycopg://nobody@127.0.0.1:9/none"})
    with served(gone) as client:
        began = time.monotonic()
        answer = client.get("/readyz")
        assert time.monotonic() - began < 2
        assert (answer.status_code, answer.json()["ready"]) == (503, False)
        page = client.get("/")
        assert page.status_code == 503
        assert "tries again by itself" in page.text
        assert client.get("/healthz").status_code == 200


def test_not_ready_within_two_seconds_when_the_tables_are_locked(client: httpx.Client, engine: Engine) -> None:
    with engine.begin() as database:
        database.exec_driver_sql("LOCK TABLE alembic_version, lease IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        assert client.get("/readyz").status_code == 503
        assert time.monotonic() - began < 2


def test_an_empty_hub_says_so(client: httpx.Client) -> None:
    assert "Nothing is connected yet" in client.get("/").text


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({}, "not read yet"),
        ({"state": "paused"}, "paused"),
        ({"state": "reconnect"}, "reconnect needed"),
    ],
)
def test_each_state_has_its_word(client: httpx.Client, engine: Engine, values: dict[str, object], word: str) -> None:
    connect(engine, "stripe", **values)
    assert re.search(rf"</span> {word}</td>", client.get("/").text)


def test_what_needs_a_person_is_counted(client: httpx.Client, engine: Engine) -> None:
    connect(engine, "stripe", state="reconnect")
    with engine.begin() as database:
        database.execute(
            insert(tables.conflict).values(id="c", golden_id="g", entity="account", field="phone", reason="ask", opened_at=0)
        )
        told = {"connection": "stripe", "kind": "", "hash": b"", "at": 0, "waits": [], "event": "e"}
        database.execute(insert(tables.inbox).values(state="dead", why="not_json", **told))
    assert "except for 3 things that need a person" in client.get("/").text


def test_names_are_shown_as_text_and_no_script_may_run(client: httpx.Client, engine: Engine) -> None:
    connect(engine, "<script>alert(1)</script>")
    answer = client.get("/")
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_page_speaks_peoples_words(client: httpx.Client, engine: Engine) -> None:
    connect(engine, "stripe")
    text = re.sub(r"<[^>]+>", " ", client.get("/").text)
    assert not re.findall(ENGINE_WORDS, text, re.IGNORECASE)


@pytest.mark.parametrize(("lang", "direction"), [("en", "ltr"), ("fa", "rtl"), ("de_CH", "ltr")])
def test_language_and_direction(settings: Settings, lang: str, direction: str) -> None:
    with served(settings.model_copy(update={"lang": lang})) as client:
        assert f'<html lang="{lang.replace("_", "-")}" dir="{direction}">' in client.get("/").text
