"""The audit log becomes a chain: from where, numbered, sealed, and neither changed nor deleted.

And a report remembers by which request its tracking token was renewed.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy.dialects import postgresql

from reports_service.core import online

revision = "0019"
down_revision = "0018"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BATCH = 1000
GENESIS = bytes(32)
BEFORE_THE_CHAIN = 1  # the version of what is sealed here, without a place

# Who must change an entry after all (a migration, a test of the verification) drops these first.
SQLITE = tuple(
    f"CREATE TRIGGER audit_entries_no_{act.lower()} BEFORE {act} ON audit_entries BEGIN "
    "SELECT RAISE(ABORT, 'the audit log can only be added to'); END"
    for act in ("UPDATE", "DELETE")
)
POSTGRESQL = (
    """
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log can only be added to' USING ERRCODE = 'restrict_violation';
END $$
""",
    """
CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
""",
)

entries = sa.table(
    "audit_entries",
    sa.column("id", BIG),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("account_id", BIG),
    sa.column("actor", sa.String),
    sa.column("act", sa.String),
    sa.column("object_kind", sa.String),
    sa.column("object_key", sa.String),
    sa.column("detail", JSON),
    sa.column("number", sa.BigInteger),
    sa.column("version", sa.SmallInteger),
    sa.column("device", sa.String),
    sa.column("previous_hash", sa.LargeBinary),
    sa.column("hash", sa.LargeBinary),
)


def upgrade() -> None:
    for column in _of_the_chain():
        online.add_column("audit_entries", column)
    online.add_index("uq_audit_entries_number", "audit_entries", ["number"], unique=True)
    online.add_index("ix_audit_entries_actor", "audit_entries", ["actor", "number"])
    number, last = _seal_what_is_there()
    heads = op.create_table(
        "audit_heads",
        sa.Column("id", BIG, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_heads")),
    )
    op.bulk_insert(heads, [{"id": 1, "number": number, "hash": last}])
    op.add_column("daily_heads", sa.Column("audit_number", sa.BigInteger(), nullable=True))
    op.add_column("daily_heads", sa.Column("audit_head", sa.LargeBinary(length=32), nullable=True))
    op.add_column("reports", sa.Column("renewal_hash", sa.LargeBinary(length=32), nullable=True))
    for statement in POSTGRESQL if _on_postgresql() else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    if _on_postgresql():
        op.execute("DROP TRIGGER audit_entries_no_change ON audit_entries")
        op.execute("DROP FUNCTION refuse_audit_change()")
    else:
        op.execute("DROP TRIGGER audit_entries_no_update")
        op.execute("DROP TRIGGER audit_entries_no_delete")
    op.drop_column("reports", "renewal_hash")
    with op.batch_alter_table("daily_heads") as table:
        table.drop_column("audit_head")
        table.drop_column("audit_number")
    op.drop_table("audit_heads")
    op.drop_index("ix_audit_entries_actor", table_name="audit_entries")
    op.drop_index("uq_audit_entries_number", table_name="audit_entries")
    with op.batch_alter_table("audit_entries") as table:
        for name in ("hash", "previous_hash", "device", "session_id", "request_id", "address"):
            table.drop_column(name)
        table.drop_column("version")
        table.drop_column("number")


def _of_the_chain() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.SmallInteger(), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("device", sa.String(length=200), nullable=True),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=True),
    ]


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _seal_what_is_there() -> tuple[int, bytes]:
    """Number and seal the entries of before, in their order. Returns the last number and hash."""
    bound, seal = op.get_bind(), _key()
    number, previous, after = 0, GENESIS, 0
    while True:
        later = sa.select(entries).where(entries.c.id > after).order_by(entries.c.id).limit(BATCH)
        rows = bound.execute(later).all()
        if not rows:
            return number, previous
        places = []
        for row in rows:
            number, after = number + 1, row.id
            sealed = hmac.digest(seal, _canonical(row, number, previous), hashlib.sha256)
            places.append({"of": after, "place": number, "before": previous, "sealed": sealed})
            previous = sealed
        bound.execute(_give_place(), places)


def _give_place() -> sa.Update:
    return (
        entries.update()
        .where(entries.c.id == sa.bindparam("of"))
        .values(
            number=sa.bindparam("place"),
            version=BEFORE_THE_CHAIN,
            device="",
            previous_hash=sa.bindparam("before"),
            hash=sa.bindparam("sealed"),
        )
    )


def _canonical(row: Any, number: int, previous: bytes) -> bytes:
    at: datetime = row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)
    detail = row.detail if isinstance(row.detail, dict) else orjson.loads(row.detail)
    content = {
        "number": number,
        "version": BEFORE_THE_CHAIN,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "account": row.account_id,
        "actor": row.actor,
        "act": row.act,
        "kind": row.object_kind,
        "key": row.object_key,
        "detail": detail,
        "address": None,
        "request": None,
        "session": None,
        "device": "",
        "previous": previous.hex(),
    }
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def _key() -> bytes:
    """As ``core.keys`` derives it: a migration must go on giving what it gave."""
    secret = current_app.config["SECRET_KEY"].encode()
    return HKDF(SHA256(), 32, salt=None, info=b"1022/audit-chain").derive(secret)
