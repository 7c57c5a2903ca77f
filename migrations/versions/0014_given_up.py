"""What workers have given up is found by an index, among millions of effects that are done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports_service.core import online

revision = "0014"
down_revision = "0012"

GIVEN_UP = sa.text("dead_at IS NOT NULL")


def upgrade() -> None:
    online.add_index("ix_outbox_given_up", "outbox", ["id"], where=GIVEN_UP)


def downgrade() -> None:
    op.drop_index("ix_outbox_given_up", table_name="outbox")
