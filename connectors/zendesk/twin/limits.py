"""How often an account may call: one window a minute for all, one for the exports, one for each user that is updated."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import httpx

from connectors.zendesk.twin.answers import Answer, problem

if TYPE_CHECKING:
    from connectors.zendesk.twin import ZendeskTwin

MINUTE = 60.0


class Window:
    """A minute that starts with its first call."""

    def __init__(self) -> None:
        self._start = -MINUTE
        self._used = 0

    def take(self, now: float, limit: int) -> bool:
        if self.used(now) >= limit:
            return False
        if not self._open(now):
            self._start, self._used = now, 0
        self._used += 1
        return True

    def used(self, now: float) -> int:
        return self._used if self._open(now) else 0

    def resets(self, now: float) -> int:
        """Seconds until all calls are free again."""
        return max(1, math.ceil(self._start + MINUTE - now)) if self._open(now) else int(MINUTE)

    def _open(self, now: float) -> bool:
        return 0 <= now - self._start < MINUTE


class Limits:
    def __init__(self, twin: ZendeskTwin) -> None:
        self._twin = twin
        self._account = Window()
        self._exports = Window()
        self._users: dict[int, Window] = {}

    def admit(self, request: httpx.Request) -> None:
        if self._twin.replays:
            return
        now = self._twin.clock.now().timestamp()
        if not self._account.take(now, self._twin.calls):
            raise self._turned_away("Number of allowed API requests per minute exceeded", self._account.resets(now))
        if exports(request) and not self._exports.take(now, self._twin.exports):
            said = "Number of allowed incremental export API requests per minute exceeded, please try again later"
            raise self._turned_away(said, self._exports.resets(now))

    def update(self, user: int) -> None:
        """Five writes a minute to one user; the answer is plain text and names no time. https://developer.zendesk.com/api-reference/ticketing/users/users/#rate-limits"""
        if self._twin.replays:
            return
        now = self._twin.clock.now().timestamp()
        if not self._users.setdefault(user, Window()).take(now, self._twin.user_updates):
            raise Answer(429, "There is a limit of 5 updates per minute for each user. Please wait and try again.")

    def headers(self, request: httpx.Request) -> dict[str, str]:
        now = self._twin.clock.now().timestamp()
        limit, left = str(self._twin.calls), str(max(0, self._twin.calls - self._account.used(now)))
        said = {"X-Rate-Limit": limit, "X-Rate-Limit-Remaining": left}
        said |= {"ratelimit-limit": limit, "ratelimit-remaining": left, "ratelimit-reset": str(self._account.resets(now))}
        if exports(request):
            total, used, resets = self._twin.exports, self._exports.used(now), self._exports.resets(now)
            said["zendesk-ratelimit-incremental-exports"] = f"total={total}; remaining={max(0, total - used)}; resets={resets}"
        return said

    @staticmethod
    def _turned_away(said: str, wait: int) -> Answer:
        return problem(429, "APIRateLimitExceeded", said, {"retry-after": str(wait)})


def exports(request: httpx.Request) -> bool:
    return re.match(r"/api/v2/incremental/", request.url.path) is not None
