"""Filing beside the floor: a bare application that writes two rows, on the same server and engine.

Both are served by the project's gunicorn settings and get the same bodies from the same clients, in
short rounds by turns; the median of the rounds' ratios counts. PostgreSQL is TEST_DATABASE_URL's or
one of this machine or of a wheel. SQLite, the embedded mode, is measured for information.

What a filing may not do is counted in this process: statements, pictures decoded, polygons loaded,
and how long a queue server that does not answer holds it up.
"""

from __future__ import annotations

import json
import random
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import shapely
from flask import Flask
from PIL import Image
from sqlalchemy import event

from bench.clients import Round, percentile, post_for
from bench.result import Check, report
from bench.served import environment, fresh_database, run, serving
from reports_service import create_app
from reports_service.core import embedded, queue
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from tests.servers import postgresql

CLIENTS = 8
ROUND_S = 1.5
ROUNDS = {"PostgreSQL": 10, "SQLite": 4}
SPEED_BOUND = 0.4
STATEMENTS_BOUND = 12
REDIS_BOUND_MS = 50
TRIES = 15
# As a province runs it: what was answered survives a power cut. The suite's own server does not.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
PATH = "/api/v1/reports"
# In the middle of phường Long Hoa and around: real communes of the demo province.
PLACE = (11.2871, 106.1312)
SPREAD = 0.05


@dataclass(frozen=True)
class Beside:
    """The floor and the service in one interleaved run."""

    ratio: float
    floor: Round
    ours: Round


def main() -> None:
    """Measure both engines, then what a filing does; report."""
    with TemporaryDirectory(prefix="reports-bench-") as name, ExitStack() as held:
        folder = Path(name)
        redis = embedded.start(folder)
        held.callback(redis.stop)
        server = held.enter_context(postgresql(**DURABLE))
        database = held.enter_context(fresh_database(server))
        served = side_by_side("PostgreSQL", folder / "postgresql", database, redis.url)
        counted = counting(folder / "counting", database)
        file = f"sqlite:///{folder / 'reports.sqlite3'}"
        side_by_side("SQLite", folder / "sqlite", file, redis.url)
        what = f"filings a second against the floor, PostgreSQL, {CLIENTS} clients, median"
        report("intake", [Check.at_least(what, served.ratio, SPEED_BOUND, "times"), *counted])


def body(chance: random.Random) -> bytes:
    """A report as an app sends it: a place, a category, words, a contact with consent."""
    lat, lon = (round(at + chance.uniform(-SPREAD, SPREAD), 6) for at in PLACE)
    filed = {
        "category": "den-duong",
        "location": {"lat": lat, "lon": lon},
        "address": f"trước số {chance.randrange(1, 400)}",
        "description": "Đèn đường tắt ba đêm nay, đi lại rất nguy hiểm, xin sửa sớm",
        "channel": "app",
        "reporter": {"name": "Nguyễn Thị Mai", "phone": "0900 000 000", "consent": True},
        "answers": {},
        "uploads": [],
    }
    return json.dumps(filed, ensure_ascii=False).encode()


def side_by_side(engine: str, folder: Path, database: str, redis: str) -> Beside:
    """Serve both on one database and post to them in turns."""
    folder.mkdir()
    environ = environment(folder, database, redis)
    run(environ, "reports_service.cli", "seed")
    run(environ, "bench.floor")
    with (
        serving(environ, "bench.floor:app", folder / "floor.log") as floor_port,
        serving(environ, "wsgi:app", folder / "ours.log") as our_port,
    ):
        post = partial(
            post_for, path=PATH, body=partial(body, random.Random(1022)), clients=CLIENTS
        )
        post(1.0, floor_port)
        post(2.0, our_port)
        rounds = [
            (post(ROUND_S, floor_port), post(ROUND_S, our_port)) for _ in range(ROUNDS[engine])
        ]
    ratio = median(ours.rate / bare.rate for bare, ours in rounds)
    found = Beside(
        round(ratio, 3), joined([pair[0] for pair in rounds]), joined([pair[1] for pair in rounds])
    )
    tell(engine, found)
    return found


def joined(rounds: list[Round]) -> Round:
    """All rounds of one side as one."""
    whole = Round(sum(one.seconds for one in rounds))
    for one in rounds:
        whole.latencies_s += one.latencies_s
        whole.refused += one.refused
    return whole


