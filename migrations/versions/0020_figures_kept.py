"""More of the figures is kept: a version of each cell, and since when it is open what is open.

What was worked out from a cell is worked out once as long as its version stands. What is there
already has neither until it is counted again, or built anew by ``bin/reports stats rebuild``, and
is read as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports_service.core import online

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    online.add_column(
        "figure_cells", sa.Column("version", sa.BigInteger(), nullable=False, server_default="0")
    )
    online.add_column("figure_standing", sa.Column("opened", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("figure_standing", "opened")
    op.drop_column("figure_cells", "version")
