"""What is agreed: golden records with their links, conflicts and suspected duplicates."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, Column, Float, Index, Integer, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from hub.tables.base import instant, metadata

golden = Table(
    "golden",
    metadata,
    Column("id", Text, primary_key=True),
    Column("entity", Text, nullable=False),
    Column("values", JSONB, nullable=False),
    Column("verdicts", Text, nullable=False),  # [[reason, winner, [field, ...]], ...]
    Column("contested", JSONB, nullable=False),  # {field: conflict id}
    Column("smallest", Text, nullable=False),  # smallest record key: its name in digests
    Column("born", BigInteger, nullable=False),  # position; the older of two that join keeps its id
    Column("version", BigInteger, nullable=False),
    Column("documents", Text, nullable=False),  # versions that made the verdicts: rules, ARR policy
    Column("records", Integer, nullable=False),  # living linked records; 0: nobody speaks for it any more
    instant("next_at"),
)
Index("ix_golden_entity", golden.c.entity, golden.c.smallest)
Index("ix_golden_next", golden.c.next_at, postgresql_where=golden.c.next_at.isnot(None))

alias = Table("alias", metadata, Column("old", Text, primary_key=True), Column("golden_id", Text, nullable=False))

golden_ref = Table(
    "golden_ref",
    metadata,
    Column("child", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("parent", Text, nullable=False),
    PrimaryKeyConstraint("child", "field", "parent"),
)
Index("ix_golden_ref_parent", golden_ref.c.parent)

conflict = Table(
    "conflict",
    metadata,
    Column("id", Text, nullable=False),
    Column("golden_id", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("reason", Text, nullable=False),
    instant("opened_at", nullable=False),
    PrimaryKeyConstraint("golden_id", "field"),
)
Index("ix_conflict_id", conflict.c.id)

duplicate = Table(
    "duplicate",
    metadata,
    Column("entity", Text, nullable=False),
    Column("a", Text, nullable=False),  # record keys (smallest of each golden record), a < b
    Column("b", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("evidence", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False, server_default="open"),  # open | not_same
    PrimaryKeyConstraint("entity", "a", "b"),
)