def tell(engine: str, found: Beside) -> None:
    """Say how both sides fared; end where something was refused, for then nothing was measured."""
    for name, side in (("floor", found.floor), ("ours", found.ours)):
        if side.refused:
            raise SystemExit(f"{engine}, {name}: {len(side.refused)} refused: {side.refused[0]}")
        p50, p95 = (percentile(side.latencies_s, part) * 1000 for part in (0.5, 0.95))
        say(f"{engine}, {name}: {side.rate:.0f}/s, p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    say(f"{engine}: {found.ratio:.3f} of the floor")


def counting(folder: Path, database: str) -> list[Check]:
    """What one filing does, in this process, on the database that was just filled."""
    folder.mkdir()
    app = create_app(
        "test",
        SQLALCHEMY_DATABASE_URI=database,
        DATA_DIR=str(folder),
        PHOTO_STORE=str(folder / "photos"),
        LOG_LEVEL="ERROR",
    )
    chance = random.Random(2026)
    file_one(app, chance)  # the first request of a process makes what later ones find
    statements, pictures, polygons, routed = count_one(app, chance)
    for statement in statements:
        say("  " + " ".join(statement.split())[:110])
    delays = [
        Check.at_most(f"Redis {how}: delay of a filing, median", ms, REDIS_BOUND_MS, "ms")
        for how, ms in redis_delays(app, chance)
    ]
    return [
        Check.at_most(
            "SQL statements of a filing", len(statements), STATEMENTS_BOUND, "statements"
        ),
        Check.at_most("pictures decoded by a filing", pictures, 0, "calls"),
        Check.at_most("polygons loaded by a filing", polygons, 0, "calls"),
        Check.at_least("filings answered with their agency", routed, 1, "filings"),
        *delays,
    ]


def count_one(app: Flask, chance: random.Random) -> tuple[list[str], int, int, int]:
    """Statements, decoded pictures, loaded polygons, and 1 if the answer named the agency."""
    statements: list[str] = []
    with app.app_context():
        Snapshot.renew_all()  # as the thread of a serving process does
    with (
        counted_calls(Image.Image, "load") as decoded,
        counted_calls(Image, "open") as opened,
        counted_calls(shapely, "from_wkb") as loaded,
        counted_calls(shapely, "prepare") as prepared,
        each_statement(app, statements.append),
    ):
        answer = file_one(app, chance)
    agency = (answer.get("agency") or {}).get("code")
    return statements, len(decoded) + len(opened), len(loaded) + len(prepared), int(bool(agency))


def file_one(app: Flask, chance: random.Random) -> dict[str, Any]:
    """File once, in this process."""
    headers = {"Idempotency-Key": f"measured-{chance.random()}"}
    sent = app.test_client().post(
        PATH, data=body(chance), content_type="application/json", headers=headers
    )
    if sent.status_code != 201:
        raise SystemExit(f"not filed: {sent.status_code} {sent.get_data(as_text=True)[:500]}")
    answer: dict[str, Any] = sent.get_json()
    return answer


@contextmanager
def each_statement(app: Flask, note: Callable[[str], None]) -> Iterator[None]:
    """Note every statement sent meanwhile; BEGIN and COMMIT are none."""

    def sent(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            note(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", sent)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", sent)


@contextmanager
def counted_calls(owner: Any, name: str) -> Iterator[list[str]]:
    """Note every call of a library's function meanwhile."""
    calls: list[str] = []
    real = getattr(owner, name)

    def counted(*args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        return real(*args, **kwargs)

    setattr(owner, name, counted)
    try:
        yield calls
    finally:
        setattr(owner, name, real)


def redis_delays(app: Flask, chance: random.Random) -> Iterator[tuple[str, float]]:
    """How much longer a filing takes, in milliseconds, when the queue server is out of reach."""
    with silent_port() as silent, full_port() as full, refusing_port() as refusing:
        away = {"silent": silent, "out of reach": full, "refused": refusing}
        took: dict[str, list[float]] = {how: [] for how in ("none", *away)}
        for _ in range(TRIES):
            for how in took:
                app.config["REDIS_URL"] = f"redis://127.0.0.1:{away[how]}/0" if how in away else ""
                queue.init_queue(app)  # a new waker: the old one keeps quiet after a failure
                began = time.perf_counter()
                file_one(app, chance)
                took[how].append((time.perf_counter() - began) * 1000)
    for how in away:
        pairs = zip(took[how], took["none"], strict=True)
        yield how, round(max(0.0, median(late - soon for late, soon in pairs)), 1)


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        yield int(server.getsockname()[1])


@contextmanager
def full_port() -> Iterator[int]:
    """A port that takes no more connections and does not say so: packets vanish."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, ExitStack() as held:
        port = int(server.getsockname()[1])
        for _ in range(4):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        yield port


@contextmanager
def refusing_port() -> Iterator[int]:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield int(probe.getsockname()[1])


def say(line: str) -> None:
    """A line for whoever watches; the result is the last line of standard output."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
