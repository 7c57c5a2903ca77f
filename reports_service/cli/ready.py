"""An application whose database is ready for a command: migrated, and seeded where it was empty."""

from __future__ import annotations

import click
from flask import Flask
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from reports_service import create_app
from reports_service.cli import first_start, schema
from reports_service.cli.spoken import language
from reports_service.core.words import say


def ready_app(*, seeded: bool = True) -> Flask:
    """The application, after the set-up that its database lacks.

    ``seeded=False`` is for commands that fill the database themselves. Raises
    ``click.ClickException``, in words, when the database cannot be used or seeding failed.
    """
    app = create_app()
    try:
        schema.bring_up_to_date(app)
        if seeded:
            first_start.seed_if_empty(app)
    except OperationalError as lost:
        url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
        shown = url.render_as_string(hide_password=True)
        words = say("serve_no_database", language(), database=shown, why=lost.orig)
        raise click.ClickException(words) from lost
    except first_start.SeedFailed as failed:
        raise click.ClickException(say("serve_seed_failed", language())) from failed
    return app
