"""The database: engine, transactions that are repeated whole, migrations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import errors
from sqlalchemy import Connection, Engine, MetaData, create_engine
from sqlalchemy.exc import DBAPIError, OperationalError

from hub.chance import Chance
from hub.clock import Clock, SystemClock
from hub.words import Problem

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"
STATEMENT_WITHIN = IDLE_WITHIN = 60_000
"""Milliseconds: a statement, and a transaction in which nothing happens, are ended by the server after this."""
ATTEMPTS = 8


def engine(url: str, *, pool_size: int = 5, statement_within: int = STATEMENT_WITHIN) -> Engine:
    """An engine whose every connection has time-outs and speaks UTC."""
    limits = {"statement_timeout": statement_within, "idle_in_transaction_session_timeout": IDLE_WITHIN, "timezone": "UTC"}
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return create_engine(
        url,
        pool_size=pool_size,
        pool_pre_ping=True,
        connect_args={"options": options, "connect_timeout": 10, "application_name": "concord"},
    )


def transaction(
    engine: Engine, work: Callable[[Connection], T], *, clock: Clock | None = None, chance: Chance | None = None
) -> T:
    """`work` in one transaction, from the start again after a deadlock or serialization failure: it must be safe to repeat."""
    clock, chance = clock or SystemClock(), chance or Chance()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with engine.begin() as connection:
                return work(connection)
        except (DBAPIError, psycopg.Error) as error:
            if attempt == ATTEMPTS or not repeats(error):
                raise
        clock.sleep(chance.between(0.5, 1.0) * 0.02 * 2**attempt)
    raise AssertionError("unreachable")


def repeats(error: BaseException) -> bool:
    """Did the server undo the whole transaction so that others could go on?"""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, errors.DeadlockDetected | errors.SerializationFailure)


def upgrade(url: str, revision: str = "head") -> None:
    """Brings the tables to this program's shape. Several processes at once: one does it, the others wait.

    Raises Problem `database_unreachable`.
    """
    try:
        command.upgrade(_config(url), revision)
    except OperationalError as error:
        raise Problem("database_unreachable", why=str(error.orig).strip()) from error


def downgrade(url: str, revision: str) -> None:
    command.downgrade(_config(url), revision)


def check(url: str) -> None:
    """Raises Problem `database_unreachable`, `database_behind` or `database_drifted`."""
    from hub.tables import metadata

    source = create_engine(url)
    try:
        with source.connect() as connection:
            _check(connection, metadata)
    except OperationalError as error:
        raise Problem("database_unreachable", why=str(error.orig).strip()) from error
    finally:
        source.dispose()


def _check(connection: Connection, metadata: MetaData) -> None:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
    found, needed = context.get_current_revision(), ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if found != needed:
        raise Problem("database_behind", found=found or "none", needed=needed)
    differences = compare_metadata(context, metadata)
    if differences:
        raise Problem("database_drifted", differences="; ".join(_told(one) for one in differences[:8]))


def _told(difference: Any) -> str:
    """`add_table alias`, from Alembic's tuples (changes of a column come as lists of them)."""
    parts = difference[0] if isinstance(difference, list) else difference
    return " ".join(str(getattr(part, "name", part)) for part in parts if part is not None and not isinstance(part, dict))


def _config(url: str) -> Config:
    # No alembic.ini: nothing but this program's settings says where the database is.
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config
