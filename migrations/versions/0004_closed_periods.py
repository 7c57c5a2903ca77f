"""Closed periods and their corrections, mails about no single event, and what few rows are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports_service.core import online

revision = "0004"
down_revision = "0003"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _index_what_is_in_use()
    op.create_table(
        "closed_periods",
        sa.Column("id", BIG, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        *_frozen(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_periods")),
        sa.UniqueConstraint("month", name=op.f("uq_closed_periods_month")),
    )
    op.create_table(
        "period_corrections",
        sa.Column("id", BIG, nullable=False),
        sa.Column("period_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_frozen(),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["closed_periods.id"],
            name=op.f("fk_period_corrections_period_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_corrections")),
        sa.UniqueConstraint(
            "period_id", "number", name=op.f("uq_period_corrections_period_id_number")
        ),
    )
    op.create_table(
        "period_checks",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_period_checks")),
    )
    op.create_table(
        "mailings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("occasion", sa.String(length=60), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_mailings_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailings")),
        sa.UniqueConstraint("occasion", "account_id", name=op.f("uq_mailings_occasion_account_id")),
    )


def _index_what_is_in_use() -> None:
    online.add_index(
        "ix_reports_restricted",
        "reports",
        ["id"],
        where=sa.text("restricted"),
        sqlite_where=sa.text("restricted = 1"),
    )
    online.add_index(
        "ix_assignments_reopened",
        "assignments",
        ["reopened_at"],
        where=sa.text("reopened_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_assignments_reopened", table_name="assignments")
    op.drop_index("ix_reports_restricted", table_name="reports")
    for table in ("mailings", "period_checks", "period_corrections", "closed_periods"):
        op.drop_table(table)


def _frozen() -> tuple[sa.Column, ...]:
    return (
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=32), nullable=False),
        sa.Column("frozen_at", MOMENT, nullable=False),
        sa.Column("frozen_by", sa.String(length=200), nullable=False),
    )
