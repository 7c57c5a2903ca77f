"""What an agency resolved in a period is found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports_service.core import online

revision = "0006"
down_revision = "0005"

RESOLVED = sa.text("resolved_at IS NOT NULL")


def upgrade() -> None:
    online.add_index(
        "ix_assignments_agency_resolved",
        "assignments",
        ["agency_id", "resolved_at"],
        where=RESOLVED,
    )


def downgrade() -> None:
    op.drop_index("ix_assignments_agency_resolved", table_name="assignments")
