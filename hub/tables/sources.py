"""Whom we read, and what each record there says: connections, streams, records, what was refused."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Float,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from hub.tables.base import instant, metadata

connection = Table(
    "connection",
    metadata,
    Column("name", Text, primary_key=True),
    Column("connector", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("writes", Text, nullable=False, server_default="off"),
    Column("mode", Text, nullable=False, server_default="live"),  # live | test: what its test objects bill counts
    Column("may_hold", ARRAY(Text), nullable=False),
    Column("config", JSONB, nullable=False),  # secrets are sealed strings
    Column("every", Float),  # seconds; null: the connector's own
    Column("state", Text, nullable=False, server_default="active"),  # active | paused | reconnect
    Column("why", JSONB),  # code and data of the state
    Column("confirmed", Boolean, nullable=False, server_default=text("false")),  # first delivery seen by a person
    Column("waived", Boolean, nullable=False, server_default=text("false")),  # writes need not wait for its first scan
    Column("workspace", Text),
    instant("next_pull"),
    Column("failures", Integer, nullable=False, server_default="0"),
    instant("created_at", nullable=False),
)

stream = Table(
    "stream",
    metadata,
    Column("connection", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("cursor", Text),
    instant("horizon"),  # start of the last pull that was complete up to its cursor
    instant("first_scan"),  # when the first scan was complete
    Column("source_says", BigInteger),  # the vendor's own count, when last asked
    instant("said_at"),
    Column(
        "read", BigInteger, nullable=False, server_default="0"
    ),  # distinct records ever read, counted before anything is stored
    PrimaryKeyConstraint("connection", "object"),
)

token = Table(  # OAuth tokens: renewed under the lock of this row, stored before they are used
    "token",
    metadata,
    Column("connection", Text, primary_key=True),
    Column("access", Text),  # sealed
    Column("refresh", Text),  # sealed
    Column("generation", BigInteger, nullable=False, server_default="0"),
    instant("expires"),
    instant("renewed_at"),
)

record = Table(
    "record",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("connection", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("entity", Text),  # null: read and kept, mapped to nothing
    Column("golden_id", Text),
    Column("position", BigInteger, nullable=False),  # its newest observation; the body lies in payload
    Column("hash", LargeBinary, nullable=False),
    Column("version", Text),
    Column("sheet", Text, nullable=False),
    Column("anchor", Text),  # the golden id that a delivered write or our id at the vendor names
    Column("follower", Boolean, nullable=False, server_default=text("false")),
    instant("created"),
    instant("updated"),
    instant("requested", nullable=False),
    instant("received", nullable=False),
    instant("acked"),  # when our last write was answered
    instant("deleted"),  # tombstone
    Column("mapping", Text),  # version that decoded the sheet
)
Index("uq_record_external", record.c.connection, record.c.object, record.c.external_id, unique=True)
Index("ix_record_golden", record.c.golden_id)
Index("ix_record_anchor", record.c.anchor, postgresql_where=record.c.anchor.isnot(None))

record_key = Table(
    "record_key",
    metadata,
    Column("entity", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("record_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("entity", "key", "record_id"),
)
Index("ix_record_key_record", record_key.c.record_id)

record_ref = Table(  # who points at whom, by external ids: waiting references wake up through it
    "record_ref",
    metadata,
    Column("record_id", BigInteger, nullable=False),
    Column("target", Text, nullable=False),  # connection:object:external_id, or key:entity:key
    PrimaryKeyConstraint("record_id", "target"),
)
Index("ix_record_ref_target", record_ref.c.target)

quarantine = Table(  # values and rows that we refused, with their reason: replayable, never lost
    "quarantine",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("connection", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("field", Text, nullable=False),  # "" for a whole row
    Column("code", Text, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("raw", LargeBinary),
    Column("run", BigInteger),
    Column("mapping", Text),
    instant("at", nullable=False),
    instant("gone_at"),  # repaired at the source, or dropped by a person
)
Index(
    "uq_quarantine_open",
    quarantine.c.connection,
    quarantine.c.object,
    quarantine.c.external_id,
    quarantine.c.field,
    unique=True,
    postgresql_where=quarantine.c.gone_at.is_(None),
)
