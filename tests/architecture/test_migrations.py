"""The migrations make the tables that the models say, and can be taken back."""

from __future__ import annotations

import re
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

from reports_service import create_app
from reports_service.core.db import Model, db
from reports_service.reports.search import in_models
from tests.databases import Databases, migrate

pytestmark = pytest.mark.pure
VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
MADE_ANEW = re.compile(r"""batch_alter_table\(\s*(?:table_name\s*=\s*)?["']events["']""")


def tables(url: str) -> set[str]:
    engine = create_engine(url, poolclass=NullPool)
    return set(inspect(engine).get_table_names())


def test_the_migrations_make_what_the_models_say(databases: Databases) -> None:
    with databases.copy() as url, create_engine(url, poolclass=NullPool).connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": in_models}
        )
        assert compare_metadata(context, Model.metadata) == []


def test_the_migrations_can_be_taken_back_and_made_again(databases: Databases) -> None:
    with databases.empty() as url:
        migrate(url)
        made = tables(url)
        assert {"reports", "events", "outbox"} <= made
        app = create_app("test", SQLALCHEMY_DATABASE_URI=url)
        with app.app_context():
            flask_migrate.downgrade(revision="base")
            db.session.remove()
            db.engine.dispose()
        assert tables(url) <= {"alembic_version"}
        migrate(url)
        assert tables(url) == made


def test_no_migration_makes_the_table_of_events_anew() -> None:
    """On SQLite that loses its triggers: changes would not be told any more, silently."""
    assert MADE_ANEW.search('with op.batch_alter_table(\n    "events", schema=None) as batch:')
    migrations = sorted(VERSIONS.glob("*.py"))
    assert migrations
    assert [one.name for one in migrations if MADE_ANEW.search(one.read_text())] == []
