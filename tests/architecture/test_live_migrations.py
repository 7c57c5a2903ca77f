"""Migrations go forwards on a database that is full and in use, from the first version on."""

from __future__ import annotations

import ast
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, create_engine, inspect, select
from sqlalchemy import types as kinds
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from reports_service.core import online
from tests.databases import Databases, migrate

pytestmark = pytest.mark.pure
VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
FIRST = "0001"
MOMENT = datetime(2026, 3, 9, 2, tzinfo=UTC)
# Alter what is in use: who may write waits while it lasts, or every row is written anew.
HOLDING = {"create_index", "create_unique_constraint", "create_foreign_key",
           "create_check_constraint", "alter_column", "batch_alter_table"}  # fmt: skip
# Written by itself from other rows, or a copy of them.
NOT_BY_US = ("alembic_version", "report_search", "sqlite_")


def revisions() -> list[str]:
    scripts = ScriptDirectory(str(VERSIONS.parent)).walk_revisions()
    return [script.revision for script in scripts][::-1]


@contextmanager
def connected(url: str) -> Iterator[tuple[Connection, MetaData]]:
    """The database with its tables as they are now."""
    engine, tables = create_engine(url, poolclass=NullPool), MetaData()
    with engine.begin() as connection:
        names = [
            name for name in inspect(engine).get_table_names() if not name.startswith(NOT_BY_US)
        ]
        tables.reflect(connection, only=names)
        yield connection, tables


def value(column: Any, number: int) -> Any:
    """Something for a column that must have a value, and that another row does not have."""
    match column.type:
        case kinds.Boolean():
            return False
        case kinds.Integer():
            return number  # the row of that number too, where it refers to one
        case kinds.Float() | kinds.Numeric():
            return float(number)
        case kinds.DateTime():
            return MOMENT if column.type.timezone else MOMENT.replace(tzinfo=None)
        case kinds.Date():
            return date(2026, 3, number)
        case kinds.LargeBinary():
            return bytes([number]) * 32
        case kinds.JSON():
            return {"vi": f"số {number}"}
    return f"{number}-{column.name}"[: getattr(column.type, "length", None) or 40]


def fill(connection: Connection, tables: MetaData) -> set[str]:
    """Two rows in each table that has none; the names of those tables."""
    filled = set()
    for table in tables.sorted_tables:
        if connection.execute(select(table).limit(1)).first() is None:
            filled.add(table.name)
            for number in (1, 2):
                columns = [one for one in table.columns if not one.nullable or one.foreign_keys]
                row = {column.name: value(column, number) for column in columns}
                connection.execute(table.insert().values(row))
    return filled


def rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(select(table))]


def test_what_any_version_wrote_is_there_at_the_newest(databases: Databases) -> None:
    """Each version fills its new tables; each later one must leave all of it as it is."""
    written: dict[str, list[dict[str, Any]]] = {}
    with databases.empty() as url:
        for revision in revisions():
            migrate(url, revision)
            with connected(url) as (connection, tables):
                filled = fill(connection, tables)
                for name in filled - written.keys():
                    written[name] = rows(connection, tables.tables[name])
        with connected(url) as (connection, tables):
            now = {name: rows(connection, tables.tables[name]) for name in written}
    assert {"reports", "events", "reporters", "closed_periods", "uploads"} <= written.keys()
    for name, before in written.items():
        for row in before:
            assert any(row.items() <= kept.items() for kept in now[name]), (name, row)


@contextmanager
def reading_for(url: str, seconds: float) -> Iterator[None]:
    """Somebody whose transaction looks at the effects for so long."""
    began, over = Event(), Event()

    def read() -> None:
        with create_engine(url, poolclass=NullPool).begin() as connection:
            connection.exec_driver_sql("SELECT * FROM outbox").all()
            began.set()
            over.wait(seconds)

    thread = Thread(target=read)
    thread.start()
    began.wait()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_migration_lets_those_go_first_who_are_at_it(databases: Databases) -> None:
    with databases.empty() as url:
        migrate(url, FIRST)
        longest, over = 0.0, Event()

        def ask() -> None:
            nonlocal longest
            engine = create_engine(url, poolclass=NullPool)
            while not over.is_set():
                began = time.monotonic()
                with engine.connect() as connection:
                    connection.exec_driver_sql("SELECT count(*) FROM outbox")
                longest = max(longest, time.monotonic() - began)

        others = Thread(target=ask)
        others.start()
        with reading_for(url, 4 * online.ASK_AGAIN_AFTER_S):
            migrate(url, "0002")
        over.set()
        others.join()
        with connected(url) as (_, tables):
            assert "together" in tables.tables["outbox"].columns
        assert longest < 3 * online.ASK_AGAIN_AFTER_S, "others waited behind the migration"


