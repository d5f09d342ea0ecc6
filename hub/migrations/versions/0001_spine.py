"""The spine: log, records, golden records, intents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


SEQUENCES = ("log_position", "record_id")


def upgrade() -> None:
    for name in SEQUENCES:
        op.execute(sa.schema.CreateSequence(sa.Sequence(name)))
    op.create_table(
        "alias",
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("golden_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("old", name=op.f("pk_alias")),
    )
    op.create_table(
        "change",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("golden_id", sa.Text(), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_change")),
    )
    op.create_index("ix_change_golden", "change", ["golden_id", "position"], unique=False)
    op.create_index("ix_change_run", "change", ["run"], unique=False)
    op.create_table(
        "conflict",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("golden_id", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("golden_id", "field", name=op.f("pk_conflict")),
    )
    op.create_index("ix_conflict_id", "conflict", ["id"], unique=False)
    op.create_table(
        "connection",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("writes", sa.Text(), server_default="off", nullable=False),
        sa.Column("may_hold", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("config", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("every", sa.Float(), nullable=True),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("why", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("confirmed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("waived", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=True),
        sa.Column("next_pull", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_connection")),
    )
    op.create_table(
        "decision",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("golden_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_golden", "decision", ["golden_id"], unique=False)
    op.create_table(
        "document",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_document")),
    )
    op.create_index("ix_document_name", "document", ["kind", "name", "position"], unique=False)
    op.create_table(
        "due",
        sa.Column("golden_id", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("serial", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("golden_id", name=op.f("pk_due")),
    )
    op.create_index("ix_due_rank", "due", ["rank"], unique=False)
    op.create_table(
        "duplicate",
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("a", sa.Text(), nullable=False),
        sa.Column("b", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.PrimaryKeyConstraint("entity", "a", "b", name=op.f("pk_duplicate")),
    )
    op.create_table(
        "fact",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_fact")),
    )
    op.create_table(
        "golden",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("verdicts", sa.Text(), nullable=False),
        sa.Column("contested", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("smallest", sa.Text(), nullable=False),
        sa.Column("born", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("documents", sa.Text(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden")),
    )
    op.create_index("ix_golden_entity", "golden", ["entity", "smallest"], unique=False)
    op.create_index("ix_golden_next", "golden", ["next_at"], unique=False, postgresql_where=sa.text("next_at IS NOT NULL"))
    op.create_table(
        "golden_ref",
        sa.Column("child", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("child", "field", "parent", name=op.f("pk_golden_ref")),
    )
    op.create_index("ix_golden_ref_parent", "golden_ref", ["parent"], unique=False)
    op.create_table(
        "intent",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=True),
        sa.Column("golden_id", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=True),
        sa.Column("sent_run", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), server_default="planned", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intent")),
        sa.UniqueConstraint("key", name=op.f("uq_intent_key")),
    )
    op.create_index("ix_intent_golden", "intent", ["golden_id"], unique=False)
    op.create_index("ix_intent_record", "intent", ["record_id", "status"], unique=False)
    op.create_index("ix_intent_work", "intent", ["connection", "status", "next_at"], unique=False)
    op.create_index(
        "uq_intent_open",
        "intent",
        ["record_id"],
        unique=True,
        postgresql_where=sa.text("status = 'planned' AND record_id IS NOT NULL"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("backend", sa.Integer(), nullable=True),
        sa.Column("backend_start", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "log",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("requested", sa.BigInteger(), nullable=True),
        sa.Column("proven", sa.BigInteger(), nullable=True),
        sa.Column("run", sa.BigInteger(), nullable=True),
        sa.Column("actor_kind", sa.Text(), server_default="unknown", nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_log")),
    )
    op.create_index("ix_log_record", "log", ["record_id", "position"], unique=False)
    op.create_table(
        "payload",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_payload")),
    )
    op.create_index("ix_payload_record", "payload", ["record_id"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("run", sa.BigInteger(), nullable=True),
        sa.Column("mapping", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_index(
        "uq_quarantine_open",
        "quarantine",
        ["connection", "object", "external_id", "field"],
        unique=True,
        postgresql_where=sa.text("gone_at IS NULL"),
    )
    op.create_table(
        "quota",
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("window_start", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("connection", "scope", "window_start", name=op.f("pk_quota")),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=True),
        sa.Column("golden_id", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("anchor", sa.Text(), nullable=True),
        sa.Column("follower", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=True),
        sa.Column("updated", sa.BigInteger(), nullable=True),
        sa.Column("requested", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("acked", sa.BigInteger(), nullable=True),
        sa.Column("deleted", sa.BigInteger(), nullable=True),
        sa.Column("mapping", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
    )
    op.create_index("ix_record_anchor", "record", ["anchor"], unique=False, postgresql_where=sa.text("anchor IS NOT NULL"))
    op.create_index("ix_record_golden", "record", ["golden_id"], unique=False)
    op.create_index("uq_record_external", "record", ["connection", "object", "external_id"], unique=True)
    op.create_table(
        "record_key",
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entity", "key", "record_id", name=op.f("pk_record_key")),
    )
    op.create_index("ix_record_key_record", "record_key", ["record_id"], unique=False)
    op.create_table(
        "record_ref",
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "target", name=op.f("pk_record_ref")),
    )
    op.create_index("ix_record_ref_target", "record_ref", ["target"], unique=False)
    op.create_table(
        "refetch",
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("connection", "object", "external_id", name=op.f("pk_refetch")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("connection", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), server_default="schedule", nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("totals", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("changed", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index("ix_run_connection", "run", ["connection", "id"], unique=False)
    op.create_table(
        "steward_link",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("a", sa.Text(), nullable=False),
        sa.Column("b", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_steward_link")),
    )
    op.create_index("ix_steward_link_a", "steward_link", ["a"], unique=False)
    op.create_index("ix_steward_link_b", "steward_link", ["b"], unique=False)
    op.create_table(
        "stream",
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("horizon", sa.BigInteger(), nullable=True),
        sa.Column("first_scan", sa.BigInteger(), nullable=True),
        sa.Column("source_says", sa.BigInteger(), nullable=True),
        sa.Column("read", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("connection", "object", name=op.f("pk_stream")),
    )


def downgrade() -> None:
    for name in SEQUENCES:
        op.execute(sa.schema.DropSequence(sa.Sequence(name)))
    op.drop_table("stream")
    op.drop_index("ix_steward_link_b", table_name="steward_link")
    op.drop_index("ix_steward_link_a", table_name="steward_link")
    op.drop_table("steward_link")
    op.drop_index("ix_run_connection", table_name="run")
    op.drop_table("run")
    op.drop_table("refetch")
    op.drop_index("ix_record_ref_target", table_name="record_ref")
    op.drop_table("record_ref")
    op.drop_index("ix_record_key_record", table_name="record_key")
    op.drop_table("record_key")
    op.drop_index("uq_record_external", table_name="record")
    op.drop_index("ix_record_golden", table_name="record")
    op.drop_index("ix_record_anchor", table_name="record", postgresql_where=sa.text("anchor IS NOT NULL"))
    op.drop_table("record")
    op.drop_table("quota")
    op.drop_index("uq_quarantine_open", table_name="quarantine", postgresql_where=sa.text("gone_at IS NULL"))
    op.drop_table("quarantine")
    op.drop_index("ix_payload_record", table_name="payload")
    op.drop_table("payload")
    op.drop_index("ix_log_record", table_name="log")
    op.drop_table("log")
    op.drop_table("lease")
    op.drop_index(
        "uq_intent_open", table_name="intent", postgresql_where=sa.text("status = 'planned' AND record_id IS NOT NULL")
    )
    op.drop_index("ix_intent_work", table_name="intent")
    op.drop_index("ix_intent_record", table_name="intent")
    op.drop_index("ix_intent_golden", table_name="intent")
    op.drop_table("intent")
    op.drop_index("ix_golden_ref_parent", table_name="golden_ref")
    op.drop_table("golden_ref")
    op.drop_index("ix_golden_next", table_name="golden", postgresql_where=sa.text("next_at IS NOT NULL"))
    op.drop_index("ix_golden_entity", table_name="golden")
    op.drop_table("golden")
    op.drop_table("fact")
    op.drop_table("duplicate")
    op.drop_index("ix_due_rank", table_name="due")
    op.drop_table("due")
    op.drop_index("ix_document_name", table_name="document")
    op.drop_table("document")
    op.drop_index("ix_decision_golden", table_name="decision")
    op.drop_table("decision")
    op.drop_table("connection")
    op.drop_index("ix_conflict_id", table_name="conflict")
    op.drop_table("conflict")
    op.drop_index("ix_change_run", table_name="change")
    op.drop_index("ix_change_golden", table_name="change")
    op.drop_table("change")
    op.drop_table("alias")
