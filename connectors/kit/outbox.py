"""A twin's outgoing webhooks: told at least once, sometimes twice, late or never, and in no promised order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

import httpx

from connectors.kit.faults import Armed

TRIES = 8
BACK_OFF = 0.5
"""Seconds before the second try, doubled with each: vendors take hours for what costs a practice world a minute."""
AT_ONCE = 4
"""Webhooks under way at once."""
TICK = 0.1
SWAPPED_WITHIN = 2.0
"""Seconds that an overtaken webhook waits for another one to overtake it."""

Sign = Callable[[httpx.Request, int], httpx.Request]
Join = Callable[[httpx.Request, httpx.Request], httpx.Request | None]


@dataclass(slots=True)
class Sent:
    url: str
    headers: dict[str, str]
    body: str
    status: int | None = None  # None: no answer yet, or none at all
    tries: int = 0


@dataclass(slots=True)
class _Letter:
    request: httpx.Request
    sent: list[Sent]  # several, where they were joined
    wait: float = 0.0
    then: list[_Letter] = field(default_factory=list)  # overtaken ones


class Outbox:
    """`urls`: who is told. `sent`: what was signed, for tests that hand it to a connector themselves; nothing else
    is done with it while `holding`. `sign(request, tries)` signs anew for each try, `join` makes one of two.
    """

    def __init__(
        self, stopping: threading.Event, sign: Sign = lambda request, _: request, join: Join = lambda *_: None
    ) -> None:
        self.urls: list[str] = []
        self.sent: list[Sent] = []
        self.holding = False
        self._stopping, self._sign, self._join = stopping, sign, join
        self._ready: SimpleQueue[_Letter] = SimpleQueue()
        self._later: list[_Letter] = []
        self._overtaken: list[_Letter] = []
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def post(
        self,
        request: httpx.Request,
        *,
        twice: Armed | None = None,
        late: Armed | None = None,
        lost: Armed | None = None,
        swapped: Armed | None = None,
    ) -> None:
        for _ in range(2 if twice is not None else 1):
            sent = Sent(str(request.url), dict(request.headers), request.content.decode(errors="replace"))
            self.sent.append(sent)
            if not self.holding and lost is None:
                self._put(_Letter(request, [sent], float(late.value or 1) if late is not None else 0.0), swapped is not None)

    def shown(self) -> dict[str, Any]:
        return {
            "urls": self.urls,
            "sent": [
                {"url": s.url, "headers": s.headers, "body": s.body, "status": s.status, "tries": s.tries} for s in self.sent
            ],
        }

    def _put(self, letter: _Letter, overtaken: bool) -> None:
        with self._lock:
            if overtaken:
                letter.wait = SWAPPED_WITHIN
                self._overtaken.append(letter)
            else:
                letter.then, self._overtaken = self._overtaken, []
            (self._later.append if letter.wait else self._ready.put)(letter)
            if not any(thread.is_alive() for thread in self._threads):
                jobs = [self._tick, *[self._deliver] * AT_ONCE]
                self._threads = [threading.Thread(target=job, daemon=True, name="outbox") for job in jobs]
                for thread in self._threads:
                    thread.start()

    def _tick(self) -> None:
        while not self._stopping.wait(TICK):
            with self._lock:
                for letter in self._later:
                    letter.wait -= TICK
                due = [letter for letter in self._later if letter.wait <= 0]
                self._later = [letter for letter in self._later if letter.wait > 0]
                self._overtaken = [letter for letter in self._overtaken if letter.wait > 0]
            for letter in due:
                self._ready.put(letter)

    def _deliver(self) -> None:
        with httpx.Client(timeout=5, trust_env=False) as client:
            while not self._stopping.is_set():
                try:
                    letter = self._ready.get(timeout=5 * TICK)
                except Empty:
                    continue
                self._try(client, self._gathered(letter))

    def _gathered(self, letter: _Letter) -> _Letter:
        """With whatever else waits for the same address, where the vendor tells several in one."""
        while True:
            try:
                other = self._ready.get_nowait()
            except Empty:
                return letter
            joined = self._join(letter.request, other.request) if letter.request.url == other.request.url else None
            if joined is None:
                self._ready.put(other)
                return letter
            letter = _Letter(joined, letter.sent + other.sent, then=letter.then + other.then)

    def _try(self, client: httpx.Client, letter: _Letter) -> None:
        tries = letter.sent[0].tries
        try:
            status = client.send(self._sign(letter.request, tries)).status_code
        except httpx.HTTPError:
            status = None
        for sent in letter.sent:
            sent.tries, sent.status = tries + 1, status
        with self._lock:
            for overtaken in letter.then:
                overtaken.wait = 0.0
            letter.then = []
            if (status is None or status >= 300) and tries + 1 < TRIES:
                letter.wait = BACK_OFF * 2**tries
                self._later.append(letter)
