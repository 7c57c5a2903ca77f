"""What colleagues keep beside the reports: templates, drafts, filters of the queue, absences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "response_templates",
        sa.Column("id", BIG, nullable=False),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("category_id", BIG, nullable=True),
        sa.Column("agency_id", BIG, nullable=True),
        sa.Column("titles", JSON, nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        _refers("response_templates", "category_id", "categories"),
        _refers("response_templates", "agency_id", "agencies"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_templates")),
    )
    op.create_index("ix_response_templates_action", "response_templates", ["action", "agency_id"])
    op.create_table(
        "drafts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        _refers("drafts", "account_id", "accounts"),
        _refers("drafts", "report_id", "reports"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint(
            "account_id", "report_id", "action", name=op.f("uq_drafts_account_id_report_id_action")
        ),
    )
    op.create_index("ix_drafts_saved_at", "drafts", ["saved_at"])
    op.create_index("ix_drafts_report_id", "drafts", ["report_id"])
    op.create_table(
        "queue_filters",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("agency_id", BIG, nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _refers("queue_filters", "account_id", "accounts"),
        _refers("queue_filters", "agency_id", "agencies"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_filters")),
    )
    op.create_index(op.f("ix_queue_filters_account_id"), "queue_filters", ["account_id"])
    op.create_index(op.f("ix_queue_filters_agency_id"), "queue_filters", ["agency_id"])
    op.create_table(
        "absences",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("deputy_id", BIG, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by_id", BIG, nullable=True),
        sa.Column("set_at", MOMENT, nullable=False),
        _refers("absences", "account_id", "accounts"),
        _refers("absences", "deputy_id", "accounts"),
        _refers("absences", "set_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_account_ends", "absences", ["account_id", "ends_at"])
    op.create_index(op.f("ix_absences_ends_at"), "absences", ["ends_at"])


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    op.drop_table("absences")
    op.drop_table("queue_filters")
    op.drop_table("drafts")
    op.drop_table("response_templates")
