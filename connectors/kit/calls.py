"""One call to a vendor as data: what is asked, what is answered, how long to wait."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

Headers = Sequence[tuple[str, str]]

REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Ask:
    """`reads`: it changes nothing at the vendor, whatever its method says. `bounds`: instead of the lender's."""

    method: str
    url: str
    headers: Headers
    body: bytes = b""
    reads: bool = False
    bounds: Bounds | None = None

    @property
    def path(self) -> str:
        return urlsplit(self.url).path or "/"

    @property
    def what(self) -> str:
        """ "METHOD /path": what limits and patterns are matched with."""
        return f"{self.method} {self.path}"

    @property
    def harmless(self) -> bool:
        return self.reads or self.method in {"GET", "HEAD", "OPTIONS"}

    @property
    def repeatable(self) -> bool:
        """Doing it twice is doing it once: by nature, or because it carries an idempotency key."""
        return self.reads or self.method in REPEATABLE or header(self.headers, "idempotency-key") is not None


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is whole and unpacked; `headers` speak of that body."""

    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds and bytes one call may take.

    `patience`: the longest wait before another try, `queue`: the longest wait for our own quota; longer ones are the hub's.
    """

    connect: float = 10.0
    read: float = 60.0
    total: float = 180.0
    size: int = 64 * 1024 * 1024
    tries: int = 4
    patience: float = 10.0
    queue: float = 30.0


def header(headers: Headers, name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name), None)


def retry_after(headers: Headers, now: datetime) -> float | None:
    """Seconds the vendor asks us to wait, at most an hour; None where it says nothing or nonsense."""
    said = header(headers, "retry-after")
    seconds = None if said is None else _seconds(said.strip(), now)
    return None if seconds is None or seconds < 0 or math.isnan(seconds) else min(seconds, HOUR)


def _seconds(said: str, now: datetime) -> float | None:
    if re.fullmatch(r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?", said):
        return float(said)
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()
