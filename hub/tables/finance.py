"""Who may sign, and what they signed. Snapshots, signatures and adjustments are only ever added: a trigger refuses the rest."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Identity, Index, Integer, LargeBinary, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from hub.tables.base import instant, metadata

person = Table(
    "person",
    metadata,
    Column("name", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    instant("at", nullable=False),
)

snapshot = Table(  # its state is its last signature's
    "snapshot",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("hash", Text, nullable=False),  # of inputs, policy and report
    Column("inputs", LargeBinary, nullable=False),  # compressed
    Column("report", LargeBinary, nullable=False),  # compressed
    instant("as_of", nullable=False),
    Column("known_at", BigInteger, nullable=False),  # position of the log
    Column("policy", JSONB, nullable=False),  # name, version, hash
    Column("sign_off", Text, nullable=False),  # four_eyes | single
    Column("complete", Boolean, nullable=False),
    Column("ties_out", Boolean, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("by", Text, nullable=False),
    instant("at", nullable=False),
)
Index("ix_snapshot_as_of", snapshot.c.as_of)

signature = Table(  # who, when, what, of which bytes
    "signature",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("snapshot", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("old", Text, nullable=False),
    Column("new", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("accepted", JSONB, nullable=False),  # [{account, currency, difference, reason, comment}, ...]
    Column("comment", Text),
    instant("at", nullable=False),
)
Index("uq_signature_old", signature.c.snapshot, signature.c.old, unique=True)  # nobody signs the same step twice

adjustment = Table(  # beside the figures, never in them; the newest of an account and currency stands
    "adjustment",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("account", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", Numeric, nullable=False),
    instant("until", nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    instant("at", nullable=False),
)
Index("ix_adjustment_account", adjustment.c.account, adjustment.c.currency)
