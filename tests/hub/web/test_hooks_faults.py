"""Webhooks that are too large, too slow, broken off or hostile, and a hub whose database or process fails meanwhile."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psycopg
import pytest
from callers import BILLING, billing, changed, crm, event, inbox, ring, ring_crm, rows, stripe_signed, wanted
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from machine import ROOT, until
from sqlalchemy import Engine, text
from web_server import served

from hub.settings import Settings
from hub.web import hooks, patient

MEGABYTE = 2**20
NOTHING: list[object] = []


@pytest.fixture
def client(settings: Settings, engine: Engine) -> Iterator[httpx.Client]:
    billing(engine, settings)
    crm(engine, settings)
    with served(settings) as made:
        yield made


class Line:
    """A caller who writes what no HTTP client would."""

    def __init__(self, client: httpx.Client) -> None:
        self.socket = socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=15)

    def head(self, **headers: str) -> None:
        lines = [
            f"POST {BILLING} HTTP/1.1",
            "host: hub",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")

    def answer(self) -> int:
        """The status. The connection must be closed after it."""
        got = b""
        while part := self.read():
            got += part
        return int(got.split()[1])

    def read(self) -> bytes:
        try:
            return self.socket.recv(65_536)
        except ConnectionResetError:
            return b""


@pytest.fixture
def line(client: httpx.Client) -> Iterator[Callable[[], Line]]:
    made: list[Line] = []

    def call() -> Line:
        made.append(Line(client))
        return made[-1]

    yield call
    for each in made:
        each.socket.close()


def test_10_more_than_a_megabyte_is_refused_by_its_declared_length(
    client: httpx.Client, engine: Engine, line: Callable[[], Line]
) -> None:
    for length in (MEGABYTE + 1, 100 * MEGABYTE, 10**19):
        caller = line()
        caller.head(content_length=str(length))
        assert caller.answer() == 413
    caller = line()
    caller.head(content_length="9" * 5_000)
    assert caller.answer() in (400, 413)
    body = event(padding="x" * (MEGABYTE - len(event()) - len(', "padding": ""')))
    assert len(body) == MEGABYTE
    assert ring(client, body).status_code == 200
    assert len(inbox(engine)) == 1


def test_10_chunks_without_end_are_read_up_to_a_megabyte(
    client: httpx.Client, engine: Engine, line: Callable[[], Line]
) -> None:
    caller, sent = line(), 0
    caller.head(transfer_encoding="chunked")
    try:
        while sent < 100 * MEGABYTE:
            caller.socket.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
            sent += 65_536
    except OSError:
        pass
    assert sent < 16 * MEGABYTE  # what lies in the sockets' buffers was never read
    assert inbox(engine) == NOTHING
    assert ring(client, event()).status_code == 200


def test_11_slow_bodies_are_cut_and_others_go_on(
    client: httpx.Client, line: Callable[[], Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hooks.PATIENCE == patient.PATIENCE == 10.0
    monkeypatch.setattr(hooks, "PATIENCE", 1.0)
    lines = [line() for _ in range(20)]
    began = time.monotonic()
    for caller in lines:
        caller.head(content_length="1000")
        caller.socket.sendall(b"x")
    assert ring(client, event()).status_code == 200
    assert time.monotonic() - began < 1.0
    assert [caller.answer() for caller in lines] == [408] * 20
    assert time.monotonic() - began < 5.0


@pytest.mark.parametrize("said", [b"", b"POST /hooks/billing HTTP/1.1\r\nhost: hub\r\nx-slow: "])
def test_11_slow_heads_are_cut_and_others_go_on(
    client: httpx.Client, line: Callable[[], Line], monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(patient, "PATIENCE", 1.0)
    slow = line()
    slow.socket.sendall(said)
    assert ring(client, event()).status_code == 200
    assert slow.read() == b""


def test_12_compressed_bodies_are_not_unpacked(client: httpx.Client, engine: Engine) -> None:
    for encoding in ("gzip", "deflate", "br", "zstd", "gzip, identity"):
        body = gzip.compress(event())
        headers = stripe_signed(body) | {"content-encoding": encoding}
        assert client.post(BILLING, content=body, headers=headers).status_code == 415
    assert inbox(engine) == NOTHING


def test_14_two_lengths(client: httpx.Client, engine: Engine, line: Callable[[], Line]) -> None:
    caller = line()
    caller.head(content_length="5", transfer_encoding="chunked", **stripe_signed(b"hello"))
    caller.socket.sendall(b"5\r\nhello\r\n0\r\n\r\n")
    assert caller.answer() == 400
    assert inbox(engine) == NOTHING


def test_a_body_that_breaks_off(client: httpx.Client, engine: Engine, line: Callable[[], Line]) -> None:
    body = event()
    caller = line()
    caller.head(content_length=str(len(body) + 1), **stripe_signed(body))
    caller.socket.sendall(body)
    caller.socket.shutdown(socket.SHUT_WR)
    caller.socket.close()
    assert ring(client, event(id="evt_2")).status_code == 200
    assert [told[0] for told in inbox(engine)] == ["evt_2"]


def test_a_length_that_says_too_little(client: httpx.Client, engine: Engine, line: Callable[[], Line]) -> None:
    body = event()
    caller = line()
    caller.head(content_length=str(len(body) - 1), **stripe_signed(body))
    caller.socket.sendall(body)
    assert caller.answer() == 401
    assert inbox(engine) == NOTHING


def test_18_a_database_that_never_was_there(settings: Settings) -> None:
    gone = settings.model_copy(update={"database_url": "postgresql+psycopg://nobody@127.0.0.1:9/none"})
    with served(gone) as client:
        began = time.monotonic()
        assert ring(client, event()).status_code == 503
        assert time.monotonic() - began < 2


def test_18_a_database_that_goes_and_comes(client: httpx.Client, engine: Engine, cluster: psycopg.Connection) -> None:
    assert ring(client, event()).status_code == 200
    name = engine.url.database
    engine.dispose()
    cluster.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    cluster.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
    began = time.monotonic()
    assert ring(client, event(id="evt_2")).status_code == 503
    assert time.monotonic() - began < 2
    cluster.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert ring(client, event(id="evt_2")).status_code == 200
    assert [told[0] for told in inbox(engine)] == ["evt_1", "evt_2"]


def test_18_a_database_that_hangs(client: httpx.Client, engine: Engine) -> None:
    with engine.begin() as database:
        database.exec_driver_sql("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        assert ring(client, event()).status_code == 503
        assert time.monotonic() - began < 2
        assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("code", ["disk_full", "read_only_sql_transaction", "too_many_connections"])
def test_19_what_cannot_be_written_is_told_again_later(client: httpx.Client, engine: Engine, code: str) -> None:
    with engine.begin() as database:
        database.execute(
            text(
                f"CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END$$"
            )
        )
        database.execute(text("CREATE TRIGGER no_room BEFORE INSERT ON inbox EXECUTE FUNCTION no_room()"))
    assert ring(client, event()).status_code == 503
    assert client.get("/readyz").status_code == 200
    assert inbox(engine) == wanted(engine) == NOTHING
    with engine.begin() as database:
        database.execute(text("DROP FUNCTION no_room() CASCADE"))
    assert ring(client, event()).status_code == 200


DIES_AFTER_THE_COMMIT = """
import dataclasses, os, signal, sys
from hub.web import __main__ as web, door
make = door.make_hub
def point(name):
    if name == "webhook_stored":
        os.kill(os.getpid(), signal.SIGKILL)
