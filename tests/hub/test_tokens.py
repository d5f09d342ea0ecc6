"""OAuth tokens: one renewal per expiry however many workers there are, and none of what the vendor gave is lost. (I12, pain 19)"""

from __future__ import annotations

import base64
import dataclasses
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from rotating import FIRST, LIFE, Rotating
from sqlalchemy import Engine, text
from token_worker import NAME, hub_of, outcome

from connectors.kit.contract import Tokens
from connectors.kit.errors import AuthFailed, Retry, Unclear
from connectors.kit.faults import Fault
from connectors.kit.twin import Running, TwinClock, serve, stop
from hub import connections, tokens
from hub.clock import ManualClock
from hub.context import Hub
from hub.settings import Settings
from hub.sync import sync
from hub.tokens import DatabaseTokens

ROOT = Path(__file__).parents[2]
START = datetime(2026, 3, 2, tzinfo=UTC)
WORKERS, THREADS = 5, 10


class Vendor:
    """A vendor that rotates, the hub that is connected to it, and worker processes over the same database."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.settings = settings
        self.clock = ManualClock(START)
        self.twin = Rotating(clock=TwinClock(START, speed=0))
        self.served: Running = serve(self.twin)
        self.host = self.served.url.partition("://")[2]
        self.hub: Hub = hub_of(settings, engine, self.clock, self.host)
        self.workers: list[subprocess.Popen[str]] = []
        self.log = settings.home / "workers.log"
        self.connect(FIRST)

    def connect(self, refresh: str, **more: Any) -> None:
        given = {"base_url": self.served.url, "refresh_token": refresh, **more}
        with self.hub.engine.begin() as database:
            connections.add(self.hub, database, "rotating", NAME, given, every=60.0, replace=True)

    @property
    def connection(self) -> connections.Connection:
        with self.hub.engine.connect() as database:
            return connections.load(self.hub, database)[NAME]

    def check(self) -> str:
        with connections.opened(self.hub, self.connection) as connector:
            return outcome(connector)

    def row(self) -> Any:
        with self.hub.engine.connect() as database:
            return database.execute(text("SELECT * FROM token")).one()

    def wait(self, seconds: float) -> None:
        self.twin.clock.advance(seconds)
        self.clock.set(self.twin.clock.now())

    def worker(self, threads: int = THREADS, how: str = "lives") -> subprocess.Popen[str]:
        command = [sys.executable, str(ROOT / "tests/hub/token_worker.py"), str(self.settings.database_url)]
        with self.log.open("a") as log:
            process = subprocess.Popen(
                [*command, str(self.settings.home), self.host, str(threads), how],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT,
                env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
            )  # fmt: skip
        self.workers.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", self.log.read_text()
        return process

    def all_call(self) -> list[str]:
        """Every thread of every worker process, at once."""
        for process in self.workers:
            assert process.stdin is not None
            process.stdin.write(self.twin.clock.now().isoformat() + "\n")
            process.stdin.flush()
        said = []
        for process in self.workers:
            assert process.stdout is not None
            said += json.loads(process.stdout.readline())
        return said

    def close(self) -> None:
        for process in self.workers:
            process.communicate()
        stop(self.served)


@pytest.fixture
def vendor(settings: Settings, engine: Engine) -> Iterator[Vendor]:
    settings.home.mkdir()
    made = Vendor(settings, engine)
    yield made
    made.close()


def expiries(vendor: Vendor, count: int) -> None:
    for _ in range(WORKERS):
        vendor.worker()
    for expiry in range(1, count + 1):
        assert vendor.all_call() == ["rotating"] * WORKERS * THREADS
        assert (vendor.twin.renewals, vendor.twin.reuses, vendor.row().generation) == (expiry, 0, expiry)
        vendor.twin.revoke() if expiry % 3 == 0 else vendor.wait(LIFE if expiry % 3 == 1 else LIFE - 30)
    assert vendor.connection.state == "active"


def test_pain_19_fifty_workers_at_expiry_renew_once_and_nobody_has_to_connect_again(vendor: Vendor) -> None:
    """comp #3143, open-wearables #1433, infusionsoft-php #220: refreshes that raced killed connections."""
    expiries(vendor, 12)


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_i12_a_thousand_expiries(vendor: Vendor) -> None:
    expiries(vendor, 1_000)


