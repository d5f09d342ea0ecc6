"""OAuth tokens: sealed, renewed by one worker under the lock of their row, and committed before anybody uses them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import errors
from sqlalchemy import Connection as Database
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from connectors.kit.contract import Tokens
from connectors.kit.errors import AuthFailed, Retry, VendorError
from connectors.kit.oauth import Held, Renew
from hub.clock import from_micros, to_micros
from hub.context import Hub

LOCK_WITHIN, IDLE_WITHIN = 45_000, 90_000
"""Milliseconds: so long a worker waits for another's renewal, and so long a renewal may take before it loses the lock. Its calls
are bounded (`connectors.kit.oauth.BRISK`), so that it ends before."""
SAVES = 6
"""Tries to store what the vendor gave: it gives it once."""
AGAIN = 5.0
"""Seconds after which it is worth asking again."""
SETTING = "refresh_token"
"""The setting that holds the first refresh token. From the first renewal on the row's is used."""
ACCESS, REFRESH = "token.access", "token.refresh"
"""What sealed tokens are bound to, beside their connection."""

_READ = (
    "SELECT t.access, t.refresh, t.generation, t.expires, t.renewed_at, c.config->>CAST(:setting AS text) AS first"
    " FROM token t JOIN connection c ON c.name = t.connection WHERE t.connection = :connection"
)


@dataclass(frozen=True, slots=True)
class Row:
    """What is stored, unsealed. `generation` rises with each renewal, and when a person enters another refresh token."""

    held: Held | None
    refresh: str | None
    generation: int


class DatabaseTokens:
    """One connection's tokens, for all workers. Implements `connectors.kit.oauth.Store`."""

    def __init__(self, hub: Hub, connection: str, *, lock_within: int = LOCK_WITHIN, idle_within: int = IDLE_WITHIN) -> None:
        self._hub, self._connection = hub, connection
        self._limits = {"lock_timeout": lock_within, "idle_in_transaction_session_timeout": idle_within}

    def held(self) -> Held | None:
        with self._hub.engine.connect() as database:
            row = self._read(database)
        return None if row is None else row.held

    def renewed(self, spent: str | None, ask: Renew) -> Held:
        answer: Tokens | VendorError | None = None
        try:
            with self._locked() as (database, seen):
                if seen.held is not None and seen.held.access != spent:
                    return seen.held
                answer = _answer(ask, seen.refresh)
                self._hub.point("tokens_answered")
                if isinstance(answer, Tokens):
                    return self._store(database, answer)
        except DBAPIError as error:
            if isinstance(error.orig, errors.LockNotAvailable):
                raise Retry("renewal_busy", after=AGAIN) from None
            if answer is None:
                raise
        # Refused, or the lock was lost with its database session.
        return self._store_after_all(seen, answer) if isinstance(answer, Tokens) else self._unless_others(seen, answer)

    def _unless_others(self, seen: Row, refused: VendorError) -> Held:
        """A refresh token that is refused may have been spent by somebody who was quicker: then theirs is good."""
        with self._hub.engine.connect() as database:
            row = self._read(database)
        if isinstance(refused, AuthFailed) and row is not None and row.generation != seen.generation and row.held is not None:
            return row.held
        raise refused

    def _store_after_all(self, seen: Row, given: Tokens) -> Held:
        """Unless somebody renewed meanwhile: never over a winner's."""
        for attempt in range(1, SAVES + 1):
            try:
                with self._locked() as (database, row):
                    if row.generation == seen.generation:
                        return self._store(database, given)
                    if row.held is not None:
                        return row.held
                    raise Retry("renewal_busy", after=AGAIN)
            except DBAPIError:
                if attempt == SAVES:
                    raise
                self._hub.clock.sleep(2**attempt / 4)
        raise AssertionError("unreachable")

    @contextmanager
    def _locked(self) -> Iterator[tuple[Database, Row]]:
        """A transaction that holds the row. Its time-outs are the server's: they hold however this process ends."""
        with self._hub.engine.begin() as database:
            database.execute(
                text("INSERT INTO token (connection) SELECT name FROM connection WHERE name = :name ON CONFLICT DO NOTHING"),
                {"name": self._connection},
            )
        with self._hub.engine.begin() as database:
            for name, within in self._limits.items():
                database.execute(text("SELECT set_config(:name, :within, true)"), {"name": name, "within": str(within)})
            row = self._read(database, " FOR UPDATE OF t")
            if row is None:
                raise AuthFailed("reconnect", why="connection_removed")
            yield database, row

    def _read(self, database: Database, lock: str = "") -> Row | None:
        found = database.execute(text(_READ + lock), {"setting": SETTING, "connection": self._connection}).one_or_none()
        if found is None:
            return None
        access = self._opened(found.access, ACCESS)
        expires = None if found.expires is None else from_micros(found.expires)
        held = None if access is None else Held(access, from_micros(found.renewed_at), expires)
        refresh = self._opened(found.refresh, REFRESH)
        return Row(held, refresh if refresh is not None else self._opened(found.first, SETTING), found.generation)

    def _store(self, database: Database, given: Tokens) -> Held:
        now = self._hub.clock.now()
        seal = self._hub.vault.seal
        database.execute(
            text(
                "UPDATE token SET access = :access, refresh = coalesce(:refresh, refresh), expires = :expires, renewed_at = :now,"
                " generation = generation + 1 WHERE connection = :connection"
            ),
            {
                "access": seal(given.access, self._connection, ACCESS),
                "refresh": None if given.refresh is None else seal(given.refresh, self._connection, REFRESH),
                "expires": None if given.expires is None else to_micros(given.expires),
                "now": to_micros(now), "connection": self._connection,
            },
        )  # fmt: skip
        return Held(given.access, now, given.expires)

    def _opened(self, sealed: str | None, field: str) -> str | None:
        return None if sealed is None else self._hub.vault.open(sealed, self._connection, field)


def forget(database: Database, connection: str) -> None:
    """A person entered another refresh token: what was got with the old one is nobody's any more."""
    database.execute(
        text(
            "UPDATE token SET access = NULL, refresh = NULL, expires = NULL, generation = generation + 1 WHERE connection = :name"
        ),
        {"name": connection},
    )


def _answer(ask: Renew, refresh: str | None) -> Tokens | VendorError:
    """As a value, so that it outlives a transaction that died meanwhile."""
    try:
        return ask(refresh)
    except VendorError as error:
        return error
