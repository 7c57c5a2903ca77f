"""The rows of an export, a bounded number at a time, in an order that nothing changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, tuple_

from reports_service.core.db import db
from reports_service.exports.tables import Column, Kind, Table

ROWS_AT_ONCE = 10_000
Values = Sequence[Any]


def batches(
    table: Table, begins: datetime, ends: datetime, size: int = ROWS_AT_ONCE
) -> Iterator[list[Values]]:
    """Lists of values, one for each column, of up to ``size`` rows opened in [begins, ends).

    Each batch is a question of its own, which begins after the last row of the one before: no
    transaction stays open for hours, and none pays for the rows already read.
    """
    query = _query(table).where(table.moment >= begins, table.moment < ends).limit(size)
    last: tuple[datetime, int] | None = None
    while True:
        after = query if last is None else query.where(tuple_(table.moment, table.id) > last)
        rows = db.session.execute(after).all()
        db.session.rollback()
        if rows:
            yield _by_column(table, rows)
            last = rows[-1][0], rows[-1][1]
        if len(rows) < size:
            return


def left_out(table: Table, begins: datetime, ends: datetime) -> int:
    """How many rows opened in [begins, ends) are in no batch: those of restricted reports."""
    query = table.restricted.where(table.moment >= begins, table.moment < ends)
    number = db.session.scalar(query) or 0
    db.session.rollback()
    return number


def _query(table: Table) -> Select[Any]:
    """The moment and the id of each row, then the sources of its columns in their order."""
    sources = [source for column in table.columns for source in column.sources]
    named = [source.label(f"source_{n}") for n, source in enumerate(sources)]
    return table.query.add_columns(table.moment, table.id, *named).order_by(table.moment, table.id)


def _by_column(table: Table, rows: Sequence[Any]) -> list[Values]:
    fields = iter(list(zip(*rows, strict=True))[2:])
    return [_made(column, [next(fields) for _ in column.sources]) for column in table.columns]


def _made(column: Column, fields: list[Values]) -> Values:
    """The values of a column; of codes each is made once, for few of them are different."""
    if column.make is None:
        return fields[0]
    if column.kind is not Kind.CODE:
        return list(map(column.make, *fields))
    made = {source: column.make(source) for source in set(fields[0])}
    return [made[source] for source in fields[0]]
