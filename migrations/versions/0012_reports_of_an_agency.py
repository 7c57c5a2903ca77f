"""The newest reports of an agency are found by an index, as those of a commune are."""

from __future__ import annotations

from alembic import op

from reports_service.core import online

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    online.add_index("ix_reports_agency_created", "reports", ["agency_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_reports_agency_created", table_name="reports")
