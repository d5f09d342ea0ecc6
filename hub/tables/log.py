"""The append-only log, and what people decided. Personal values and raw bodies lie in `payload` and `change.fields` alone."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from hub.tables.base import instant, metadata

log = Table(
    "log",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("kind", Text, nullable=False),  # observation | acknowledgement | link | steward | document | tombstone
    Column("record_id", BigInteger),
    Column("subject", Text, nullable=False),  # record key, or what the row is about
    instant("at", nullable=False),
    instant("requested"),
    instant("proven"),
    Column("run", BigInteger),
    Column("actor_kind", Text, nullable=False, server_default="unknown"),
    Column("mark", LargeBinary),  # salted hash of the payload; the salt is erased with it
)
Index("ix_log_record", log.c.record_id, log.c.position)

payload = Table(
    "payload",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("record_id", BigInteger),
    Column("salt", LargeBinary),
    Column("body", LargeBinary),
    Column("actor", Text),  # a person's name, where the vendor tells
)
Index("ix_payload_record", payload.c.record_id)

change = Table(
    "change",
    metadata,
    Column("position", BigInteger, primary_key=True),
    instant("at", nullable=False),
    Column("entity", Text, nullable=False),
    Column("golden_id", Text, nullable=False),
    Column("run", BigInteger),
    Column("fields", Text),  # {field: [old, new, reason]}; null once erased
    Column("salt", LargeBinary),  # erased with the fields
    Column("mark", LargeBinary, nullable=False),  # salted hash of the fields
)
Index("ix_change_golden", change.c.golden_id, change.c.position)
Index("ix_change_run", change.c.run)

decision = Table(
    "decision",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("golden_id", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("kind", Text, nullable=False),  # resolve | pin
    Column("value", JSONB),
    Column("names", JSONB, nullable=False),  # the claims it decided: [[record key, position], ...]
    instant("until"),
    Column("by", Text, nullable=False),
    Column("note", Text),
    instant("at", nullable=False),
)
Index("ix_decision_golden", decision.c.golden_id)

steward_link = Table(
    "steward_link",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("kind", Text, nullable=False),  # join | cut
    Column("a", Text, nullable=False),  # record keys, a < b
    Column("b", Text, nullable=False),
    Column("by", Text, nullable=False),
    instant("at", nullable=False),
)
Index("ix_steward_link_a", steward_link.c.a)
Index("ix_steward_link_b", steward_link.c.b)

document = Table(
    "document",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("kind", Text, nullable=False),  # rules | mapping | policy
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("text", Text, nullable=False),
    instant("at", nullable=False),
)
Index("ix_document_name", document.c.kind, document.c.name, document.c.position)
