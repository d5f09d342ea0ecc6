"""Alembic's entry: runs the revisions in one transaction, one process at a time."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, text

from hub.tables import metadata

ONE_AT_A_TIME = 0x_C0_0C_0D


def main() -> None:
    engine = create_engine(context.config.attributes["url"])
    try:
        with engine.connect() as connection:
            context.configure(
                connection=connection, target_metadata=metadata, transaction_per_migration=False, compare_type=True
            )
            with context.begin_transaction():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
                context.run_migrations()
    finally:
        engine.dispose()


main()
