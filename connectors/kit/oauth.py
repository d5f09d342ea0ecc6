"""OAuth on the way out: which token a call carries, when it is renewed, and that of all workers only one renews."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from connectors.kit.calls import Answer, Ask, Bounds
from connectors.kit.contract import Tokens
from connectors.kit.errors import AuthFailed, Retry, Unclear, VendorError
from connectors.kit.transport import Rules

Renew = Callable[[str | None], Tokens]
"""Asks the vendor for new tokens; is handed the refresh token, or None where there is none."""

AHEAD = timedelta(minutes=1)
"""A token with less than this left, or with less than half of a short life, is renewed before the next call."""
BRISK = Bounds(connect=5.0, read=10.0, total=15.0, tries=2, patience=2.0, queue=5.0)
"""A renewal is short, because all workers wait for it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A stored access token, and from when until when it is good (aware UTC; `expires` None: nobody knows)."""

    access: str
    since: datetime
    expires: datetime | None

    def __repr__(self) -> str:
        return f"Held({self.since}, {self.expires})"

    def due(self, now: datetime) -> bool:
        if self.expires is None or self.expires <= self.since:  # a life that is none was told by mistake
            return False
        return now >= self.expires - min(AHEAD, (self.expires - self.since) / 2)


class Store(Protocol):
    """Where a connection's tokens are kept, for all workers together."""

    def held(self) -> Held | None:
        """What was stored last. None: nobody renewed yet."""

    def renewed(self, spent: str | None, ask: Renew) -> Held:
        """A token other than `spent`, which is of no use any more.

        Who comes first calls `ask`, and what it gave is stored before anybody uses it. Who comes later waits and takes what
        was stored; nobody is asked. Raises what `ask` raises, and `Retry('renewal_busy')` where the first takes too long.
        """


class InMemory:
    """A store for one process. `refresh`: the refresh token to begin with."""

    def __init__(self, now: Callable[[], datetime], refresh: str | None = None) -> None:
        self._now = now
        self._refresh = refresh
        self._held: Held | None = None
        self._lock = threading.Lock()

    def held(self) -> Held | None:
        return self._held

    def renewed(self, spent: str | None, ask: Renew) -> Held:
        with self._lock:
            if self._held is None or self._held.access == spent:
                given = ask(self._refresh)
                self._refresh = given.refresh if given.refresh is not None else self._refresh
                self._held = Held(given.access, self._now(), given.expires)
            return self._held


class Bearer:
    """Puts the connection's token on its calls. `hosts`: who may see it, as host or host:port; none named: whoever is called."""

    def __init__(self, rules: Rules, store: Store, renew: Renew, hosts: Collection[str] = ()) -> None:
        self._rules, self._store, self._renew = rules, store, renew
        self._hosts = frozenset(host.lower() for host in hosts)
        self._here = threading.local()
        self._held: Held | None = None

    @property
    def renewing(self) -> bool:
        """In this thread: its calls carry no token."""
        return getattr(self._here, "renewing", False)

    def covers(self, ask: Ask) -> bool:
        parts = urlsplit(ask.url)
        return not self.renewing and (not self._hosts or not self._hosts.isdisjoint({parts.netloc.lower(), parts.hostname}))

    def send(self, ask: Ask, perform: Callable[[Ask], Answer]) -> Answer:
        """Renews ahead of time, and once after a 401. Raises `AuthFailed` where the vendor refuses a new token as well."""
        held = self._ready()
        asked = self._asked
        while (answer := perform(_carrying(ask, held.access))).status == 401:
            if self._asked > asked:
                raise AuthFailed("token_refused", status=401)
            held = self._renewed(held.access)  # perhaps another worker's, and spent as well: then once more
        return answer

    @property
    def _asked(self) -> int:
        """How often this thread asked the vendor for tokens."""
        return getattr(self._here, "asked", 0)

    def _ready(self) -> Held:
        held = self._held if self._held is not None else self._store.held()
        asked = self._asked
        while held is None or (held.due(self._rules.now()) and asked == self._asked):
            held = self._renewed(None if held is None else held.access)
        self._rules.hide(held.access)
        self._held = held
        return held

    def _renewed(self, spent: str | None) -> Held:
        self._held = self._store.renewed(spent, self._ask)
        self._rules.hide(self._held.access)
        return self._held

    def _ask(self, refresh: str | None) -> Tokens:
        if refresh is not None:
            self._rules.hide(refresh)
        self._here.asked = self._asked + 1
        self._here.renewing = True
        try:
            given = self._renew(refresh)
        except VendorError as error:
            raise _told(error) from None  # what a token endpoint says may hold the token
        finally:
            self._here.renewing = False
        self._rules.hide(*(token for token in (given.access, given.refresh) if token is not None))
        return given


def brisk(bounds: Bounds) -> Bounds:
    """The bounds of a renewal, where a call's own are not tighter."""
    return Bounds(**{each.name: min(getattr(bounds, each.name), getattr(BRISK, each.name)) for each in fields(Bounds)})


def _carrying(ask: Ask, access: str) -> Ask:
    """SDKs insist on sending credentials of their own: these go."""
    kept = [(name, value) for name, value in ask.headers if name.lower() != "authorization"]
    return replace(ask, headers=[*kept, ("authorization", f"Bearer {access}")])


def _told(error: VendorError) -> VendorError:
    """The call that waited for the token was never sent, so it is neither unclear nor refused: it waits, or a person helps."""
    data = {"status": error.data["status"]} if "status" in error.data else {}
    if isinstance(error, Retry):
        return Retry(error.code, after=error.after, quota=error.quota, **data)
    if isinstance(error, Unclear):
        return Retry(error.code, **data)
    return AuthFailed("reconnect", why=error.code, **data)
