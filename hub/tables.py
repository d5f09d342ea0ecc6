"""Table shapes. The log is append-only; records, golden records and intents are its folds, kept for speed.

Instants are whole microseconds since 1970 UTC (bigint), as in the core: no zone to lose, and equal bytes on every machine.
Rows of the log name their subject; personal values and raw bodies lie in `payload` alone, so that they can be erased for
one person while row, order and salted hash stay.
"""

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
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

log_position = Sequence("log_position", metadata=metadata)
record_id = Sequence("record_id", metadata=metadata)


def _instant(name: str, *, nullable: bool = True) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


connection = Table(
    "connection",
    metadata,
    Column("name", Text, primary_key=True),
    Column("connector", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("writes", Text, nullable=False, server_default="off"),
    Column("may_hold", ARRAY(Text), nullable=False),
    Column("config", JSONB, nullable=False),  # secrets are sealed strings
    Column("every", Float),  # seconds; null: the connector's own
    Column("state", Text, nullable=False, server_default="active"),  # active | paused | reconnect
    Column("why", JSONB),  # code and data of the state
    Column("confirmed", Boolean, nullable=False, server_default=text("false")),  # first delivery seen by a person
    Column("waived", Boolean, nullable=False, server_default=text("false")),  # writes need not wait for its first scan
    Column("workspace", Text),
    _instant("next_pull"),
    Column("failures", Integer, nullable=False, server_default="0"),
    _instant("created_at", nullable=False),
)

stream = Table(
    "stream",
    metadata,
    Column("connection", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("cursor", Text),
    _instant("horizon"),  # start of the last pull that was complete up to its cursor
    _instant("first_scan"),  # when the first scan was complete
    Column("source_says", BigInteger),  # the vendor's own count, when last asked
    Column(
        "read", BigInteger, nullable=False, server_default="0"
    ),  # distinct records ever read, counted before anything is stored
    PrimaryKeyConstraint("connection", "object"),
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
    _instant("created"),
    _instant("updated"),
    _instant("requested", nullable=False),
    _instant("received", nullable=False),
    _instant("acked"),  # when our last write was answered
    _instant("deleted"),  # tombstone
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

log = Table(
    "log",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("kind", Text, nullable=False),  # observation | acknowledgement | link | steward | document | tombstone
    Column("record_id", BigInteger),
    Column("subject", Text, nullable=False),  # record key, or what the row is about
    _instant("at", nullable=False),
    _instant("requested"),
    _instant("proven"),
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
    Column("documents", Text, nullable=False),  # rules version that made the verdicts
    Column("records", Integer, nullable=False),  # living linked records; 0: nobody speaks for it any more
    _instant("next_at"),
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

change = Table(
    "change",
    metadata,
    Column("position", BigInteger, primary_key=True),
    _instant("at", nullable=False),
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
    _instant("until"),
    Column("by", Text, nullable=False),
    Column("note", Text),
    _instant("at", nullable=False),
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
    _instant("at", nullable=False),
)
Index("ix_steward_link_a", steward_link.c.a)
Index("ix_steward_link_b", steward_link.c.b)

conflict = Table(
    "conflict",
    metadata,
    Column("id", Text, nullable=False),
    Column("golden_id", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("reason", Text, nullable=False),
    _instant("opened_at", nullable=False),
    PrimaryKeyConstraint("golden_id", "field"),
)
Index("ix_conflict_id", conflict.c.id)

due = Table(  # golden records to settle again, because something that they depend on changed
    "due",
    metadata,
    Column("golden_id", Text, primary_key=True),
    Column("entity", Text, nullable=False),
    Column("rank", Integer, nullable=False),  # entities in their fixed order
    Column("serial", BigInteger, Identity(), nullable=False),
)
Index("ix_due_rank", due.c.rank)

refetch = Table(  # records to be read again: dropped reads, stale writes, webhooks
    "refetch",
    metadata,
    Column("connection", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    _instant("not_before", nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column(
        "asked", Integer, nullable=False, server_default="0"
    ),  # how often: a read begun before the last asking is not enough
    PrimaryKeyConstraint("connection", "object", "external_id"),
)

inbox = Table(  # what vendors' webhooks told: stored before they hear 2xx, a reason to read and nothing more
    "inbox",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("connection", Text, nullable=False),
    Column("event", Text, nullable=False),  # the vendor's event id, else a hash of the body
    Column("kind", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),  # of the body: an id that returns with another body is told apart
    Column("body", LargeBinary),
    _instant("at", nullable=False),
    Column("told", Integer, nullable=False, server_default="1"),  # how often the same was told
    Column("state", Text, nullable=False),  # waiting | done | ignored | dead
    Column("why", Text),  # code of ignored and dead
    Column("waits", ARRAY(Text), nullable=False),  # object:id not yet read since; object: to be pulled
    _instant("done_at"),
)
Index(
    "uq_inbox_event", inbox.c.connection, inbox.c.event, unique=True, postgresql_where=text("why IS DISTINCT FROM 'id_reuse'")
)
Index("ix_inbox_waits", inbox.c.waits, postgresql_using="gin", postgresql_where=inbox.c.state == "waiting")
Index("ix_inbox_open", inbox.c.connection, inbox.c.state)

token = Table(  # OAuth tokens: renewed under the lock of this row, stored before they are used
    "token",
    metadata,
    Column("connection", Text, primary_key=True),
    Column("access", Text),  # sealed
    Column("refresh", Text),  # sealed
    Column("generation", BigInteger, nullable=False, server_default="0"),
    _instant("expires"),
    _instant("renewed_at"),
)

intent = Table(
    "intent",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # idempotency key: from this row alone
    Column("connection", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("record_id", BigInteger),
    Column("golden_id", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("fields", Text, nullable=False),  # {field: {"value", "cells": {cell key: cell}, "origin", "before"}}
    Column("mapping", Text, nullable=False),
    Column("run", BigInteger),  # the run that planned it
    Column("sent_run", BigInteger),
    # planned | sending | unclear | confirmed | refused | void
    Column("status", Text, nullable=False, server_default="planned"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _instant("planned_at", nullable=False),
    _instant("next_at", nullable=False),
    Column("owner", Text),  # whoever sends it now
    _instant("sent_at"),
    _instant("done_at"),
    Column("error", JSONB),
)
Index("uq_intent_open", intent.c.record_id, unique=True, postgresql_where=text("status = 'planned' AND record_id IS NOT NULL"))
Index("ix_intent_work", intent.c.connection, intent.c.status, intent.c.next_at)
Index("ix_intent_record", intent.c.record_id, intent.c.status)
Index("ix_intent_golden", intent.c.golden_id)

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
    _instant("at", nullable=False),
    _instant("gone_at"),  # repaired at the source, or dropped by a person
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

run = Table(
    "run",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("connection", Text),
    Column("kind", Text, nullable=False),  # sync | deliver | resolve | documents | undo
    Column("status", Text, nullable=False),  # requested | running | succeeded | incomplete | failed | waiting
    Column("by", Text, nullable=False, server_default="schedule"),
    _instant("started_at"),
    _instant("ended_at"),
    Column("totals", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column(
        "changed", JSONB, nullable=False, server_default=text("'{}'::jsonb")
    ),  # {entity.field: golden values changed, first contacts apart}
    Column("error", JSONB),
    Column("owner", Text),
    Column("fence", BigInteger, nullable=False, server_default="0"),
)
Index("ix_run_connection", run.c.connection, run.c.id)

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

document = Table(
    "document",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("kind", Text, nullable=False),  # rules | mapping
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("text", Text, nullable=False),
    _instant("at", nullable=False),
)
Index("ix_document_name", document.c.kind, document.c.name, document.c.position)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("fence", BigInteger, nullable=False),
    _instant("until", nullable=False),
    Column("backend", Integer),  # the database session that holds it; null: it just runs out
    Column("backend_start", Text),
)

quota = Table(  # one row per window of a limit; shared by all workers
    "quota",
    metadata,
    Column("connection", Text, nullable=False),
    Column("scope", Text, nullable=False),
    _instant("window_start", nullable=False),
    Column("used", Integer, nullable=False),
    PrimaryKeyConstraint("connection", "scope", "window_start"),
)

fact = Table("fact", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
"""Single facts of this hub: its hash salt, the documents in force."""
