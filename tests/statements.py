"""What is sent to the database, for tests that count it; and how the database means to find it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, Select, event, text

from reports_service.core.db import db

AGE_OF_REFERENCE = "FROM revisions"
SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that are sent inside the block, in their order.

    Left out is what hangs on the clock and on the test: whether reference data is still the newest
    is asked once a second, however much is done, and savepoints stand for a test's commits.
    """
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if AGE_OF_REFERENCE not in statement and not statement.startswith(SAVEPOINTS):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def plan(query: Select[Any]) -> str:
    """How the database would run a query, if it had more than the few rows of a test."""
    dialect = db.session.connection().dialect
    if dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
    written = query.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN" if dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    rows = db.session.execute(text(f"{explain} {written}".replace(":", r"\:")))
    return " ".join(str(row) for row in rows)
