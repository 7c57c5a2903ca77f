"""Keys for other systems, exports, and the order in which changes are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

# Every event waits to be told, in its own transaction, whoever writes it and however. One that
# waits already is a number that SQLite gave anew after an event was taken away by hand.
WAIT_SQLITE = """
CREATE TRIGGER events_wait AFTER INSERT ON events BEGIN
    INSERT OR IGNORE INTO changes_waiting (event_id) VALUES (new.id);
END
"""
WAIT_POSTGRESQL = (
    """
CREATE FUNCTION wait_as_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changes_waiting (event_id) VALUES (new.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
""",
    """
CREATE TRIGGER events_wait AFTER INSERT ON events
FOR EACH ROW EXECUTE FUNCTION wait_as_change()
""",
)
# After the trigger, which no event can pass unseen. Until the commit nobody can write an event, so
# those that are there are noted as two numbers only; who reads the feed gives them their places.
NOTE_WHAT_IS_THERE = """
INSERT INTO changes_old (id, after, up_to)
SELECT 1, oldest - 1, newest FROM (SELECT min(id) AS oldest, max(id) AS newest FROM events) AS old
WHERE newest IS NOT NULL
"""
UNFINISHED = "finished_at IS NULL AND swept_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", BIG, nullable=False),
        sa.Column("public_id", sa.String(length=8), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_keys_public_id")),
    )
    op.create_table(
        "exports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("requested_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("kept_until", MOMENT, nullable=False),
        sa.Column("swept_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        sa.UniqueConstraint("uuid", name=op.f("uq_exports_uuid")),
    )
    op.create_index(op.f("ix_exports_kept_until"), "exports", ["kept_until"])
    op.create_index(
        "uq_exports_unfinished",
        "exports",
        ["requested_by", "what", "format", "first", "last"],
        unique=True,
        sqlite_where=sa.text(UNFINISHED),
        postgresql_where=sa.text(UNFINISHED),
    )
    op.create_table(
        "export_parts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("export_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("byte_size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("storage_key", sa.String(length=200), nullable=True),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_parts")),
        sa.ForeignKeyConstraint(
            ["export_id"], ["exports.id"], name=op.f("fk_export_parts_export_id")
        ),
        sa.UniqueConstraint("export_id", "number", name=op.f("uq_export_parts_export_id_number")),
    )
    _order_changes()


def _order_changes() -> None:
    op.create_table(
        "changes_waiting",
        sa.Column("event_id", BIG, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_changes_waiting")),
    )
    op.create_table(
        "changes_old",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("up_to", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes_old")),
    )
    op.create_table(
        "changes",
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_changes")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in WAIT_POSTGRESQL:
            op.execute(statement)
    else:
        op.execute(WAIT_SQLITE)
    op.execute(NOTE_WHAT_IS_THERE)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER events_wait ON events")
        op.execute("DROP FUNCTION wait_as_change()")
    else:
        op.execute("DROP TRIGGER events_wait")
    op.drop_table("changes")
    op.drop_table("changes_old")
    op.drop_table("changes_waiting")
    op.drop_table("export_parts")
    op.drop_index("uq_exports_unfinished", table_name="exports")
    op.drop_index(op.f("ix_exports_kept_until"), table_name="exports")
    op.drop_table("exports")
    op.drop_table("api_keys")
