"""Runs migrations within the application: its database, its models."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from reports_service.core.db import db
from reports_service.reports.search import in_models


def run() -> None:
    """Migrate in one transaction where the engine can."""
    options: dict[str, Any] = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_object=in_models,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
