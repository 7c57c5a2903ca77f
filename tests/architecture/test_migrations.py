"""The migrations make the tables that the models say, and can be taken back."""

from __future__ import annotations

import re
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import DBAPIError
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


def say(url: str, statement: str) -> None:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql(statement)


def version(url: str) -> str | None:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


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


def test_an_upgrade_that_fails_in_the_middle_goes_on_from_there(databases: Databases) -> None:
    with databases.empty() as url:
        say(url, "CREATE TABLE mailings (id INTEGER)")  # in the way of the fourth's last table
        with pytest.raises(DBAPIError, match="mailings"):
            migrate(url)
        assert version(url) == "0003", "what ended before is kept"
        assert {"reports", "api_keys"} <= tables(url)
        assert not {"closed_periods", "period_checks"} & tables(url), "half of the fourth is not"
        say(url, "DROP TABLE mailings")
        migrate(url)
        assert version(url) == ScriptDirectory(str(VERSIONS.parent)).get_current_head()
        assert {"closed_periods", "mailings", "quality_days"} <= tables(url)


def test_no_migration_makes_the_table_of_events_anew() -> None:
    """On SQLite that loses its triggers: changes would not be told any more, silently."""
    assert MADE_ANEW.search('with op.batch_alter_table(\n    "events", schema=None) as batch:')
    migrations = sorted(VERSIONS.glob("*.py"))
    assert migrations
    assert [one.name for one in migrations if MADE_ANEW.search(one.read_text())] == []
