"""The database: one session, one base class, one place that commits.

Two engines are served by one code. SQLite runs in WAL mode with ``synchronous=FULL`` (an answered
report survives a power cut). It has one writer at a time, and letting writers wait inside SQLite
makes a long tail, so ``unit_of_work`` queues them before it: by a lock in the process, and by
``flock`` on a file beside the database for the other processes.
"""

from __future__ import annotations

import fcntl
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, TypeVar

import orjson
from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Engine, Integer, MetaData, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from reports_service.core.patience import probing, write_wait_s
from reports_service.domain.errors import Refusal, Unavailable

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# One for each thread of a web process and some: a connection beyond is made anew each time.
POOL_SIZE = 10

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-32000",  # kB: with the 2 MB that it takes by itself, pages are read over and over
)

BigKey = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself only so
Json = JSON().with_variant(JSONB(), "postgresql")


class Model(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC to the microsecond on both engines. A naive one is refused."""

    impl = DateTime
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without time zone cannot be kept: {value!r}")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()


db = SQLAlchemy(
    model_class=Model,
    # After the commit the view still dumps what it loaded; without this each dump would load again.
    session_options={"expire_on_commit": False},
    engine_options={
        "json_serializer": _to_json,
        "json_deserializer": orjson.loads,
        "pool_size": POOL_SIZE,
        "hide_parameters": True,  # errors quote them, and logs quote errors
    },
)

# What the drivers and the pool raise when the database is away, full, stopping, or slow.
AWAY: Final = (OperationalError, InterfaceError, NoConnectionFree)
PRIMARY_CODE: Final = 0xFF  # of an error code of SQLite; the bits above say more
POLLED_FIRST_S, POLLED_LONGEST_S = 0.0005, 0.01

T = TypeVar("T")
_last_write = SimpleNamespace(failed=False)  # of this process
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_write_turn = threading.RLock()
_when_durable: list[Callable[[], None]] = []


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    if type(connection).__module__.split(".")[0] != "sqlite3":
        return
    connection.isolation_level = None  # pysqlite then leaves BEGIN and SAVEPOINT to us
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    if connection.dialect.name != "sqlite":
        return
    if not _writing.get():
        connection.exec_driver_sql("BEGIN")
        return
    with _waiting_for_the_lock(connection.connection.dbapi_connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _waiting_for_the_lock(connection: sqlite3.Connection) -> Iterator[None]:
    """Let SQLite wait for its lock no longer than now is right; the connection is used again."""
    (usual_ms,) = connection.execute("PRAGMA busy_timeout").fetchone()
    wait_ms = round(1000 * (write_wait_s(usual_ms / 1000) or 0))
    if wait_ms == usual_ms:
        yield
        return
    connection.execute(f"PRAGMA busy_timeout = {wait_ms}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout = {usual_ms}")


def is_away(error: Exception) -> bool:
    """Whether one of ``AWAY`` says so. SQLite calls a wrong statement by the same name, as one that
    names a table that is not there: that is a fault, and waiting does not mend it.
    """
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    return code is None or code & PRIMARY_CODE != sqlite3.SQLITE_ERROR


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Make all changes of the block durable together, or none of them.

    The only place that commits. Inside another unit of work it joins that one.
    Raises ``Unavailable`` when the database cannot be reached.
    """
    if _writing.get():
        yield
        return
    _end_reading()
    with turn_to_write():
        try:
            yield
            db.session.commit()
        except AWAY as lost:
            db.session.rollback()
            if not is_away(lost):
                raise
            _last_write.failed = True
            raise Unavailable(part="database") from lost
        except BaseException:
            db.session.rollback()
            raise
    _last_write.failed = False
    for follow_up in _when_durable:
        follow_up()


@contextmanager
def snapshot() -> Iterator[None]:
    """Read in the block as if nothing changed meanwhile; what follows sees the present again."""
    _end_reading()
    bound = db.session.get_bind()
    if isinstance(bound, Engine) and bound.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield
    finally:
        _end_reading()


def when_durable(follow_up: Callable[[], None]) -> Callable[[], None]:
    """Call this after each unit of work that was committed, once others may write again."""
    _when_durable.append(follow_up)
    return follow_up


def transact(work: Callable[[], T], *, again: Callable[[], T]) -> T:
    """Run ``work`` as a unit of work; where it is refused, run ``again`` as another one.

    For work that may be done only once under a unique key: ``work`` does it as if for the first
    time, ``again`` looks first whether it was done already, and else meets the same refusal.
    """
    try:
        with unit_of_work():
            return work()
    except Unavailable:  # nobody knows whether it was done
        raise
    except (IntegrityError, Refusal):
        with unit_of_work():
            return again()


def _end_reading() -> None:
    """End the open read transaction: SQLite cannot turn an old snapshot into a writer."""
    db.session.rollback()


@contextmanager
def turn_to_write() -> Iterator[None]:
    """On SQLite, be the only one who writes while inside; transactions then begin as writers.

    ``unit_of_work`` does it by itself: this is for migrations, which commit in their own way.
    """
    token = _writing.set(True)
    try:
        if db.engine.dialect.name != "sqlite":
            yield
            return
        with _turn_of_thread(), _flock(db.engine.engine.url.database):
            yield
    finally:
        _writing.reset(token)


@contextmanager
def _turn_of_thread() -> Iterator[None]:
    wait_s = write_wait_s(current_app.config["DATABASE_WAIT_S"])
    if not _write_turn.acquire(timeout=-1 if wait_s is None else wait_s):
        raise _no_turn()
    try:
        yield
    finally:
        _write_turn.release()


@contextmanager
def _flock(database: str | None) -> Iterator[None]:
    if not database or database == ":memory:":
        yield
        return
    with Path(database + ".write-lock").open("a") as turn:
        _lock(turn.fileno(), write_wait_s(current_app.config["DATABASE_WAIT_S"]))
        yield


def _lock(turn: int, wait_s: float | None) -> None:
    """Take the turn among processes; the kernel knows no bound for it, so a bounded wait asks again
    and again. Raises ``Unavailable``.
    """
    if wait_s is None:
        fcntl.flock(turn, fcntl.LOCK_EX)
        return
    end, pause = time.monotonic() + wait_s, POLLED_FIRST_S
    while True:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            if time.monotonic() > end:
                raise _no_turn() from taken
            time.sleep(pause)
            pause = min(1.5 * pause, POLLED_LONGEST_S)
        else:
            return


def _no_turn() -> Unavailable:
    """What a writer is told whose turn did not come. That is remembered as any failed write is: who
    has the turn may be waiting for a lock that a program of others holds.
    """
    _last_write.failed = True
    return Unavailable(part="database")


def reachable() -> bool:
    """Whether the database answers now."""
    with probing():
        try:
            db.session.execute(db.text("SELECT 1"))
        except (DBAPIError, NoConnectionFree):
            db.session.rollback()
            return False
    return True


def writes_fail() -> bool:
    """Whether the last unit of work of this process met a database that could not be written, or
    did not get its turn to write.
    """
    return bool(_last_write.failed)


def for_update() -> dict[str, Any]:
    """Loader options that lock the row until the commit, where the engine has row locks."""
    return {"with_for_update": True, "populate_existing": True}
