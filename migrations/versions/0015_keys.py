"""Reporters' data name their key, and keys of earlier secrets are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports_service.core import online

revision = "0015"
down_revision = "0014"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    online.add_column("reporters", sa.Column("key_name", sa.String(length=24), nullable=True))
    op.create_table(
        "kept_keys",
        sa.Column("secret", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("secret", "purpose", name=op.f("pk_kept_keys")),
    )


def downgrade() -> None:
    op.drop_table("kept_keys")
    op.drop_column("reporters", "key_name")
