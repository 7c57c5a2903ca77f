"""More is asked than can be done: what is accepted is done soon, the rest is refused at once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from bench.overloaded.asking import Order, ask
from bench.overloaded.met import Sorted
from reports_service.core.admission import (
    READS_WAIT_S,
    WRITES_WAIT_S,
    Gate,
    Kind,
    kind_of,
)
from reports_service.core.refusing import refusal
from tests.pressure.served import Web, serving
from tests.pressure.slow_app import TAKES_S

pytestmark = pytest.mark.pure

THREADS = 4
CAN_DO = THREADS / TAKES_S
TIMES, SECONDS = 4, 3.0
PATH = "/api/v1/reports"


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A server that can do a known number of requests a second, on any machine."""
    environ = {"WEB_THREADS": str(THREADS), "WEB_PROCESSES": "1", "DATABASE_URL": "sqlite://"}
    with serving(tmp_path_factory.mktemp("slow"), "tests.pressure.slow_app:app", **environ) as web:
        yield web


def order(web: Web, seconds: float, rate: float | None, also: tuple[str, ...] = ()) -> Order:
    return Order(web.port, seconds, PATH, '{"description": "Đèn tắt"}', rate, THREADS, also)


def test_at_four_times_what_it_can_do_it_does_what_it_can_and_refuses_the_rest(slow: Web) -> None:
    """How soon, measures ``bin/bench overload``: a machine of others is no clock."""
    met = ask(order(slow, SECONDS, TIMES * CAN_DO, ("/healthz", "/list")))
    filed = Sorted.of(met, SECONDS)
    assert len(filed.refused) > len(filed.accepted) > 0
    assert filed.neither == []
    kept = set(slow.get("/kept").json)
    assert set(filed.codes) <= kept, "nothing that was accepted is lost"
    assert len(kept & set(filed.codes)) == len(filed.codes), "nothing is done twice"
    assert {one.status for one in met if one.kind != "filed"} == {200}, "watching and reading go on"
    calm = Sorted.of(ask(order(slow, 1.5, CAN_DO / 2)), 1.5)
    assert (len(calm.refused), calm.neither) == (0, [])


def test_a_server_whose_threads_all_hang_says_so_and_keeps_nobody_waiting(slow: Web) -> None:
    hung = [threading.Thread(target=slow.get, args=("/hang",)) for _ in range(2 * THREADS)]
    for thread in hung:
        thread.start()
    time.sleep(0.5)
    assert slow.get("/healthz").took_s < 1, "who watches has a thread of its own"
    late = slow.ask("POST", PATH, b"{}")
    assert late.status in (201, 503)
    assert late.took_s < 2 * WRITES_WAIT_S + 3.5
    for thread in hung:
        thread.join()
    assert slow.ask("POST", PATH, b"{}").status == 201


def test_who_opens_connections_and_says_nothing_holds_no_thread(slow: Web) -> None:
    silent = [socket.create_connection(("127.0.0.1", slow.port)) for _ in range(10 * THREADS)]
    assert slow.ask("POST", PATH, b"{}").took_s < 1
    for one in silent:
        one.close()


def test_a_large_body_is_refused_before_it_is_read_and_the_refusal_arrives(slow: Web) -> None:
    hung = [threading.Thread(target=slow.get, args=("/hang",)) for _ in range(3 * THREADS)]
    for thread in hung:
        thread.start()
    time.sleep(READS_WAIT_S)
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\n".encode()
    with closing(socket.create_connection(("127.0.0.1", slow.port), timeout=10)) as phone:
        phone.sendall(head + bytes(100_000))  # and no more: the rest was never wanted
        said = phone.recv(65536)
    assert said.startswith(b"HTTP/1.1 503 ")
    for thread in hung:
        thread.join()


def test_a_newcomer_waits_as_long_as_those_before_it_take() -> None:
    gate = Gate(threads=4)
    for _ in range(200):
        gate.done(0.1)
    assert gate.wait_s(40) == pytest.approx(1.0, rel=0.01)
    assert gate.wait_s(1, longest_s=3.0) == 3.0, "an estimate that was wrong is put right"
    assert not gate.admits(Kind.WRITE, 40)
    assert gate.admits(Kind.READ, 40), "readers are let in where writers are not"
    assert not gate.admits(Kind.READ, 4000)
    assert gate.admits(Kind.WATCH, 4000)
    assert gate.admits(Kind.WRITE, 0, longest_s=99)
    assert WRITES_WAIT_S < READS_WAIT_S < 2


def test_one_download_of_minutes_does_not_close_the_gate() -> None:
    gate = Gate(threads=8)
    gate.done(600)
    assert gate.admits(Kind.WRITE, 8)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"GET /healthz HTTP/1.1\r\n", Kind.WATCH),
        (b"GET /metrics?x=1 HTTP/1.1\r\n", Kind.WATCH),
        (b"POST /healthz HTTP/1.1\r\n", Kind.WRITE),
        (b"GET /api/v1/reports HTTP/1.1\r\n", Kind.READ),
        (b"POST /api/v1/reports HTTP/1.1\r\n", Kind.WRITE),
        (b"PATCH /api/v1/uploads/x HTTP/1.1\r\n", Kind.WRITE),
        (b"\x16\x03\x01\x02", Kind.READ),
        (b"P", Kind.READ),
    ],
)
def test_a_request_is_known_by_its_first_line(head: bytes, kind: Kind) -> None:
    assert kind_of(head) is kind


def test_a_refusal_is_said_in_the_readers_language_and_form() -> None:
    app = refusal(b"POST / HTTP/1.1\r\nAccept-Language: en\r\nAccept: application/json\r\n\r\n")
    assert b"HTTP/1.1 503 Service Unavailable\r\n" in app
    assert b"application/problem+json" in app
    assert b'"code":"overloaded"' in app
    assert b"Nothing was recorded" in app
    person = refusal(b"POST /file HTTP/1.1\r\nAccept: text/html,*/*;q=0.8\r\n\r\n").decode()
    assert "Content-Type: text/html; charset=utf-8\r\n" in person
    assert "Chưa có gì được ghi" in person
    assert "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n" in person
    assert int(person.partition("Retry-After: ")[2].partition("\r\n")[0]) >= 5
    length = int(person.partition("Content-Length: ")[2].partition("\r\n")[0])
    assert len(person.partition("\r\n\r\n")[2].encode()) == length
