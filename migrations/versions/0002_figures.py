"""Figures kept ready: sheets, cells, whose turn it is, and effects that are done together."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from reports_service.core import online

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WAITING = "done_at IS NULL AND dead_at IS NULL"
OPEN = "outcome IS NULL"


def upgrade() -> None:
    _change_what_is_in_use()
    op.create_table(
        "figure_sheets",
        sa.Column("kind", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("month", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("agency_id", BIG, nullable=False, autoincrement=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "month", "agency_id", name=op.f("pk_figure_sheets")),
    )
    op.create_table(
        "figure_cells",
        sa.Column("axis", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("span", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("member", BIG, nullable=False, autoincrement=False),
        sa.Column("agency_id", BIG, nullable=False, autoincrement=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.Column("lengths", sa.LargeBinary(), nullable=False),
        sa.Column("marks", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint(
            "axis", "span", "member", "agency_id", name=op.f("pk_figure_cells")
        ),
    )
    op.create_table(
        "figure_turn",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("built_at", MOMENT, nullable=True),
        sa.Column("built_up_to", BIG, nullable=True),
        sa.Column("counted_at", MOMENT, nullable=True),
        sa.Column("past_before", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_turn")),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        # Numbers do not shrink, and unpacking them takes longer than reading them.
        for table, column in (("sheets", "rows"), ("cells", "lengths"), ("cells", "marks")):
            op.execute(f"ALTER TABLE figure_{table} ALTER {column} SET STORAGE EXTERNAL")
    if connection.scalar(sa.text("SELECT min(id) FROM assignments")) is None:
        _nothing_to_count()


def _change_what_is_in_use() -> None:
    together: sa.Column[bool] = sa.Column(
        "together", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    online.add_column("outbox", together)
    waiting, alone = sa.text(f"{WAITING} AND NOT together"), sa.text("together")
    online.replace_index("ix_outbox_waiting", "outbox", ["due_at", "id"], where=waiting)
    online.add_index("ix_outbox_together", "outbox", ["kind", "written_at", "id"], where=alone)
    # What is open is counted at the second of asking, by any filter: from these indexes alone.
    online.replace_index(
        "ix_assignments_open",
        "assignments",
        ["agency_id", "resolve_by", "category_id", "area_id", "channel", "opened_at"],
        where=sa.text(OPEN),
    )
    online.add_index("ix_assignments_open_due", "assignments", ["resolve_by"], where=sa.text(OPEN))


def _nothing_to_count() -> None:
    """Of no reports, no figures are the right ones; else the first worker makes them."""
    now = datetime.now(UTC)
    turn = sa.table(
        "figure_turn",
        sa.column("id"),
        sa.column("fence"),
        sa.column("built_at", MOMENT),
        sa.column("past_before"),
    )
    op.execute(turn.insert().values(id=1, fence=0, built_at=now, past_before=now.year))


def downgrade() -> None:
    for table in ("figure_turn", "figure_cells", "figure_sheets"):
        op.drop_table(table)
    op.drop_index("ix_assignments_open_due", table_name="assignments")
    op.drop_index("ix_assignments_open", table_name="assignments")
    _index("ix_assignments_open", "assignments", ["agency_id", "resolve_by"], OPEN)
    op.execute("DELETE FROM outbox WHERE together")
    op.drop_index("ix_outbox_together", table_name="outbox")
    op.drop_index("ix_outbox_waiting", table_name="outbox")
    op.drop_column("outbox", "together")
    _index("ix_outbox_waiting", "outbox", ["due_at", "id"], WAITING)


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
