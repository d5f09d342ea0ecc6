"""Work as rows: what to settle, to read and to send, runs, leases, quotas."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, Column, Identity, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from hub.tables.base import instant, metadata

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
    instant("not_before", nullable=False),
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
    instant("at", nullable=False),
    Column("told", Integer, nullable=False, server_default="1"),  # how often the same was told
    Column("state", Text, nullable=False),  # waiting | done | ignored | dead
    Column("why", Text),  # code of ignored and dead
    Column("waits", ARRAY(Text), nullable=False),  # object:id not yet read since; object: to be pulled
    instant("done_at"),
)
Index(
    "uq_inbox_event", inbox.c.connection, inbox.c.event, unique=True, postgresql_where=text("why IS DISTINCT FROM 'id_reuse'")
)
Index("ix_inbox_waits", inbox.c.waits, postgresql_using="gin", postgresql_where=inbox.c.state == "waiting")
Index("ix_inbox_open", inbox.c.connection, inbox.c.state)

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
    instant("planned_at", nullable=False),
    instant("next_at", nullable=False),
    Column("owner", Text),  # whoever sends it now
    instant("sent_at"),
    instant("done_at"),
    Column("error", JSONB),
)
Index("uq_intent_open", intent.c.record_id, unique=True, postgresql_where=text("status = 'planned' AND record_id IS NOT NULL"))
Index("ix_intent_work", intent.c.connection, intent.c.status, intent.c.next_at)
Index("ix_intent_record", intent.c.record_id, intent.c.status)
Index("ix_intent_golden", intent.c.golden_id)

run = Table(
    "run",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("connection", Text),
    Column("kind", Text, nullable=False),  # sync | deliver | resolve | documents | undo
    Column("status", Text, nullable=False),  # requested | running | succeeded | incomplete | failed | waiting
    Column("by", Text, nullable=False, server_default="schedule"),
    instant("started_at"),
    instant("ended_at"),
    Column("totals", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column(
        "changed", JSONB, nullable=False, server_default=text("'{}'::jsonb")
    ),  # {entity.field: golden values changed, first contacts apart}
    Column("error", JSONB),
    Column("owner", Text),
    Column("fence", BigInteger, nullable=False, server_default="0"),
)
Index("ix_run_connection", run.c.connection, run.c.id)
Index("ix_run_open", run.c.status, run.c.connection, postgresql_where=run.c.status.in_(["requested", "running", "waiting"]))

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("fence", BigInteger, nullable=False),
    instant("until", nullable=False),
    Column("backend", Integer),  # the database session that holds it; null: it just runs out
    Column("backend_start", Text),
)

quota = Table(  # one row per window of a limit; shared by all workers
    "quota",
    metadata,
    Column("connection", Text, nullable=False),
    Column("scope", Text, nullable=False),
    instant("window_start", nullable=False),
    Column("used", Integer, nullable=False),
    PrimaryKeyConstraint("connection", "scope", "window_start"),
)

fact = Table("fact", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
"""Single facts of this hub: its hash salt, the documents in force."""
