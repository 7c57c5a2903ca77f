"""Data quality, kept nightly."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "quality_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=False),
        sa.Column("night_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_quality_days")),
    )
    op.create_table(
        "quality_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("check_code", sa.String(length=40), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("out_of", sa.Integer(), nullable=False),
        sa.Column("median_s", sa.Float(), nullable=True),
        sa.Column("p90_s", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_quality_counts_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["day"], ["quality_days.day"], name=op.f("fk_quality_counts_day_quality_days")
        ),
        sa.PrimaryKeyConstraint("day", "agency_id", "check_code", name=op.f("pk_quality_counts")),
    )
    op.create_table(
        "quality_seen_twice",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("assignment_id", BIG, nullable=False),
        sa.Column("other_report_id", BIG, nullable=False),
        sa.Column("metres", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignments.id"],
            name=op.f("fk_quality_seen_twice_assignment_id_assignments"),
        ),
        sa.ForeignKeyConstraint(
            ["day"], ["quality_days.day"], name=op.f("fk_quality_seen_twice_day_quality_days")
        ),
        sa.ForeignKeyConstraint(
            ["other_report_id"],
            ["reports.id"],
            name=op.f("fk_quality_seen_twice_other_report_id_reports"),
        ),
        sa.PrimaryKeyConstraint("day", "assignment_id", name=op.f("pk_quality_seen_twice")),
    )


def downgrade() -> None:
    op.drop_table("quality_seen_twice")
    op.drop_table("quality_counts")
    op.drop_table("quality_days")
