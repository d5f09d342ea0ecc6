"""Runs that are open, found without looking at all that ever ran."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_run_open", "run", ["status", "connection"], unique=False,
        postgresql_where=sa.text("status IN ('requested', 'running', 'waiting')"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_run_open", table_name="run")