def test_what_the_vendor_gave_is_stored_before_it_is_used(vendor: Vendor) -> None:
    stored: list[str] = []
    route = vendor.twin.route

    def watched(request: Any) -> Any:
        if request.url.path == "/things":
            held = DatabaseTokens(vendor.hub, NAME).held()
            stored.append("none" if held is None else held.access)
        return route(request)

    vendor.twin.route = watched  # type: ignore[method-assign]  # looks at the database when the token is used
    assert vendor.check() == "rotating"
    assert stored == [vendor.twin.access]


def test_tokens_are_sealed_each_for_its_place(vendor: Vendor) -> None:
    vendor.check()
    row = vendor.row()
    assert vendor.hub.vault.open(row.access, NAME, tokens.ACCESS) == vendor.twin.access
    assert vendor.hub.vault.open(row.refresh, NAME, tokens.REFRESH) == vendor.twin.refresh
    with vendor.hub.engine.connect() as database:
        everything = str(database.execute(text("SELECT * FROM token, connection")).all())
    for secret in (FIRST, vendor.twin.access, vendor.twin.refresh):
        assert secret not in everything


@pytest.mark.parametrize("alone", [False, True])
def test_killed_between_answer_and_commit(vendor: Vendor, alone: bool) -> None:
    """The old row stays, nobody waits for the dead, and the next renewal says what is true: reconnect, or the client itself."""
    vendor.connect(FIRST, alone=alone)
    vendor.check()
    before = vendor.row()
    vendor.wait(LIFE)
    dying = vendor.worker(1, "dies")
    assert dying.stdin is not None
    dying.stdin.write(vendor.twin.clock.now().isoformat() + "\n")
    dying.stdin.flush()
    assert dying.wait(20) == -9
    assert vendor.twin.renewals == 2
    assert vendor.row() == before
    said = vendor.check()
    if alone:
        assert (said, vendor.row().generation) == ("rotating", before.generation + 1)
    else:
        assert said.startswith("reconnect")
        assert vendor.row() == before


def cut(vendor: Vendor) -> None:
    """Ends the database session that holds the row: what the server does with a renewal that hangs."""
    with vendor.hub.engine.begin() as database:
        query = (
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
        )
        assert database.execute(text(query)).scalar_one() == 1


def test_the_loser_takes_the_winners_token_though_its_own_was_refused(vendor: Vendor) -> None:
    store = DatabaseTokens(vendor.hub, NAME)

    def ask(refresh: str | None) -> Tokens:
        cut(vendor)
        assert vendor.check() == "rotating"  # somebody else, who gets the lock
        raise AuthFailed("invalid_grant")

    assert store.renewed(None, ask).access == vendor.twin.access
    assert vendor.row().generation == 1


def test_the_loser_never_discards_the_winners_token(vendor: Vendor) -> None:
    store = DatabaseTokens(vendor.hub, NAME)

    def ask(refresh: str | None) -> Tokens:
        cut(vendor)
        assert vendor.check() == "rotating"
        return Tokens("late", "late")

    held = store.renewed(None, ask)
    assert (held.access, vendor.row().generation) == (vendor.twin.access, 1)
    assert store.held() == held


def test_what_was_given_is_stored_although_the_database_session_died(vendor: Vendor) -> None:
    store = DatabaseTokens(vendor.hub, NAME)

    def ask(refresh: str | None) -> Tokens:
        cut(vendor)
        return Tokens("given once", "and this")

    assert store.renewed(None, ask).access == "given once"
    assert store.held() == store.renewed(None, ask)
    assert vendor.row().generation == 1


def test_an_error_is_told_as_itself_although_the_database_session_died(vendor: Vendor) -> None:
    def ask(refresh: str | None) -> Tokens:
        cut(vendor)
        raise Retry("rate_limited", after=3.0)

    with pytest.raises(Retry, match="rate_limited"):
        DatabaseTokens(vendor.hub, NAME).renewed(None, ask)


def test_a_renewal_that_hangs_blocks_nobody_for_ever(vendor: Vendor) -> None:
    """Others are told to come again after the lock's time-out; after the idle time-out the lock is free, and the next one renews."""
    released = threading.Event()
    asked = threading.Event()

    def hang(refresh: str | None) -> Tokens:
        asked.set()
        assert released.wait(30)
        raise Unclear("no_answer")

    store = DatabaseTokens(vendor.hub, NAME, lock_within=200, idle_within=2_000)
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(store.renewed, None, hang)
        assert asked.wait(10)
        with pytest.raises(Retry) as busy:
            store.renewed(None, lambda _: Tokens("never"))
        assert (busy.value.code, busy.value.after) == ("renewal_busy", tokens.AGAIN)
        began = time.monotonic()
        assert vendor.check() == "rotating"
        assert time.monotonic() - began < 10
        released.set()
        with pytest.raises(Unclear):
            hanging.result(20)
    assert vendor.row().generation == 1


