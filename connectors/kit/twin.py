"""A twin: a stateful stand-in for one vendor's API, served over HTTP on loopback. Shares nothing with its connector."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import httpx

from connectors.kit import playing
from connectors.kit.control import Control
from connectors.kit.faults import GENERIC, Armed, Fault, Faults
from connectors.kit.journal import Journal
from connectors.kit.outbox import Outbox
from connectors.kit.request_log import RequestLog
from connectors.kit.screens import Screen, pages
from connectors.kit.screens.asked import foreign
from connectors.kit.serving import Running, serve, stop
from connectors.kit.twin_clock import TwinClock

__all__ = ["Fault", "Running", "Twin", "TwinClock", "serve", "stop"]

Row = dict[str, Any]


class Twin:
    """Subclass it per vendor: say `name` and `objects`, write `route` and `config`, override what the vendor does otherwise."""

    name: ClassVar[str]
    objects: ClassVar[tuple[str, ...]] = ()
    faults: ClassVar[frozenset[Fault]] = GENERIC
    enums: ClassVar[frozenset[str]] = frozenset({"status", "state", "stage", "type", "kind"})  # keys that `unknown_enum` spoils
    screen: ClassVar[Screen | None] = None  # how people see it; None: every table as it stands

    def __init__(self, *, seed: int = 7, clock: TwinClock | None = None, data: Mapping[str, list[Row]] | None = None) -> None:
        self.seed = seed
        self.clock = clock or TwinClock()
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.armed = Faults()
        self.log = RequestLog()
        self.outbox = Outbox(self.stopping, self.signed, self.joined)
        self.journal: Journal | None = None
        self.url = ""
        self.token = self.mint("tok", "token")
        self.webhook_secret = self.mint("whsec", "webhook")
        self.webhook_secret_before: str | None = None  # still good, while it is being changed
        self.actor = "person"
        self._start: Mapping[str, list[Row]] = data or {}
        self.tables: dict[str, dict[str, Row]] = {}
        self._control = Control(self)
        self.reset()

    # What a vendor writes.

    def route(self, request: httpx.Request) -> httpx.Response:
        """The vendor's API; called under the lock. Nothing here may depend on more than the request, state, seed and clock."""
        raise NotImplementedError

    def config(self) -> dict[str, Any]:
        """The connection's settings that reach this twin."""
        return {"base_url": self.url, "token": self.token}

    def hurry(self) -> None:
        """Shorter waits for a demo, told to the connection by `config`: every wart stays, only its seconds shrink."""

    def prepare(self) -> None:
        """Called before the rows are loaded, at the start and at each reset: state beside `tables` is made here."""

    def load(self, data: Mapping[str, list[Row]]) -> None:
        """Vendor-shaped rows, served as they stand."""
        for object, rows in data.items():
            self.table(object).update({str(row["id"]): row for row in rows})

    def webhook(self, url: str, object: str, id: str, action: str) -> httpx.Request | None:
        """The signed request that the vendor sends to `url` after `action` (create, update, delete); None: it sends none."""
        del url, object, id, action
        return None

    def signed(self, request: httpx.Request, tries: int) -> httpx.Request:
        """A webhook as it is sent now, after so many tries: a vendor signs each anew."""
        del tries
        return request

    def joined(self, one: httpx.Request, other: httpx.Request) -> httpx.Request | None:
        """One request that tells both, where the vendor batches."""
        del one, other
        return None

    def unauthorised(self, request: httpx.Request) -> httpx.Response:
        """The vendor's answer to bad credentials."""
        del request
        return httpx.Response(401, json={"error": "unauthorised"})

    def rate_limited(self, request: httpx.Request, retry_after: str | None) -> httpx.Response:
        """The vendor's 429, with the vendor's own headers."""
        del request
        return httpx.Response(429, json={"error": "rate limited"}, headers={"retry-after": retry_after or "1"})

    def writes(self, request: httpx.Request) -> bool:
        """Whether the request may change state. Override it to leave out searches by POST."""
        return request.method not in {"GET", "HEAD", "OPTIONS"}

    def page(self, request: httpx.Request) -> httpx.Response:
        """What people see: `/` and everything below `/_screen/`."""
        return pages.answer(self, request)

    # What people do in the vendor's own screen, over the control plane.

    def create(self, object: str, **row: Any) -> Row:
        id = str(row.get("id") or self.mint(object[:3], object, len(self.table(object)), sorted(map(str, row.items()))))
        made = {**row, "id": id}
        self.table(object)[id] = made
        self.emit(object, id, "create")
        return made

    def edit(self, object: str, id: str, **changes: Any) -> Row:
        row = self.table(object)[id]
        row.update(changes)
        self.emit(object, id, "update")
        return row

    def delete(self, object: str, id: str) -> None:
        del self.table(object)[id]
        self.emit(object, id, "delete")

    # What the base gives.

    def table(self, object: str) -> dict[str, Row]:
        return self.tables.setdefault(object, {})

    def mint(self, prefix: str, *content: object) -> str:
        """An id from seed and content: the same on every machine."""
        text = "\x1f".join([self.name, str(self.seed), prefix, *map(str, content)])
        return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def hit(self, fault: Fault, what: str = "") -> Armed | None:
        """Inside `route`: the armed fault, used up by one, if the vendor-specific `fault` was asked for."""
        return self.armed.take([fault], what or self._serving)

    def emit(self, object: str, id: str, action: str) -> None:
        """Tell every subscribed address. A vendor's own writes call it too."""
        if self._replaying:
            return
        for url in self.outbox.urls:
            request = self.webhook(url, object, id, action)
            if request is not None:
                self.outbox.post(
                    request,
                    twice=self.hit(Fault.DUPLICATE_WEBHOOK),
                    late=self.hit(Fault.LATE_WEBHOOK),
                    lost=self.hit(Fault.LOST_WEBHOOK),
                    swapped=self.hit(Fault.SWAPPED_WEBHOOKS),
                )

    def rotate(self) -> None:
        """A new webhook secret; the one before it is still good."""
        self.webhook_secret_before = self.webhook_secret
        self.webhook_secret = self.mint("whsec", "webhook", self.webhook_secret)

    def reset(self) -> None:
        """Back to the rows it was made with."""
        with self.lock:
            self._replaying = False
            self._serving = ""
            self.armed.clear()
            self.log.clear()
            self.tables.clear()
            for object in self.objects:
                self.table(object)
            self.prepare()
            self.load(playing.copied(self._start))
            if self.journal is not None:
                self.journal.begin(self)

    def keep(self, folder: Path) -> None:
        """Keep state in `folder`, so that the twin's own end loses nothing; what is there already is taken up."""
        self.journal = Journal(folder)
        self.journal.take_up(self)

    def started_with(self, data: Mapping[str, list[Row]]) -> None:
        self._start = data

    @property
    def start(self) -> Mapping[str, list[Row]]:
        return self._start

    @contextmanager
    def replaying(self) -> Iterator[None]:
        self._replaying = True
        try:
            yield
        finally:
            self._replaying = False

    def control(self, request: httpx.Request) -> httpx.Response:
        """One request to the control plane; what it changes is kept."""
        if foreign(request, self.url):
            return httpx.Response(403, json={"error": "a page of another origin asked"})
        return self._control.answer(request)

    def answer(self, request: httpx.Request) -> playing.Played:
        """One request: control plane, people's pages, or the vendor's API with the faults that are armed."""
        path = request.url.path
        with self.lock:
            if path.startswith("/_twin/"):
                return playing.Played(self.control(request))
            if path.startswith("/_screen/") or (path == "/" and "text/html" in request.headers.get("accept", "")):
                return playing.Played(self.page(request))
            with self.clock.held() as now:
                return self._served(request, now)

    def _served(self, request: httpx.Request, now: datetime) -> playing.Played:
        self._serving = f"{request.method} {request.url.path}"
        self.armed.taken.clear()
        played = playing.play(self, request, self.armed.take(self.faults & GENERIC, self._serving))
        self.log.add(now, request, played)
        if self.journal is not None and played.applied and self.writes(request):
            self.journal.add(now, request, self.armed.taken)
        return played
