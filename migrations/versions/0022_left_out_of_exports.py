"""A part of an export says how many rows it leaves out, for their reports are restricted.

Of parts that are there already nobody knows it: what was restricted when they were made.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports_service.core import online

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    online.add_column("export_parts", sa.Column("left_out_count", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("export_parts", "left_out_count")
