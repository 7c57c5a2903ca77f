"""Runs migrations within the application: its database, its models."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from reports_service.core import online
from reports_service.core.db import db, turn_to_write
from reports_service.reports.search import in_models


def run() -> None:
    """Each migration is a transaction with the number it brings: locks are freed at its end.

    An upgrade that is interrupted goes on after the last one that ended, on both engines. On
    PostgreSQL one that cannot have a lock at once lets the others go first, and tries again; on
    SQLite it waits for its turn, as all who write.
    """
    options: dict[str, Any] = current_app.extensions["migrate"].configure_args
    with turn_to_write(), db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET lock_timeout = {online.LOCK_WITHIN_MS}")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_object=in_models,
            transaction_per_migration=True,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()


online.patiently(run)
