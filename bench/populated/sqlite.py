"""Rows in bulk into SQLite: one statement for many rows, on a connection that waits for no disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import Table
from sqlalchemy.engine import make_url

from bench.populated.columns import Columns, Words, is_null, kinds
from bench.populated.hours import NONE

Numbers = np.ndarray[Any, Any]
Prepared = tuple[str, list[list[Any]]]
DAY_S = 86_400
LAST_DAY = 40_000  # 2079
FAST = ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-1000000",
        "temp_store=MEMORY", "threads=2", "foreign_keys=OFF")  # fmt: skip


class Writer:
    """Writes to one file that nobody else has open; its tables lose their indexes until the end."""

    def __init__(self, url: str) -> None:
        self._file = make_url(url).database or ""

    @contextmanager
    def open(self, *tables: Table) -> Iterator[None]:
        """Drop what can be made again from these tables, and make it again after the block."""
        self._connection = sqlite3.connect(self._file, isolation_level=None)
        for pragma in FAST:
            self._connection.execute(f"PRAGMA {pragma}")
        try:
            again = [made for table in tables for made in self._drop(table.name)]
            yield
            for statement in again:
                self._connection.execute(statement)
        finally:
            self._connection.close()
        with sqlite3.connect(self._file) as plain:
            plain.execute("PRAGMA journal_mode=WAL")

    def settle(self, *tables: Table) -> None:
        """Statistics of what was written."""
        with sqlite3.connect(self._file) as held:
            for table in tables:
                held.execute(f"ANALYZE {table.name}")

    @staticmethod
    def prepared(table: Table, columns: Columns) -> Prepared:
        """A statement and the columns it asks for; may be made beside the writing."""
        sizes = kinds(table, columns)
        said = {
            name: _literal(values)
            for name, values in columns.items()
            if not isinstance(values, Words | np.ndarray)
        }
        asked = [name for name in columns if name not in said]
        marks = ", ".join(["?"] * len(asked))
        names = ", ".join([*said, *asked])
        fixed = "".join(f"{value}, " for value in said.values())
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({fixed}{marks})"
        return statement, [_listed(columns[name], sizes[name]) for name in asked]

    def write(self, rows: Prepared) -> None:
        """Append rows."""
        statement, columns = rows
        self._connection.execute("BEGIN")
        self._connection.executemany(statement, zip(*columns, strict=True))
        self._connection.execute("COMMIT")

    def _drop(self, table: str) -> list[str]:
        """Drop the indexes and triggers that have a statement. Returns how to make them again."""
        made = self._connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ? "
            "AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid", [table],
        ).fetchall()  # fmt: skip
        for what, name, _ in made:
            self._connection.execute(f'DROP {what} "{name}"')
        return [statement for _, _, statement in made]


def _literal(value: str | int | bytes) -> str:
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return str(int(value)) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def _listed(values: Any, kind: str) -> list[Any]:
    """A column as Python values in the form in which the service keeps them."""
    if isinstance(values, Words):
        said = np.array([*map(_said, values.vocabulary), None], dtype=object)
        return said[values.place].tolist()
    if values.dtype.kind == "S":
        return values.astype(f"U{values.dtype.itemsize}").tolist()
    if kind == "moment":
        return _moments(values)
    if kind == "day":
        return _days()[np.where(values == NONE, LAST_DAY, values)].tolist()
    null = is_null(values)
    if not null.any():
        return values.tolist()
    listed = values.astype(object)
    listed[null] = None
    return listed.tolist()


def _said(word: Any) -> Any:
    return word if isinstance(word, bytes) else str(word)


def _moments(values: Numbers) -> list[Any]:
    """``2026-11-22 08:00:00.000000``, put together from a table of days and one of seconds."""
    known = values != NONE
    day, second = np.divmod(values[known], DAY_S)
    listed = np.empty(len(values), dtype=object)
    listed[known] = _days()[day] + _seconds()[second]
    return listed.tolist()


@cache
def _days() -> Numbers:
    """The days from 1970 on as text; the one after the last is null."""
    first = date(1970, 1, 1)
    days = [(first + timedelta(days=day)).isoformat() for day in range(LAST_DAY)]
    return np.array([*days, None], dtype=object)


@cache
def _seconds() -> Numbers:
    """The seconds of a day as text."""
    return np.array([
        f" {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.000000"
        for second in range(DAY_S)
    ], dtype=object)  # fmt: skip
