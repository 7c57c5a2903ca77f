"""A view of the public map is answered by an index alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports_service.core import online

revision = "0010"
down_revision = "0009"

FINDABLE = sa.text("NOT restricted AND status <> 'withdrawn'")
COLUMNS = (
    *("lat", "lon", "created_at", "status", "is_open", "category_id"),
    *("area_id", "agency_id", "promised_by", "resolved_at", "restricted", "id"),
)


def upgrade() -> None:
    online.add_index("ix_reports_map", "reports", COLUMNS, where=FINDABLE)


def downgrade() -> None:
    op.drop_index("ix_reports_map", table_name="reports")
