"""Rows in bulk into PostgreSQL: COPY in its binary form, made without a loop over rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import Table
from sqlalchemy.engine import make_url

from bench.populated.columns import Columns, Words, is_null, kinds, rows_of

Numbers = np.ndarray[Any, Any]
Prepared = tuple[str, bytes]
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
EPOCH_S, EPOCH_DAYS = 946_684_800, 10_957  # PostgreSQL counts from 2000
NUMBERS = {"moment": ">i8", "day": ">i4", "float": ">f8"}


class Writer:
    """Writes to one database; its tables lose their indexes until the end."""

    def __init__(self, url: str) -> None:
        plain = make_url(url).set(drivername="postgresql")
        self._address = plain.render_as_string(hide_password=False)

    @contextmanager
    def open(self, *tables: Table) -> Iterator[None]:
        """Drop what can be made again from these tables, and make it again after the block."""
        with psycopg.connect(self._address) as held:
            self._connection = held
            # Every row names only what is there: checking each would take longer than writing.
            held.execute("SET session_replication_role = replica")
            held.execute("SET maintenance_work_mem = '1GB'")
            again = [made for table in tables for made in self._drop(table.name)]
            yield
            for statement in again:
                held.execute(statement)
            for table in tables:
                held.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) "
                    f"FROM {table.name} HAVING max(id) IS NOT NULL"
                )

    def settle(self, *tables: Table) -> None:
        """What the server would do by itself in time: statistics, and pages marked as seen."""
        with psycopg.connect(self._address, autocommit=True) as held:
            for table in tables:
                held.execute(f"VACUUM (ANALYZE) {table.name}")

    @staticmethod
    def prepared(table: Table, columns: Columns) -> Prepared:
        """Rows as they are sent; may be made beside the writing."""
        statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
        return statement, HEADER + encoded(table, columns) + TRAILER

    def write(self, rows: Prepared) -> None:
        """Append rows."""
        statement, content = rows
        with self._connection.cursor().copy(statement) as copy:
            copy.write(content)

    def _drop(self, table: str) -> list[str]:
        """Drop unique constraints and indexes; the primary key stays. Returns how to make them."""
        constraints = self._connection.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype = 'u'", [table],
        ).fetchall()  # fmt: skip
        for name, _ in constraints:
            self._connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        indexes = self._connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() "
            "AND tablename = %s AND indexname NOT IN (SELECT conname FROM pg_constraint)", [table],
        ).fetchall()  # fmt: skip
        for name, _ in indexes:
            self._connection.execute(f'DROP INDEX "{name}"')
        adding = [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {how}' for name, how in constraints]
        return adding + [how for _, how in indexes]


def encoded(table: Table, columns: Columns) -> bytes:
    """Rows in the binary form: each field's length and bytes; a null has no bytes, length -1."""
    number = rows_of(columns)
    fields = np.full((number, 2), len(columns), dtype=">i2").view(np.uint8)[:, :2]
    parts, kept = [fields], [np.ones((number, 2), dtype=bool)]
    sizes = kinds(table, columns)
    for name, values in columns.items():
        wide = table.c[name].primary_key or bool(table.c[name].foreign_keys)
        field, mask = _field(values, sizes[name], wide, number)
        parts.append(field)
        kept.append(mask)
    return np.hstack(parts)[np.hstack(kept)].tobytes()


def _field(values: Any, kind: str, wide: bool, number: int) -> tuple[Numbers, Numbers]:
    """Bytes of a column by row, with its length in front, and which of them are to be sent."""
    if isinstance(values, np.ndarray) and values.dtype.kind != "S":
        return _of_numbers(values, kind, wide)
    if isinstance(values, bool):
        return _of_numbers(np.full(number, values), kind, wide)
    if isinstance(values, int):
        return _of_numbers(np.full(number, values), kind, wide)
    if isinstance(values, np.ndarray):
        width = values.dtype.itemsize
        return _framed(values.view(np.uint8).reshape(number, width), np.full(number, width))
    if not isinstance(values, Words):
        values = Words((values,), np.zeros(number, dtype=np.int64))
    return _of_words(values, b"\x01" if kind == "json" else b"")


def _of_numbers(values: Numbers, kind: str, wide: bool) -> tuple[Numbers, Numbers]:
    null = is_null(values)
    if kind == "moment":
        values = (np.where(null, 0, values) - EPOCH_S) * 1_000_000
    elif kind == "day":
        values = np.where(null, 0, values) - EPOCH_DAYS
    elif kind == "float":
        values = np.where(null, 0, values)
    form = {"bool": "u1", "int": ">i8" if wide else ">i4"} | NUMBERS
    sent = np.where(null, 0, values).astype(form[kind])
    width = sent.dtype.itemsize
    return _framed(sent.view(np.uint8).reshape(len(sent), width), np.where(null, -1, width))


def _of_words(words: Words, before: bytes) -> tuple[Numbers, Numbers]:
    said = [before + _bytes(word) for word in words.vocabulary]
    width = max(len(word) for word in said)
    padded = np.frombuffer(b"".join(word.ljust(width, b"\0") for word in said), dtype=np.uint8)
    lengths = np.array([*(len(word) for word in said), -1])  # place -1 is null
    return _framed(padded.reshape(len(said), width)[words.place], lengths[words.place])


def _bytes(word: str | bytes) -> bytes:
    return word if isinstance(word, bytes) else str(word).encode()


def _framed(content: Numbers, lengths: Numbers) -> tuple[Numbers, Numbers]:
    frame = lengths.astype(">i4").view(np.uint8).reshape(len(lengths), 4)
    sent = np.arange(content.shape[1])[None, :] < lengths[:, None]
    whole = np.ones((len(lengths), 4), dtype=bool)
    return np.hstack([frame, content]), np.hstack([whole, sent])
