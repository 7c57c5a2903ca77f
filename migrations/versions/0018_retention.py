"""The people in a report are forgotten when their time is over, and each run of that is kept; a
picture that takes down what decodes it is given up.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports_service.core import online

revision = "0018"
down_revision = "0016"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
TO_FORGET = sa.text("anonymised_at IS NULL AND NOT is_open")


def upgrade() -> None:
    online.add_column("reports", sa.Column("anonymised_at", MOMENT, nullable=True))
    columns = ["category_id", "status_since"]
    online.add_index("ix_reports_to_forget", "reports", columns, where=TO_FORGET)
    op.create_table(
        "anonymisations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("pictures", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anonymisations")),
    )
    op.add_column(
        "attachments", sa.Column("decodings", sa.Integer(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    op.drop_index("ix_reports_to_forget", table_name="reports")
    op.drop_column("attachments", "decodings")
    op.drop_column("reports", "anonymised_at")
    op.drop_table("anonymisations")
