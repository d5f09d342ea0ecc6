"""A twin's outgoing webhooks: sent at least once, sometimes twice, sometimes late, never in a promised order."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import httpx

from connectors.kit.faults import Armed


@dataclass(slots=True)
class Sent:
    url: str
    headers: dict[str, str]
    body: str
    status: int | None = None  # None: no answer yet, or none at all


class Outbox:
    """`urls`: who is told. `sent`: what was signed and sent, for tests that hand it to a connector themselves."""

    def __init__(self, stopping: threading.Event) -> None:
        self.urls: list[str] = []
        self.sent: list[Sent] = []
        self._stopping = stopping

    def post(self, request: httpx.Request, *, twice: Armed | None = None, late: Armed | None = None) -> None:
        delay = float(late.value or 1) if late is not None else 0.0
        for _ in range(2 if twice is not None else 1):
            sent = Sent(str(request.url), dict(request.headers), request.content.decode(errors="replace"))
            self.sent.append(sent)
            threading.Thread(target=self._deliver, args=(request, sent, delay), daemon=True).start()

    def shown(self) -> dict[str, Any]:
        return {
            "urls": self.urls,
            "sent": [{"url": s.url, "headers": s.headers, "body": s.body, "status": s.status} for s in self.sent],
        }

    def _deliver(self, request: httpx.Request, sent: Sent, delay: float) -> None:
        if self._stopping.wait(delay):
            return
        try:
            with httpx.Client(timeout=5, trust_env=False) as client:
                sent.status = client.send(request).status_code
        except httpx.HTTPError:
            sent.status = None  # the vendor would try again; a webhook is only a doorbell
