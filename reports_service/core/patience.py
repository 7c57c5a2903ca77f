"""How long a request waits for the database before it answers that it cannot: seconds, not for
ever.

A person or an app waits for the answer, and keeps what it wanted to send; workers and commands have
time, and wait as long as it takes. Bounded are: the wait for a connection of the pool, for the
server to take one, for each answer of the server (also of one that hangs), for a lock, and for the
turn to write on SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import psycopg
from flask import has_request_context, request
from psycopg.abc import RV, PQGen
from sqlalchemy import Dialect, Engine, event, make_url
from sqlalchemy.pool import ConnectionPoolEntry

SQLITE_WAITS_S: Final = 10.0  # without a bound: for writers from outside, sqlite3's shell say
READS_WAIT_S: Final = 20.0  # a table of figures over years may take its time
PROBE_WAITS_S: Final = 1.5
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
NAME: Final = "patience_s"  # among the arguments of a connection, until it is made
_probing: ContextVar[bool] = ContextVar("database_is_probed", default=False)


def engine_options(url: str, wait_s: float | None) -> dict[str, Any]:
    """What the engine is made with; ``wait_s`` None: as long as it takes."""
    if make_url(url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": wait_s or SQLITE_WAITS_S}, **_pool(wait_s)}
    if wait_s is None:
        return {}
    return {"connect_args": {NAME: wait_s}, **_pool(wait_s)}


def _pool(wait_s: float | None) -> Mapping[str, Any]:
    return {} if wait_s is None else {"pool_timeout": wait_s}


@contextmanager
def probing() -> Iterator[None]:
    """In the block the database is asked only whether it answers: it had better do so at once."""
    token = _probing.set(True)
    try:
        yield
    finally:
        _probing.reset(token)


def write_wait_s(usual_s: float | None) -> float | None:
    """How many seconds a write may wait for its lock; None: as long as it takes."""
    if not _probing.get():
        return usual_s
    return PROBE_WAITS_S if usual_s is None else min(usual_s, PROBE_WAITS_S)


class PatientConnection(psycopg.Connection[Any]):
    """A connection to PostgreSQL that is given up when the server does not answer in time.

    Whether a statement, or a commit, was done is then not known; the key of a filing finds out.
    """

    patience_s = PROBE_WAITS_S  # until it is set

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for one answer. Raises ``psycopg.OperationalError``, and ends the connection."""
        bound = timeout or _bound(self.patience_s)
        try:
            return super().wait(gen, interval=interval, timeout=bound)
        except psycopg.OperationalError:
            if timeout is None and self.pgconn.transaction_status == ACTIVE:
                self.close()  # what it still says belongs to nobody
            raise


ACTIVE: Final = psycopg.pq.TransactionStatus.ACTIVE


def _bound(patience_s: float) -> float:
    if _probing.get():
        return PROBE_WAITS_S
    reads = has_request_context() and request.method in SAFE
    return READS_WAIT_S if reads else patience_s


@event.listens_for(Engine, "do_connect")
def _connect_patiently(
    _dialect: Dialect, _entry: ConnectionPoolEntry, given: list[Any], named: dict[str, Any]
) -> PatientConnection | None:
    """Make a patient connection where the engine asks for one; else the driver's own."""
    wait_s = named.get(NAME)
    if wait_s is None:
        return None
    others = {name: value for name, value in named.items() if name != NAME}
    others.setdefault("connect_timeout", max(2, round(wait_s)))
    connection = PatientConnection.connect(*given, autocommit=True, **others)
    connection.patience_s = wait_s
    # A little sooner than we give up, so that the server waits for nobody who has left.
    connection.execute(f"SET lock_timeout = {round(900 * wait_s)}")
    connection.autocommit = False
    return connection
