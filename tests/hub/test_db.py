"""The engine, repeated transactions, migrations."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from hub import db
from hub.clock import ManualClock
from hub.words import Problem

ROOT = Path(__file__).parents[2]
UPGRADE = "import sys; from hub import db; db.upgrade(sys.argv[1])"


def test_every_connection_has_time_outs_and_speaks_utc(engine: Engine) -> None:
    with engine.connect() as connection:
        shown = [
            connection.execute(text(f"SHOW {name}")).scalar_one()
            for name in ("statement_timeout", "idle_in_transaction_session_timeout", "timezone")
        ]
    assert shown == ["1min", "1min", "UTC"]


def test_a_statement_over_its_time_is_ended(database_url: str) -> None:
    engine = db.engine(database_url, statement_within=50)
    with pytest.raises(OperationalError, match="statement timeout"), engine.connect() as connection:
        connection.execute(text("SELECT pg_sleep(30)"))
    engine.dispose()


def test_a_deadlock_repeats_the_whole_transaction(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counter (name text PRIMARY KEY, n int)"))
        connection.execute(text("INSERT INTO counter VALUES ('a', 0), ('b', 0)"))
    both_hold_one = threading.Barrier(2)
    tries = []

    def add(first: str, second: str) -> None:
        def work(connection: Connection) -> None:
            tries.append(first)
            connection.execute(text("UPDATE counter SET n = n + 1 WHERE name = :name"), {"name": first})
            if tries.count(first) == 1:
                both_hold_one.wait(timeout=10)
            connection.execute(text("UPDATE counter SET n = n + 1 WHERE name = :name"), {"name": second})

        db.transaction(engine, work)

    threads = [threading.Thread(target=add, args=order) for order in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT n FROM counter ORDER BY name")).scalars().all() == [2, 2]
    assert len(tries) == 3


def test_other_errors_are_not_repeated(engine: Engine) -> None:
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("SELECT 1 / 0"))

    with pytest.raises(DBAPIError, match="division by zero"):
        db.transaction(engine, work)
    assert tries == [1]


def test_a_serialization_failure_of_the_driver_itself_is_repeated_but_not_for_ever(engine: Engine) -> None:
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.connection.driver_connection.execute("DO $$ BEGIN RAISE serialization_failure; END $$")  # type: ignore[union-attr]  # psycopg

    clock = ManualClock()
    with pytest.raises(psycopg.errors.SerializationFailure):
        db.transaction(engine, work, clock=clock)
    assert len(tries) == db.ATTEMPTS
    assert clock.monotonic() > 0


def test_a_migrated_database_passes_and_a_changed_one_is_told(database_url: str, engine: Engine) -> None:
    db.check(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE stray (n int)"))
    with pytest.raises(Problem) as raised:
        db.check(database_url)
    assert raised.value.code == "database_drifted"
    assert "stray" in raised.value.data["differences"]


def test_an_empty_database_is_behind_until_upgraded_and_can_go_back(bare_database_url: str) -> None:
    with pytest.raises(Problem) as raised:
        db.check(bare_database_url)
    assert raised.value.code == "database_behind"
    db.upgrade(bare_database_url)
    db.check(bare_database_url)
    db.downgrade(bare_database_url, "base")
    db.upgrade(bare_database_url)
    db.check(bare_database_url)


def test_a_database_that_is_not_there_is_a_problem_that_names_the_remedy() -> None:
    with pytest.raises(Problem) as raised:
        db.check("postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=2")
    assert raised.value.code == "database_unreachable"


def test_two_programs_may_upgrade_at_once(bare_database_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        # Alembic's context is one per process, so these are real processes.
        list(
            pool.map(
                lambda _: subprocess.run([sys.executable, "-c", UPGRADE, bare_database_url], check=True, cwd=ROOT), range(2)
            )
        )
    db.check(bare_database_url)
