"""What a connector is lent: the three faces over one way out, and the lender's clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx

from connectors.kit import faces
from connectors.kit.calls import Answer, Ask
from connectors.kit.contract import Tokens
from connectors.kit.guard import Guard
from connectors.kit.oauth import Bearer, InMemory, Store, brisk
from connectors.kit.transport import Rules, send
from connectors.kit.vendor_clock import VendorClock
from connectors.kit.wire import Wire


class Lending:
    """Implements `contract.Lent`. `reads`: the connector's declared pattern of POSTs that only read.

    `tokens`: where its OAuth tokens are kept; by default they are forgotten with it.
    """

    def __init__(self, rules: Rules, guard: Guard, *, reads: str = "", tokens: Store | None = None) -> None:
        self._rules = rules
        self.tokens: Store = tokens or InMemory(rules.now)
        self._bearer: Bearer | None = None
        self._reads = re.compile(reads) if reads else None
        self._wire = Wire(guard, rules)
        self.clock = VendorClock()
        self._session: Any = None
        self._pool: Any = None

    def http(self, *, base_url: str, headers: Mapping[str, str] | None = None) -> httpx.Client:
        return faces.http_client(self.send, base_url, headers)

    def requests_session(self) -> Any:
        if self._session is None:
            self._session = faces.requests_session(self.send)
        return self._session

    def urllib3_pool(self) -> Any:
        if self._pool is None:
            self._pool = faces.Urllib3Face(self.send)
        return self._pool

    def now(self) -> datetime:
        return self._rules.now()

    def sleep(self, seconds: float) -> None:
        self._rules.sleep(seconds)

    def bearer(self, renew: Callable[[str | None], Tokens], *, hosts: Collection[str] = ()) -> None:
        self._bearer = Bearer(self._rules, self.tokens, renew, hosts)

    def send(self, ask: Ask) -> Answer:
        if self._reads is not None and self._reads.search(ask.path):
            ask = replace(ask, reads=True)
        if self._bearer is not None and self._bearer.covers(ask):
            return self._bearer.send(ask, self._send)
        if self._bearer is not None and self._bearer.renewing:
            ask = replace(ask, bounds=brisk(self._rules.bounds))
        return self._send(ask)

    def _send(self, ask: Ask) -> Answer:
        return send(self._rules, ask, self._perform)

    def _perform(self, ask: Ask) -> Answer:
        sent = self.now()
        answer = self._wire.perform(ask)
        self.clock.heard(answer.headers, sent, self.now())
        return answer

    def close(self) -> None:
        self._wire.close()
