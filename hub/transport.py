"""Outgoing HTTP: its one owner. Lends a connection the way out, under quota, with a call log that holds no secret."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

import structlog

from connectors.kit.calls import Answer, Ask, Bounds
from connectors.kit.contract import Limit
from connectors.kit.errors import Retry, VendorError
from connectors.kit.guard import Guard
from connectors.kit.lending import Lending
from connectors.kit.oauth import Store
from hub.chance import Chance
from hub.clock import Clock
from hub.redaction import Redactor

log = structlog.stdlib.get_logger("hub.calls")


class Quota(Protocol):
    """How often a connection may call, over all processes."""

    def take(self, connection: str, limit: Limit, patience: float) -> float:
        """Seconds until the one call of `limit` that is now ours; more than `patience`: none was taken, ask again then."""


class NoQuota:
    """For one call by hand, and for vendors without a limit."""

    def take(self, connection: str, limit: Limit, patience: float) -> float:
        del connection, limit, patience
        return 0.0


@dataclass(frozen=True, slots=True)
class HubRules:
    """The hub's side of `connectors.kit.transport.Rules`, for one connection."""

    connection: str
    limits: Sequence[Limit]
    clock: Clock
    chance: Chance
    quota: Quota
    redactor: Redactor
    bounds: Bounds = field(default_factory=Bounds)

    def before(self, ask: Ask) -> None:
        patience = (ask.bounds or self.bounds).queue
        for limit in self.limits:
            if re.search(limit.match, ask.what) is None:
                continue
            if (wait := self.quota.take(self.connection, limit, patience)) > patience:
                raise Retry("quota", after=wait, quota=limit.scope)
            self.clock.sleep(wait)
            patience -= wait

    def after(self, ask: Ask, outcome: Answer | VendorError, seconds: float) -> None:
        answer = outcome if isinstance(outcome, Answer) else None
        log.info(
            "vendor_call",
            connection=self.connection,
            method=ask.method,
            host=urlsplit(ask.url).hostname,
            target=self.redactor.target(ask.url),
            status=answer.status if answer is not None else None,
            error=outcome.code if isinstance(outcome, VendorError) else None,
            sent=len(ask.body),
            received=len(answer.body) if answer is not None else 0,
            ms=round(seconds * 1000, 1),
        )

    def hide(self, *secrets: str) -> None:
        self.redactor.learn(secrets)

    def now(self) -> datetime:
        return self.clock.now()

    def monotonic(self) -> float:
        return self.clock.monotonic()

    def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    def between(self, low: float, high: float) -> float:
        return self.chance.between(low, high)


def lend(
    connection: str,
    limits: Sequence[Limit] = (),
    *,
    reads: str = "",
    secrets: Sequence[str],
    allow: frozenset[str],
    clock: Clock,
    chance: Chance,
    quota: Quota | None = None,
    bounds: Bounds | None = None,
    tokens: Store | None = None,
) -> Lending:
    """What `connection` needs to reach its vendor; close it when done.

    `limits`, `reads`: as the connector declares them. `secrets`: values that no log may show.
    `allow`: `host:port` texts that may be reached although they lead inside.
    `tokens`: where its OAuth tokens are kept.
    """
    rules = HubRules(connection, limits, clock, chance, quota or NoQuota(), Redactor(secrets), bounds or Bounds())
    return Lending(rules, Guard(allow), reads=reads, tokens=tokens)
