"""Doorbells: what webhooks told, and OAuth tokens that are renewed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stream", sa.Column("said_at", sa.BigInteger(), nullable=True))
    op.add_column("refetch", sa.Column("asked", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("waits", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    op.create_index(
        "uq_inbox_event", "inbox", ["connection", "event"], unique=True,
        postgresql_where=sa.text("why IS DISTINCT FROM 'id_reuse'"),
    )  # fmt: skip
    op.create_index(
        "ix_inbox_waits", "inbox", ["waits"], unique=False, postgresql_using="gin",
        postgresql_where=sa.text("state = 'waiting'"),
    )  # fmt: skip
    op.create_index("ix_inbox_open", "inbox", ["connection", "state"], unique=False)
    op.create_table(
        "token",
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=True),
        sa.Column("refresh", sa.Text(), nullable=True),
        sa.Column("generation", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("renewed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("connection", name=op.f("pk_token")),
    )


def downgrade() -> None:
    op.drop_table("token")
    op.drop_table("inbox")
    op.drop_column("refetch", "asked")
    op.drop_column("stream", "said_at")