def test_the_first_refresh_token_comes_from_the_settings_and_is_used_once(vendor: Vendor) -> None:
    for _ in range(3):
        assert vendor.check() == "rotating"
        vendor.wait(LIFE)
    vendor.connect(FIRST)  # the same settings again, as `hub up` reads them from a file at each start
    assert vendor.check() == "rotating"
    assert (vendor.twin.renewals, vendor.twin.reuses) == (4, 0)


def test_a_vendor_that_does_not_rotate_keeps_its_refresh_token(vendor: Vendor) -> None:
    asked: list[str | None] = []

    def ask(refresh: str | None) -> Tokens:
        asked.append(refresh)
        return Tokens(f"access {len(asked)}")

    store = DatabaseTokens(vendor.hub, NAME)
    first = store.renewed(None, ask)
    store.renewed(first.access, ask)
    assert asked == [FIRST, FIRST]


def test_invalid_grant_pauses_until_a_person_connects_again_and_what_is_queued_stays(vendor: Vendor) -> None:
    assert sync(vendor.hub, vendor.connection) is not None
    vendor.wait(LIFE)
    vendor.twin.refresh = ""  # the vendor ended the sign-in
    with vendor.hub.engine.begin() as database:
        columns = "key, connection, object, verb, golden_id, entity, fields, mapping, planned_at, next_at"
        values = "'k', :name, 'things', 'update', 'g', 'account', '{}', '1', 0, 0"
        database.execute(text(f"INSERT INTO intent ({columns}) VALUES ({values})"), {"name": NAME})
    outcome = sync(vendor.hub, vendor.connection)
    assert outcome is not None
    assert outcome.error is not None
    assert (outcome.error["code"], outcome.error["data"]["why"], outcome.error["kind"]) == (
        "reconnect",
        "invalid_grant",
        "AuthFailed",
    )
    assert vendor.connection.state == "reconnect"
    with vendor.hub.engine.connect() as database:
        assert database.execute(text("SELECT status FROM intent")).scalars().all() == ["planned"]

    vendor.twin.refresh = "entered by a person"
    vendor.connect("entered by a person")
    assert (vendor.row().access, vendor.row().refresh) == (None, None)
    outcome = sync(vendor.hub, vendor.connection)
    assert outcome is not None
    assert outcome.error is None
    assert vendor.connection.state == "active"


def test_settings_that_change_during_a_renewal_win(vendor: Vendor) -> None:
    """The old sign-in's token is nobody's any more: it is not stored over the new beginning."""
    store = DatabaseTokens(vendor.hub, NAME)

    def ask(refresh: str | None) -> Tokens:
        cut(vendor)
        vendor.connect("another one")
        return Tokens("of the old sign-in")

    with pytest.raises(Retry, match="renewal_busy"):
        store.renewed(None, ask)
    assert vendor.row().access is None


def test_a_connection_that_was_removed_takes_its_tokens_along(vendor: Vendor) -> None:
    vendor.check()
    connection = vendor.connection
    with vendor.hub.engine.begin() as database:
        connections.remove(database, NAME)
        assert database.execute(text("SELECT count(*) FROM token")).scalar_one() == 0
    with connections.opened(vendor.hub, connection) as connector:
        assert outcome(connector).startswith("reconnect (why='connection_removed'")
    with vendor.hub.engine.connect() as database:
        assert database.execute(text("SELECT count(*) FROM token")).scalar_one() == 0


def test_no_token_is_in_any_log(vendor: Vendor) -> None:
    """Logs of real processes at debug level, with a vendor that repeats tokens in its errors."""
    vendor.worker(2)
    secrets = {FIRST}
    for spoil in (
        lambda: vendor.twin.armed.arm(Fault.RATE_LIMITED, match="/oauth"),
        vendor.twin.revoke,
        lambda: vendor.wait(LIFE),
    ):
        vendor.all_call()
        secrets |= {vendor.twin.access, vendor.twin.refresh}
        spoil()
    vendor.twin.refresh = ""
    said = str(vendor.all_call()) + str(dataclasses.asdict(vendor.connection))
    assert "reconnect" in said
    secrets.discard("")
    assert len(secrets) >= 5
    text_ = vendor.log.read_text() + said
    assert "vendor_call" in text_
    for secret in secrets:
        coded = base64.b64encode(secret.encode()).decode()[:-4]
        for form in (secret, quote(secret, safe=""), coded, secret.encode().hex(), json.dumps(secret)[1:-1]):
            assert form not in text_
