"""A twin's webhooks as they arrive: at least once, sometimes twice, late, overtaken or lost."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from machine import until

from connectors.kit import outbox
from connectors.kit.faults import GENERIC, Fault
from connectors.kit.twin import Twin, serve, stop


class Receiver(ThreadingHTTPServer):
    """Answers with the statuses it is told, then with 200; remembers what it got."""

    daemon_threads = True

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.got: list[Any] = []
        super().__init__(("127.0.0.1", 0), _Answer)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hooks/x"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


class _Answer(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append(json.loads(body) | {"try": int(self.headers["x-try"])})
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


class Small(Twin):
    name = "small"
    objects = ("people",)
    faults = GENERIC | {Fault.DUPLICATE_WEBHOOK, Fault.LATE_WEBHOOK, Fault.LOST_WEBHOOK, Fault.SWAPPED_WEBHOOKS}
    batches = False

    def webhook(self, url: str, object: str, id: str, action: str) -> httpx.Request | None:
        return httpx.Request("POST", url, json={"ids": [id]})

    def signed(self, request: httpx.Request, tries: int) -> httpx.Request:
        return httpx.Request("POST", request.url, content=request.content, headers={"x-try": str(tries)})

    def joined(self, one: httpx.Request, other: httpx.Request) -> httpx.Request | None:
        ids = json.loads(one.content)["ids"] + json.loads(other.content)["ids"]
        return httpx.Request("POST", one.url, json={"ids": ids}) if self.batches and len(ids) <= 3 else None


@pytest.fixture
def twin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Small]:
    monkeypatch.setattr(outbox, "BACK_OFF", 0.1)
    made = Small(data={"people": [{"id": str(n)} for n in range(8)]})
    served = serve(made)
    yield made
    stop(served)


@pytest.fixture
def receiver(twin: Small) -> Iterator[Receiver]:
    with Receiver() as made:
        twin.outbox.urls.append(made.url)
        yield made
        twin.stopping.set()
        made.shutdown()


def ids(receiver: Receiver) -> list[str]:
    return [id for got in receiver.got for id in got["ids"]]


def test_told_again_until_somebody_says_yes_and_signed_anew(twin: Small, receiver: Receiver) -> None:
    receiver.statuses += [503, 401]
    twin.edit("people", "1", name="Ann")
    until(lambda: len(receiver.got) == 3, 10, "the third try")
    assert [got["try"] for got in receiver.got] == [0, 1, 2]
    until(lambda: twin.outbox.sent[0].status == 200, 5, "the answer is noted")
    assert twin.outbox.sent[0].tries == 3


def test_tries_end(twin: Small, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "TRIES", 2)
    receiver.statuses += [500] * 9
    twin.edit("people", "1", name="Ann")
    until(lambda: twin.outbox.sent[0].tries == 2, 10, "both tries")
    twin.edit("people", "2", name="Bob")
    until(lambda: twin.outbox.sent[1].tries == 2, 10, "both tries of the next one")
    assert ids(receiver) == ["1", "1", "2", "2"]


def test_twice(twin: Small, receiver: Receiver) -> None:
    twin.armed.arm(Fault.DUPLICATE_WEBHOOK)
    twin.edit("people", "1", name="Ann")
    until(lambda: ids(receiver) == ["1", "1"], 10, "both")


@pytest.mark.parametrize("fault", [Fault.LATE_WEBHOOK, Fault.SWAPPED_WEBHOOKS])
def test_overtaken(twin: Small, receiver: Receiver, fault: Fault) -> None:
    twin.armed.arm(fault, value="0.5")
    twin.edit("people", "1", name="Ann")
    twin.edit("people", "2", name="Bob")
    until(lambda: len(receiver.got) == 2, 10, "both")
    assert ids(receiver) == ["2", "1"]


def test_nobody_overtakes_the_last_one(twin: Small, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "SWAPPED_WITHIN", 0.2)
    twin.armed.arm(Fault.SWAPPED_WEBHOOKS)
    twin.edit("people", "1", name="Ann")
    until(lambda: ids(receiver) == ["1"], 10, "it comes all the same")


def test_lost(twin: Small, receiver: Receiver) -> None:
    twin.armed.arm(Fault.LOST_WEBHOOK)
    twin.edit("people", "1", name="Ann")
    twin.edit("people", "2", name="Bob")
    until(lambda: ids(receiver) == ["2"], 10, "only the second")
    assert twin.outbox.sent[0].tries == 0


def test_what_waits_together_is_told_together(twin: Small, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "AT_ONCE", 1)
    twin.batches = True
    for id in range(8):
        twin.edit("people", str(id), name="All")
    until(lambda: sorted(ids(receiver)) == [str(id) for id in range(8)], 10, "all of them")
    assert max(len(got["ids"]) for got in receiver.got) <= 3
    assert len(receiver.got) < 8


def test_it_can_be_held_back(twin: Small, receiver: Receiver) -> None:
    twin.outbox.holding = True
    twin.edit("people", "1", name="Ann")
    assert [json.loads(sent.body) for sent in twin.outbox.sent] == [{"ids": ["1"]}]
    twin.outbox.holding = False
    twin.edit("people", "2", name="Bob")
    until(lambda: ids(receiver) == ["2"], 10, "only the second")