class NoLock(Exception):
    """What a driver raises when a lock is not had in time."""

    sqlstate = online.LOCK_NOT_HAD


def test_it_asks_again_for_a_lock_and_not_for_anything_else() -> None:
    pauses: list[float] = []
    answers = iter([OperationalError("x", None, NoLock()), OperationalError("x", None, NoLock())])

    def upgrade() -> None:
        if (refused := next(answers, None)) is not None:
            raise refused

    online.patiently(upgrade, pauses.append)
    assert pauses == [online.ASK_AGAIN_AFTER_S] * 2
    answers = iter([OperationalError("x", None, Exception("gone"))])
    with pytest.raises(OperationalError, match="gone"):
        online.patiently(upgrade, pauses.append)
    assert len(pauses) == 2


def test_it_gives_up_in_the_end() -> None:
    pauses: list[float] = []

    def upgrade() -> None:
        raise OperationalError("x", None, NoLock())

    with pytest.raises(OperationalError):
        online.patiently(upgrade, pauses.append)
    assert len(pauses) == online.ASK_AT_MOST - 1


def held_off(source: str) -> list[str]:
    """What a migration's upgrade does to tables that it did not make, in a way that others feel."""
    parts = _upgrading(ast.parse(source))
    calls = [node for one in parts for node in ast.walk(one) if isinstance(node, ast.Call)]
    named = [(ast.unparse(call.func), call) for call in calls]
    made = {_text(call, 0) for name, call in named if name == "op.create_table"}
    found = [
        f"{name}({_text(call, _place(name))})"
        for name, call in named
        if name.removeprefix("op.") in HOLDING and name.startswith("op.")
        if _text(call, _place(name)) not in made
    ]
    columns = [call for name, call in named if name == "op.add_column"]
    return found + [
        f"op.add_column({_text(call, 0)})" for call in columns if _needs_a_default(call)
    ]


def _upgrading(tree: ast.Module) -> list[ast.FunctionDef]:
    """``upgrade`` and what it calls in its own file."""
    own = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    reached, waiting = {}, ["upgrade"]
    while waiting:
        name = waiting.pop()
        reached[name] = own[name]
        names = {node.id for node in ast.walk(own[name]) if isinstance(node, ast.Name)}
        waiting += [one for one in names & own.keys() if one not in reached]
    return list(reached.values())


def _place(call: str) -> int:
    """Which argument names the table."""
    return 0 if call in ("op.alter_column", "op.batch_alter_table") else 1


def _text(call: ast.Call, place: int) -> str:
    if len(call.args) <= place:
        return "?"
    argument = call.args[place]
    return argument.value if isinstance(argument, ast.Constant) else ast.unparse(argument)


def _needs_a_default(call: ast.Call) -> bool:
    said = ast.unparse(call)
    return "nullable=False" in said and "server_default" not in said


def upgrade_of(*statements: str) -> str:
    return "def upgrade():\n    act()\ndef act():\n" + "".join(f"    {one}\n" for one in statements)


def test_what_holds_others_off_is_found() -> None:
    index = 'op.create_index("ix_a", "reports", ["a"])'
    assert held_off(upgrade_of(index)) == ["op.create_index(reports)"]
    assert held_off(upgrade_of('op.batch_alter_table("reports")'))
    assert held_off(upgrade_of('op.add_column("reports", sa.Column("a", A, nullable=False))'))
    assert not held_off(upgrade_of('op.create_table("reports")', index))
    assert not held_off(upgrade_of("pass") + f"def downgrade():\n    {index}\n")


def test_no_migration_holds_off_those_who_use_the_tables() -> None:
    """An index on a table in use is made by ``core.online``; see there."""
    found = {
        path.name: wrong
        for path in sorted(VERSIONS.glob("*.py"))
        if not path.name.startswith(FIRST) and (wrong := held_off(path.read_text(encoding="utf-8")))
    }
    assert not found, json.dumps(found, indent=2)
