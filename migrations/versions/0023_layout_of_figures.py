"""What is kept of the figures says which layout it has.

What is there already has an older one, without the time to the first sign of life: workers make it
anew, agency by agency, as soon as they run; until then there are no figures.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports_service.core import online

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    online.add_column("figure_turn", sa.Column("layout", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE figure_turn SET layout = 0 WHERE EXISTS (SELECT axis FROM figure_cells)"
        " OR built_at IS NULL"
    )


def downgrade() -> None:
    op.drop_column("figure_turn", "layout")
