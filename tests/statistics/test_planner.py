"""SQLite is told each night what its tables hold; PostgreSQL looks by itself."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from reports_service.core.db import db
from reports_service.core.health import Tick
from reports_service.core.planner import look_at_tables
from tests.statistics import rows
from tests.statistics.rows import Province
from tests.statistics.typical import filed, resolved, varied
from workers import jobs


@pytest.fixture
def on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def known() -> dict[str, int]:
    """How many rows the planner thinks that each index of assignments has."""
    query = "SELECT idx, stat FROM sqlite_stat1 WHERE tbl = 'assignments'"
    return {index: int(stat.split()[0]) for index, stat in db.session.execute(text(query))}


def test_the_job_tells_the_planner_what_tables_hold(province: Province, on_sqlite: bool) -> None:
    rows.write(province, varied())
    jobs.look_at_tables()
    assert db.session.get(Tick, "look_at_tables") is not None
    if on_sqlite:
        held = sum(len(one.held) for one in varied())
        found = known()
        assert found["ix_assignments_opened_at"] == held
        assert 0 < found["ix_assignments_open"] < held


def test_what_it_knew_is_replaced(province: Province, on_sqlite: bool) -> None:
    for times in (1, 2):
        rows.write(province, [filed(resolved()) for _ in range(5)])
        assert look_at_tables() is on_sqlite
        if on_sqlite:
            assert known()["ix_assignments_agency_resolved"] == 5 * times


def test_a_new_database_is_looked_at_without_harm(province: Province, on_sqlite: bool) -> None:
    assert look_at_tables() is on_sqlite
    found = inspect(db.session.connection()).has_table("sqlite_stat1")
    assert found is on_sqlite
