"""Changing tables that are in use: nobody waits longer than a moment.

PostgreSQL holds off writers while it makes an index, unless it makes it concurrently, outside of a
transaction. Who does so in a migration does it *before* all else: what came before would be
committed without the migration's number, and stand in the way when it is run again. The functions
here can be run again at any point. SQLite has one writer, so there an index simply is made.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import OperationalError

# A lock that cannot be had at once holds off all who come after; rather ask again a little later.
LOCK_WITHIN_MS = 300
ASK_AGAIN_AFTER_S = 1.0
ASK_AT_MOST = 60
LOCK_NOT_HAD = "55P03"  # PostgreSQL's code for lock_not_available


def add_index(
    name: str,
    table: str,
    columns: Sequence[str],
    *,
    where: sa.TextClause | None = None,
    sqlite_where: sa.TextClause | None = None,
    unique: bool = False,
) -> None:
    """Make an index on a table in use. ``where`` is for both engines, unless SQLite has its own."""
    options: dict[str, Any] = {"unique": unique, "postgresql_where": where}
    options["sqlite_where"] = where if sqlite_where is None else sqlite_where
    if not _on_postgresql():
        op.create_index(name, table, list(columns), **options)
        return
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # it waits for old transactions, and holds off nobody
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # half of one, of an earlier try
        op.create_index(name, table, list(columns), postgresql_concurrently=True, **options)
        wait_shortly()


def replace_index(
    name: str, table: str, columns: Sequence[str], *, where: sa.TextClause | None = None
) -> None:
    """Make another index under the name of one that there is, which serves until then."""
    if not _on_postgresql():
        op.drop_index(name, table_name=table, if_exists=True)
        add_index(name, table, columns, where=where)
        return
    add_index(f"{name}_new", table, columns, where=where)
    with op.get_context().autocommit_block():
        # Sent as one, the two are one transaction.
        op.execute(f"DROP INDEX IF EXISTS {name}; ALTER INDEX {name}_new RENAME TO {name}")


def add_column(table: str, column: sa.Column[Any]) -> None:
    """Add a column that may be null or has a constant default: no row is written anew for it.

    Unlike ``op.add_column`` it can stand before an index that is made concurrently.
    """
    if not column.nullable and column.server_default is None:
        raise ValueError(f"{table}.{column.name} needs a default: there are rows already")
    if not _on_postgresql():
        op.add_column(table, column)
        return
    with op.get_context().autocommit_block():
        op.add_column(table, column, if_not_exists=True)


def patiently(upgrade: Callable[[], None], pause: Callable[[float], None] = time.sleep) -> None:
    """Run an upgrade, and run it again while a lock cannot be had: up to a minute."""
    for left in reversed(range(ASK_AT_MOST)):
        try:
            upgrade()
        except OperationalError as waited:
            if getattr(waited.orig, "sqlstate", None) != LOCK_NOT_HAD or not left:
                raise
            pause(ASK_AGAIN_AFTER_S)
        else:
            return


def wait_shortly() -> None:
    """From here on, rather fail than hold off others while waiting for a lock."""
    if _on_postgresql():
        op.execute(f"SET lock_timeout = {LOCK_WITHIN_MS}")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
