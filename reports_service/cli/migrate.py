"""``reports migrate``: brings the tables up to date before a new version of the service starts."""

from __future__ import annotations

import click

from reports_service import create_app
from reports_service.cli import schema
from reports_service.cli.spoken import tell


@click.command()
def migrate() -> None:
    """Run the migrations that are missing."""
    changed = schema.bring_up_to_date(create_app())
    tell("migrate_changed" if changed else "migrate_current")
