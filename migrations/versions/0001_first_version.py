"""Everything of the first version: all tables, their indexes, and what searches the text."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

SEARCH_SQLITE = (
    """
CREATE VIRTUAL TABLE report_search USING fts5(
    search_text, content='reports', content_rowid='id', tokenize='unicode61'
)
""",
    """
CREATE TRIGGER report_search_insert AFTER INSERT ON reports BEGIN
    INSERT INTO report_search(rowid, search_text) VALUES (new.id, new.search_text);
END
""",
    """
CREATE TRIGGER report_search_delete AFTER DELETE ON reports BEGIN
    INSERT INTO report_search(report_search, rowid, search_text)
    VALUES ('delete', old.id, old.search_text);
END
""",
    """
CREATE TRIGGER report_search_update AFTER UPDATE OF search_text ON reports BEGIN
    INSERT INTO report_search(report_search, rowid, search_text)
    VALUES ('delete', old.id, old.search_text);
    INSERT INTO report_search(rowid, search_text) VALUES (new.id, new.search_text);
END
""",
)
SEARCH_POSTGRESQL = """
CREATE INDEX ix_reports_search ON reports USING gin (to_tsvector('simple', search_text))
"""


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("mailbox", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("code", name=op.f("uq_agencies_code")),
    )
    op.create_table(
        "attachments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("media_type", sa.String(length=60), nullable=True),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("original_key", sa.String(length=200), nullable=True),
        sa.Column("large_key", sa.String(length=200), nullable=True),
        sa.Column("small_key", sa.String(length=200), nullable=True),
        sa.Column("exif_lat", sa.Float(), nullable=True),
        sa.Column("exif_lon", sa.Float(), nullable=True),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("hidden_at", MOMENT, nullable=True),
        sa.Column("hidden_by_id", sa.BigInteger(), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ready_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("uuid", name=op.f("uq_attachments_uuid")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_key", sa.String(length=120), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_at"), "audit_entries", ["at"], unique=False)
    op.create_index(
        "ix_audit_entries_object", "audit_entries", ["object_kind", "object_key"], unique=False
    )
    op.create_table(
        "calendars",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("weekly", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendars")),
        sa.UniqueConstraint("code", name=op.f("uq_calendars_code")),
    )
    op.create_table(
        "categories",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("names", JSON, nullable=False),
        sa.Column("descriptions", JSON, nullable=False),
        sa.Column("keywords", JSON, nullable=False),
        sa.Column("questions", JSON, nullable=False),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.String(length=20), nullable=False),
        sa.Column("location_precision_m", sa.Integer(), nullable=False),
        sa.Column("duplicate_radius_m", sa.Integer(), nullable=False),
        sa.Column("after_photo", sa.Boolean(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["categories.id"], name=op.f("fk_categories_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("code", name=op.f("uq_categories_code")),
    )
    op.create_index(op.f("ix_categories_parent_id"), "categories", ["parent_id"], unique=False)
    op.create_table(
        "daily_heads",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_daily_heads")),
    )
    op.create_table(
        "geocode_answers",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_geocode_answers")),
    )
    op.create_index(
        op.f("ix_geocode_answers_expires_at"), "geocode_answers", ["expires_at"], unique=False
    )
    op.create_table(
        "ladders",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("steps", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladders")),
        sa.UniqueConstraint("code", name=op.f("uq_ladders_code")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("dead_at", MOMENT, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
        sqlite_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )
    op.create_table(
        "reporters",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(length=32), nullable=True),
        sa.Column("email_index", sa.LargeBinary(length=32), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("consent_version", sa.String(length=20), nullable=True),
        sa.Column("consented_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("erased_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporters")),
    )
    op.create_index(op.f("ix_reporters_email_index"), "reporters", ["email_index"], unique=False)
    op.create_index(op.f("ix_reporters_phone_index"), "reporters", ["phone_index"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_revisions")),
    )
    op.create_table(
        "ticks",
        sa.Column("task", sa.String(length=40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_ticks")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("agency_id", BIG, nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_accounts_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
    )
    op.create_index(op.f("ix_accounts_agency_id"), "accounts", ["agency_id"], unique=False)
    op.create_table(
        "areas",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("names", JSON, nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("committee_id", BIG, nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("area_km2", sa.Double(), nullable=True),
        sa.Column("boundary", sa.LargeBinary(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["agencies.id"], name=op.f("fk_areas_committee_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["areas.id"], name=op.f("fk_areas_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_areas_code_valid_from")),
    )
    op.create_index(op.f("ix_areas_committee_id"), "areas", ["committee_id"], unique=False)
    op.create_index(op.f("ix_areas_parent_id"), "areas", ["parent_id"], unique=False)
    op.create_table(
        "calendar_days",
        sa.Column("id", BIG, nullable=False),
        sa.Column("calendar_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hours", JSON, nullable=True),
        sa.Column("names", JSON, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendars.id"], name=op.f("fk_calendar_days_calendar_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
        sa.UniqueConstraint("calendar_id", "day", name=op.f("uq_calendar_days_calendar_id_day")),
    )
    op.create_table(
        "sla_policies",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("category_id", BIG, nullable=True),
        sa.Column("agency_id", BIG, nullable=True),
        sa.Column("priority", sa.String(length=20), nullable=True),
        sa.Column("triage", sa.Boolean(), nullable=False),
        sa.Column("acknowledge", JSON, nullable=False),
        sa.Column("resolve", JSON, nullable=False),
        sa.Column("ladder_id", BIG, nullable=True),
        sa.Column("questions_max", sa.Integer(), nullable=False),
        sa.Column("question_days", sa.Integer(), nullable=False),
        sa.Column("extensions_max", sa.Integer(), nullable=False),
        sa.Column("extension_longest", JSON, nullable=False),
        sa.Column("silence_days", sa.Integer(), nullable=False),
        sa.Column("reopen_days", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_sla_policies_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_sla_policies_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["ladder_id"], ["ladders.id"], name=op.f("fk_sla_policies_ladder_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_policies")),
        sa.UniqueConstraint("code", name=op.f("uq_sla_policies_code")),
    )
    op.create_table(
        "reports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("idempotency_key", sa.String(length=100), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=True),
        sa.Column("token_generation", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("status_before_merge", sa.String(length=20), nullable=True),
        sa.Column("status_since", MOMENT, nullable=False),
        sa.Column("priority", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("category_id", BIG, nullable=True),
        sa.Column("suggested_category_id", BIG, nullable=True),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("filed_lat", sa.Float(), nullable=True),
        sa.Column("filed_lon", sa.Float(), nullable=True),
        sa.Column("area_id", BIG, nullable=True),
        sa.Column("area_at_filing_id", BIG, nullable=True),
        sa.Column("place_fit", sa.String(length=10), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("public_description", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("text_hidden_at", MOMENT, nullable=True),
        sa.Column("text_hidden_by_id", BIG, nullable=True),
        sa.Column("text_hidden_reason", sa.Text(), nullable=True),
        sa.Column("reporter_id", BIG, nullable=True),
        sa.Column("filed_by_id", BIG, nullable=True),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("master_id", BIG, nullable=True),
        sa.Column("merged_into_id", BIG, nullable=True),
        sa.Column("recurrence_of_id", BIG, nullable=True),
        sa.Column("recurrence_number", sa.Integer(), nullable=False),
        sa.Column("followers_count", sa.Integer(), nullable=False),
        sa.Column("questions_asked", sa.Integer(), nullable=False),
        sa.Column("promised_by", MOMENT, nullable=False),
        sa.Column("expected_by", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closes_at", MOMENT, nullable=True),
        sa.Column("reopens_until", MOMENT, nullable=True),
        sa.Column("resolution_kind", sa.String(length=20), nullable=True),
        sa.Column("planned_for", sa.Date(), nullable=True),
        sa.Column("retained_until", sa.Date(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("event_head", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_reports_agency_id")),
        sa.ForeignKeyConstraint(
            ["area_at_filing_id"], ["areas.id"], name=op.f("fk_reports_area_at_filing_id")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_reports_area_id")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_reports_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["filed_by_id"], ["accounts.id"], name=op.f("fk_reports_filed_by_id")
        ),
        sa.ForeignKeyConstraint(["master_id"], ["reports.id"], name=op.f("fk_reports_master_id")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["reports.id"], name=op.f("fk_reports_merged_into_id")
        ),
        sa.ForeignKeyConstraint(
            ["recurrence_of_id"], ["reports.id"], name=op.f("fk_reports_recurrence_of_id")
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["reporters.id"], name=op.f("fk_reports_reporter_id")
        ),
        sa.ForeignKeyConstraint(
            ["suggested_category_id"],
            ["categories.id"],
            name=op.f("fk_reports_suggested_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["text_hidden_by_id"], ["accounts.id"], name=op.f("fk_reports_text_hidden_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("code", name=op.f("uq_reports_code")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_reports_idempotency_key")),
    )
    op.create_index("ix_reports_agency_status", "reports", ["agency_id", "status"], unique=False)
    op.create_index("ix_reports_area_created", "reports", ["area_id", "created_at"], unique=False)
    op.create_index(
        "ix_reports_category_created", "reports", ["category_id", "created_at"], unique=False
    )
    op.create_index(op.f("ix_reports_closes_at"), "reports", ["closes_at"], unique=False)
    op.create_index("ix_reports_created_at_id", "reports", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_reports_master_id"), "reports", ["master_id"], unique=False)
    op.create_index(
        "ix_reports_open_place",
        "reports",
        ["category_id", "lat", "lon"],
        unique=False,
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index("ix_reports_place", "reports", ["lat", "lon"], unique=False)
    op.create_index("ix_reports_promised_by", "reports", ["promised_by"], unique=False)
    op.create_index(
        op.f("ix_reports_recurrence_of_id"), "reports", ["recurrence_of_id"], unique=False
    )
    op.create_index(op.f("ix_reports_reporter_id"), "reports", ["reporter_id"], unique=False)
    op.create_index(op.f("ix_reports_status_since"), "reports", ["status_since"], unique=False)
    op.create_table(
        "routing_rules",
        sa.Column("id", BIG, nullable=False),
        sa.Column("category_id", BIG, nullable=True),
        sa.Column("area_id", BIG, nullable=True),
        sa.Column("word", sa.String(length=100), nullable=True),
        sa.Column("question", sa.String(length=60), nullable=True),
        sa.Column("answer", sa.String(length=100), nullable=True),
        sa.Column("agency_id", BIG, nullable=True),
        sa.Column("to_committee", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.String(length=20), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("notes", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_routing_rules_agency_id")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_routing_rules_area_id")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_routing_rules_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rules")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_account_id"), "sessions", ["account_id"], unique=False)
    op.create_table(
        "assignments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("officer_id", BIG, nullable=True),
        sa.Column("category_id", BIG, nullable=True),
        sa.Column("area_id", BIG, nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("triage", sa.Boolean(), nullable=False),
        sa.Column("reason", JSON, nullable=False),
        sa.Column("policy", JSON, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("acknowledge_by", MOMENT, nullable=True),
        sa.Column("resolve_by", MOMENT, nullable=True),
        sa.Column("own_resolve_by", MOMENT, nullable=True),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("resolution_kind", sa.String(length=20), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.Column("acknowledge_working_s", sa.Float(), nullable=True),
        sa.Column("acknowledge_elapsed_s", sa.Float(), nullable=True),
        sa.Column("resolve_working_s", sa.Float(), nullable=True),
        sa.Column("resolve_elapsed_s", sa.Float(), nullable=True),
        sa.Column("extensions_granted", sa.Integer(), nullable=False),
        sa.Column("reopened_at", MOMENT, nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rated_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_assignments_agency_id")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["areas.id"], name=op.f("fk_assignments_area_id")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_assignments_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["accounts.id"], name=op.f("fk_assignments_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_assignments_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_assignments_report_id_number")),
    )
    op.create_index(
        "ix_assignments_agency_due", "assignments", ["agency_id", "own_resolve_by"], unique=False
    )
    op.create_index(
        "ix_assignments_agency_opened", "assignments", ["agency_id", "opened_at"], unique=False
    )
    op.create_index("ix_assignments_due", "assignments", ["own_resolve_by"], unique=False)
    op.create_index(op.f("ix_assignments_officer_id"), "assignments", ["officer_id"], unique=False)
    op.create_index(
        "ix_assignments_open",
        "assignments",
        ["agency_id", "resolve_by"],
        unique=False,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_index("ix_assignments_opened_at", "assignments", ["opened_at"], unique=False)
    op.create_index("ix_assignments_resolved", "assignments", ["resolved_at"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("agency_id", BIG, nullable=True),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("text_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_events_account_id")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_events_agency_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_events_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("report_id", "seq", name=op.f("uq_events_report_id_seq")),
    )
    op.create_index("ix_events_at_id", "events", ["at", "id"], unique=False)
    op.create_table(
        "followers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("reporter_id", BIG, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_followers_report_id")),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["reporters.id"], name=op.f("fk_followers_reporter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followers")),
    )
    op.create_index(op.f("ix_followers_report_id"), "followers", ["report_id"], unique=False)
    op.create_table(
        "report_photos",
        sa.Column("attachment_id", BIG, nullable=False),
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_report_photos_attachment_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_photos_report_id")
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_report_photos")),
    )
    op.create_index(
        op.f("ix_report_photos_report_id"), "report_photos", ["report_id"], unique=False
    )
    op.create_table(
        "clocks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("assignment_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", JSON, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("next_step", sa.Integer(), nullable=True),
        sa.Column("next_step_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_clocks_assignment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
        sa.UniqueConstraint("assignment_id", "kind", name=op.f("uq_clocks_assignment_id_kind")),
    )
    op.create_index(
        "ix_clocks_next_step",
        "clocks",
        ["next_step_at"],
        unique=False,
        sqlite_where=sa.text("next_step_at IS NOT NULL"),
        postgresql_where=sa.text("next_step_at IS NOT NULL"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("recipient", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_deliveries_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "event_id",
            "recipient",
            "channel",
            name=op.f("uq_deliveries_event_id_recipient_channel"),
        ),
    )
    op.create_index(
        "ix_deliveries_inbox", "deliveries", ["recipient", "channel", "id"], unique=False
    )
    op.create_table(
        "event_texts",
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_texts_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_texts")),
    )
    op.create_table(
        "extensions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("assignment_id", BIG, nullable=False),
        sa.Column("length", JSON, nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("requested_by_id", BIG, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_extensions_assignment_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["accounts.id"], name=op.f("fk_extensions_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["accounts.id"], name=op.f("fk_extensions_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    op.create_index(
        op.f("ix_extensions_assignment_id"), "extensions", ["assignment_id"], unique=False
    )
    op.create_table(
        "escalations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("clock_id", BIG, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("tell", sa.String(length=20), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clocks.id"], name=op.f("fk_escalations_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
        sa.UniqueConstraint("clock_id", "step", name=op.f("uq_escalations_clock_id_step")),
    )
    _make_search()


def _make_search() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in SEARCH_SQLITE:
            op.execute(statement)
    else:
        op.execute(SEARCH_POSTGRESQL)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE report_search")
    op.drop_table("escalations")
    op.drop_index(op.f("ix_extensions_assignment_id"), table_name="extensions")
    op.drop_table("extensions")
    op.drop_table("event_texts")
    op.drop_index("ix_deliveries_inbox", table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index(
        "ix_clocks_next_step",
        table_name="clocks",
        sqlite_where=sa.text("next_step_at IS NOT NULL"),
        postgresql_where=sa.text("next_step_at IS NOT NULL"),
    )
    op.drop_table("clocks")
    op.drop_index(op.f("ix_report_photos_report_id"), table_name="report_photos")
    op.drop_table("report_photos")
    op.drop_index(op.f("ix_followers_report_id"), table_name="followers")
    op.drop_table("followers")
    op.drop_index("ix_events_at_id", table_name="events")
    op.drop_table("events")
    op.drop_index("ix_assignments_resolved", table_name="assignments")
    op.drop_index("ix_assignments_opened_at", table_name="assignments")
    op.drop_index(
        "ix_assignments_open",
        table_name="assignments",
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.drop_index(op.f("ix_assignments_officer_id"), table_name="assignments")
    op.drop_index("ix_assignments_due", table_name="assignments")
    op.drop_index("ix_assignments_agency_opened", table_name="assignments")
    op.drop_index("ix_assignments_agency_due", table_name="assignments")
    op.drop_table("assignments")
    op.drop_index(op.f("ix_sessions_account_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("routing_rules")
    op.drop_index(op.f("ix_reports_status_since"), table_name="reports")
    op.drop_index(op.f("ix_reports_reporter_id"), table_name="reports")
    op.drop_index(op.f("ix_reports_recurrence_of_id"), table_name="reports")
    op.drop_index("ix_reports_promised_by", table_name="reports")
    op.drop_index("ix_reports_place", table_name="reports")
    op.drop_index(
        "ix_reports_open_place",
        table_name="reports",
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.drop_index(op.f("ix_reports_master_id"), table_name="reports")
    op.drop_index("ix_reports_created_at_id", table_name="reports")
    op.drop_index(op.f("ix_reports_closes_at"), table_name="reports")
    op.drop_index("ix_reports_category_created", table_name="reports")
    op.drop_index("ix_reports_area_created", table_name="reports")
    op.drop_index("ix_reports_agency_status", table_name="reports")
    op.drop_table("reports")
    op.drop_table("sla_policies")
    op.drop_table("calendar_days")
    op.drop_index(op.f("ix_areas_parent_id"), table_name="areas")
    op.drop_index(op.f("ix_areas_committee_id"), table_name="areas")
    op.drop_table("areas")
    op.drop_index(op.f("ix_accounts_agency_id"), table_name="accounts")
    op.drop_table("accounts")
    op.drop_table("ticks")
    op.drop_table("revisions")
    op.drop_index(op.f("ix_reporters_phone_index"), table_name="reporters")
    op.drop_index(op.f("ix_reporters_email_index"), table_name="reporters")
    op.drop_table("reporters")
    op.drop_index(
        "ix_outbox_waiting",
        table_name="outbox",
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
        sqlite_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )
    op.drop_table("outbox")
    op.drop_table("ladders")
    op.drop_index(op.f("ix_geocode_answers_expires_at"), table_name="geocode_answers")
    op.drop_table("geocode_answers")
    op.drop_table("daily_heads")
    op.drop_index(op.f("ix_categories_parent_id"), table_name="categories")
    op.drop_table("categories")
    op.drop_table("calendars")
    op.drop_index("ix_audit_entries_object", table_name="audit_entries")
    op.drop_index(op.f("ix_audit_entries_at"), table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_table("attachments")
    op.drop_table("agencies")
