"""What workers have given up is found by an index, among millions of effects that are done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"

GIVEN_UP = sa.text("dead_at IS NOT NULL")


def upgrade() -> None:
    # Built beside those who write: the outbox is in every filing's way.
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_outbox_given_up",
            "outbox",
            ["id"],
            postgresql_where=GIVEN_UP,
            sqlite_where=GIVEN_UP,
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    op.drop_index("ix_outbox_given_up", table_name="outbox")