door.make_hub = lambda *args: dataclasses.replace(make(*args), point=point)
web.start()
"""


def web(settings: Settings, *words: str) -> tuple[subprocess.Popen[bytes], str]:
    file = settings.home / "run" / "web.json"
    file.unlink(missing_ok=True)
    environment = {
        "PATH": os.defpath,
        "HUB_HOME": str(settings.home),
        "HUB_DATABASE_URL": str(settings.database_url),
        "HUB_PORT": "0",
    }
    process = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=environment)
    until(file.exists, 30, "it says where it serves")
    return process, str(json.loads(file.read_text())["url"])


def test_killed_between_commit_and_answer_it_is_told_again_without_a_second_effect(settings: Settings, engine: Engine) -> None:
    billing(engine, settings)
    ends = []
    for words in (("-c", DIES_AFTER_THE_COMMIT), ("-m", "hub.web")):
        process, url = web(settings, *words)
        try:
            with httpx.Client(base_url=url, timeout=20) as client:
                answer = _told_until_heard(client)
        finally:
            process.terminate()
            ends.append((answer, process.wait(30)))
        assert inbox(engine)[0][:2] == ("evt_1", "waiting")
    assert ends == [(None, -signal.SIGKILL), (200, -signal.SIGTERM)]
    assert inbox(engine) == [("evt_1", "waiting", None, 2)]
    assert rows(engine, "SELECT asked FROM refetch") == [(0,)]


def _told_until_heard(client: httpx.Client) -> int | None:
    """As a vendor does: 503 means to come again. None: the line broke."""
    try:
        return until(lambda: (answer := ring(client, event())).status_code != 503 and answer.status_code, 30, "it is heard")
    except httpx.TransportError:
        return None


WORDS = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=40)
HEADERS = st.dictionaries(
    st.sampled_from(["stripe-signature", "content-type", "x-hubspot-signature-v3", "x-hubspot-request-timestamp", "x-any"]),
    WORDS | st.builds("t={},v1={}".format, st.integers(0, 2**40), WORDS),
)


@rules(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=st.binary(max_size=300), headers=HEADERS, path=st.sampled_from([BILLING, "/hooks/crm"]))
def test_no_bytes_without_a_right_signature_get_in(
    client: httpx.Client, engine: Engine, body: bytes, headers: dict[str, str], path: str
) -> None:
    said = [(name.encode(), value.strip().encode("latin-1")) for name, value in headers.items()]
    assert client.post(path, content=body, headers=said).status_code == 401
    assert inbox(engine) == wanted(engine) == NOTHING


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.sampled_from(["company.propertyChange", "object.merge", "0-2", "customer", "\u0000", "\ud800", "x" * 3_000])
)
KEYS = st.sampled_from(
    ["id", "type", "data", "object", "created", "account", "subscriptionType", "objectId", "objectTypeId", "mergedObjectIds"]
) | st.text(max_size=5)
JSON: Any = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=12
)
SHAPED = st.fixed_dictionaries({}, optional={"id": LEAVES, "type": LEAVES, "created": LEAVES, "data": JSON, "account": LEAVES})
BATCHES = st.lists(
    JSON
    | st.builds(changed, st.integers(), objectId=LEAVES, subscriptionType=LEAVES, mergedObjectIds=JSON, propertyName=LEAVES),
    max_size=4,
)


@rules(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(told=st.binary(max_size=200) | JSON | SHAPED | BATCHES)
def test_whatever_is_rightly_signed_is_kept(client: httpx.Client, engine: Engine, told: Any) -> None:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    before = times_told(engine)
    assert ring(client, body).status_code == 200
    assert times_told(engine) == before + 1
    assert ring_crm(client, body).status_code == 200


def times_told(engine: Engine) -> int:
    return sum(times for *_, times in inbox(engine))
