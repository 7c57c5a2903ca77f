"""The deadlines of what is open are kept ready, agency by agency."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "figure_standing",
        sa.Column("agency_id", BIG, autoincrement=False, nullable=False),
        sa.Column("deadlines", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_figure_standing")),
    )
    # Figures that were made before know nothing of it: workers make them anew.
    op.execute(
        "UPDATE figure_turn SET built_at = NULL, built_up_to = NULL "
        "WHERE EXISTS (SELECT 1 FROM assignments)"
    )


def downgrade() -> None:
    op.drop_table("figure_standing")
