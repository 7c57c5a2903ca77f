"""A PostgreSQL database: every table as ``COPY`` gives it, all of one snapshot.

No program of PostgreSQL is needed, so it works where the server is elsewhere or comes from a wheel.
The tables themselves are made by the project's migrations, up to the one that the archive names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any, BinaryIO

import orjson
import psycopg
from psycopg import IsolationLevel
from psycopg.sql import SQL, Composed, Identifier
from sqlalchemy.engine import make_url

from reports_service.backups import pieces
from reports_service.backups.archive import DATABASE, Writer

TABLES, NUMBERS, ROWS = f"{DATABASE}tables.json", f"{DATABASE}numbers.json", f"{DATABASE}rows/"
VERSION_TABLE = "alembic_version"
# Rows are text: what it looks like must not hang on the server that it comes from.
_AS_TEXT = (
    "-c client_encoding=UTF8 -c datestyle=ISO -c timezone=UTC "
    "-c extra_float_digits=3 -c bytea_output=hex"
)
Connection = psycopg.Connection[Any]
Reached = Callable[[int, int], None]


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """A connection that sees one moment, and holds off whoever would alter a table.

    Reading and writing go on. ``url``: as SQLAlchemy takes it.
    """
    with _connected(url) as held:
        held.isolation_level, held.read_only = IsolationLevel.REPEATABLE_READ, True
        for table in tables(held):
            held.execute(SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(Identifier(table)))
        yield held


def _connected(url: str) -> Connection:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, options=_AS_TEXT)


def tables(held: Connection) -> list[str]:
    """The tables of the deployment, by name."""
    found = held.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
    )
    return [name for (name,) in found if name != VERSION_TABLE]


def streamed(held: Connection, statement: str) -> Iterator[Any]:
    """The rows of a statement, a few thousand in memory at a time."""
    with held.cursor(name="streamed") as rows:
        rows.itersize = 5000
        yield from rows.execute(statement)


def put(archive: Writer, held: Connection, reached: Reached) -> None:
    """Write all rows of the snapshot. ``reached``: tables of tables."""
    columns = {table: _columns(held, table) for table in tables(held)}
    archive.put(TABLES, orjson.dumps(columns))
    for number, (table, names) in enumerate(columns.items(), start=1):
        pieces.put(archive, f"{ROWS}{table}", _rows(held, _copy(table, names, "TO STDOUT")))
        reached(number, len(columns))
    archive.put(NUMBERS, orjson.dumps(_numbers(held)))


def _columns(held: Connection, table: str) -> list[str]:
    found = held.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position", [table],
    )  # fmt: skip
    return [name for (name,) in found]


def _copy(table: str, columns: list[str], way: str) -> Composed:
    listed = SQL(", ").join(map(Identifier, columns))
    return SQL("COPY {} ({}) {}").format(Identifier(table), listed, SQL(way))


def _rows(held: Connection, statement: Composed) -> Iterator[bytes]:
    with held.cursor().copy(statement) as rows:
        yield from map(bytes, rows)


def _numbers(held: Connection) -> dict[str, int]:
    """Sequence -> the number it gave last. They stand outside of snapshots: asked last, they are
    never behind the rows.
    """
    found = held.execute(
        "SELECT sequencename, last_value FROM pg_sequences "
        "WHERE schemaname = current_schema() AND last_value IS NOT NULL"
    )
    return dict(found.fetchall())


def clear(url: str) -> None:
    """Drop every table, and every function of a trigger, that stands in the schema."""
    with _connected(url) as held:
        for table in [*tables(held), VERSION_TABLE]:
            held.execute(SQL("DROP TABLE IF EXISTS {} CASCADE").format(Identifier(table)))
        functions = held.execute(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE prorettype = 'trigger'::regtype "
            "AND pronamespace = current_schema()::regnamespace AND NOT EXISTS (SELECT 1 "
            "FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')"
        ).fetchall()
        for (function,) in functions:
            held.execute(f"DROP FUNCTION {function} CASCADE")


def restore(parts: Iterator[tuple[str, BinaryIO]], url: str) -> None:
    """Fill the tables that the migrations made with the rows of an archive, in one transaction.

    Constraints and indexes are made again at the end: that is faster, and needs no order of tables.
    """
    with _connected(url) as held:
        held.execute("SET LOCAL maintenance_work_mem = '256MB'")
        there = tables(held)
        again = [made for table in there for made in _let_go(held, table)]
        for table in there:  # the audit log's refuse even an empty TRUNCATE
            held.execute(SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(Identifier(table)))
        held.execute(SQL("TRUNCATE {}").format(SQL(", ").join(map(Identifier, there))))
        _fill(held, parts)
        # What others refer to comes before those who refer to it.
        for statement in sorted(again, key=lambda made: "FOREIGN KEY" in made):
            held.execute(statement)
        for table in there:
            held.execute(SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(Identifier(table)))
    with _connected(url) as held:
        held.execute("ANALYZE")


def _let_go(held: Connection, table: str) -> list[str]:
    """Drop a table's constraints and indexes but the primary key. Returns what makes them again."""
    constraints = held.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = %s::regclass AND contype IN ('u', 'f')", [table],
    ).fetchall()  # fmt: skip
    for name, _ in constraints:
        drop = SQL("ALTER TABLE {} DROP CONSTRAINT {}")
        held.execute(drop.format(Identifier(table), Identifier(name)))
    indexes = held.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() "
        "AND tablename = %s AND indexname NOT IN (SELECT conname FROM pg_constraint)", [table],
    ).fetchall()  # fmt: skip
    for name, _ in indexes:
        held.execute(SQL("DROP INDEX {}").format(Identifier(name)))
    adding = [f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {how}' for name, how in constraints]
    return [*(how for _, how in indexes), *adding]


def _fill(held: Connection, parts: Iterator[tuple[str, BinaryIO]]) -> None:
    columns: dict[str, list[str]] = {}
    for table, of_table in groupby(parts, key=lambda part: _table_of(part[0])):
        if table:
            _append(held, _copy(table, columns[table], "FROM STDIN"), of_table)
            continue
        for name, content in of_table:
            if name == TABLES:
                columns = orjson.loads(content.read())
            elif name == NUMBERS:
                _go_on_from(held, orjson.loads(content.read()))


def _table_of(part: str) -> str:
    return part.removeprefix(ROWS).partition("/")[0] if part.startswith(ROWS) else ""


def _append(held: Connection, statement: Composed, parts: Iterator[tuple[str, BinaryIO]]) -> None:
    with held.cursor().copy(statement) as copy:
        for _, content in parts:
            copy.write(pieces.unpacked(content))


def _go_on_from(held: Connection, numbers: dict[str, int]) -> None:
    for sequence, last in numbers.items():
        held.execute("SELECT setval(%s::regclass, %s)", [f'"{sequence}"', last])
