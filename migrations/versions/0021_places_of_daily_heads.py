"""A daily head says how far the changes went when it was made.

What a clock that was put back dates before midnight afterwards belongs to the next head. Heads
that are there already were made of all events before their midnight, and are checked so.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports_service.core import online

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    online.add_column("daily_heads", sa.Column("place", sa.BigInteger(), nullable=True))
    online.add_index("ix_changes_event_id", "changes", ["event_id"])


def downgrade() -> None:
    op.drop_index("ix_changes_event_id", table_name="changes")
    op.drop_column("daily_heads", "place")
