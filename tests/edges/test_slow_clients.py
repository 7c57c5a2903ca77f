"""Clients that send slowly, or never to the end, hold nobody up: on the real server."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from reports_service.core import patient_worker
from tests.browser.running import Running, running
from tests.databases import Databases
from tests.personas import API, LIGHT
from tests.pictures import jpeg

pytestmark = pytest.mark.any_engine

MORE_THAN_ALL_THREADS = 40
IDLES_S = 5.0  # keepalive of config/gunicorn.py
BUSY_S = 10.0  # what a busy machine adds
SOON_S = 14.0  # less than anything here is waited for; the machine may be busy


@pytest.fixture
def database() -> None:
    """The service is another process, and its commits are real."""


@pytest.fixture(scope="module")
def service(
    databases: Databases, province_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("slow")
    with databases.copy(province_template) as url, running(url, folder) as service:
        assert file_a_light(service)[0] == 201  # the first one makes what later ones find
        yield service


def connected(service: Running) -> socket.socket:
    host, _, port = urlsplit(service.address).netloc.partition(":")
    return socket.create_connection((host, int(port)), timeout=30)


def file_a_light(service: Running) -> tuple[int, float]:
    """The status of a filing, and how many seconds it took."""
    connection = HTTPConnection(urlsplit(service.address).netloc, timeout=30)
    began = time.monotonic()
    headers = {"Content-Type": "application/json"}
    connection.request("POST", f"{API}/reports", json.dumps(LIGHT).encode(), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, time.monotonic() - began


BEGUN = {
    "half a line": b"POST /api/v1/rep",
    "half the fields": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ",
    "half a report": b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json"
    b'\r\nContent-Length: 500\r\n\r\n{"descr',
    "a photo's first bytes": b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: "
    b"multipart/form-data; boundary=b\r\nContent-Length: 5000000\r\n\r\n--b\r\n",
}


@pytest.mark.parametrize("begun", BEGUN)
def test_a_report_is_filed_while_many_have_begun_and_do_not_go_on(
    begun: str, service: Running
) -> None:
    with ExitStack() as held:
        for _ in range(MORE_THAN_ALL_THREADS):
            held.enter_context(connected(service)).sendall(BEGUN[begun])
        time.sleep(0.2)
        status, seconds = file_a_light(service)
    assert status == 201
    assert seconds < SOON_S


def test_a_request_that_comes_in_pieces_is_answered(service: Running) -> None:
    body = json.dumps(LIGHT).encode()
    head = (
        f"POST {API}/reports HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with connected(service) as client:
        whole = head + body
        for start in range(0, len(whole), 60):
            client.sendall(whole[start : start + 60])
            time.sleep(0.01)
        assert client.recv(100).startswith(b"HTTP/1.1 201")


def test_a_photo_over_a_bad_line_is_filed_though_it_takes_longer_than_a_connection_may_idle(
    service: Running,
) -> None:
    body = with_a_photo(30_000)
    head = (
        f"POST {API}/reports HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with connected(service) as client:
        took = dripped(client, head + body, bytes_a_s=2_500)
        answer = client.recv(100)
    assert took > 2 * IDLES_S
    assert answer.startswith(b"HTTP/1.1 201")


def with_a_photo(size: int) -> bytes:
    """A report as a form of so many bytes and a bit."""
    photo = jpeg(64, 48)
    parts = (
        ('name="report"', json.dumps(LIGHT).encode()),
        ('name="photos"; filename="1.jpg"', photo + bytes(size - len(photo))),
    )
    said = (
        f"--b\r\nContent-Disposition: form-data; {name}\r\n\r\n".encode() + content + b"\r\n"
        for name, content in parts
    )
    return b"".join(said) + b"--b--\r\n"


def dripped(client: socket.socket, whole: bytes, bytes_a_s: int) -> float:
    """Send at a pace; how many seconds it took."""
    piece, began = bytes_a_s // 5, time.monotonic()
    for start in range(0, len(whole), piece):
        client.sendall(whole[start : start + piece])
        time.sleep(piece / bytes_a_s)
    return time.monotonic() - began


def test_what_begins_and_does_not_go_on_is_told_so_after_the_time_it_has(service: Running) -> None:
    begun = ("half a line", "half the fields", "half a report")
    with ExitStack() as held:
        began = time.monotonic()
        clients = [held.enter_context(connected(service)) for _ in begun]
        for client, which in zip(clients, begun, strict=True):
            client.sendall(BEGUN[which])
        for client in clients:
            told_too_slow(client)
            took = time.monotonic() - began
            assert took + 0.1 >= patient_worker.ARRIVES_WITHIN_S
            assert took < patient_worker.ARRIVES_WITHIN_S + BUSY_S


def told_too_slow(client: socket.socket) -> None:
    """A problem document in words, and the end of the connection."""
    answer = b""
    while got := client.recv(4000):
        answer += got
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"\r\nContent-Type: application/problem+json\r\n" in head
    said = json.loads(body)
    assert (said["status"], said["code"]) == (408, "too_slow")
    assert "xin thử lại" in said["detail"]


@pytest.mark.parametrize("before", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_who_connects_and_asks_nothing_more_is_let_go_soon_and_without_words(
    before: bytes, service: Running
) -> None:
    with connected(service) as client:
        client.sendall(before)
        answer = b""
        while before and b'"alive"}' not in answer:
            got = client.recv(4000)
            assert got, answer
            answer += got
        began = time.monotonic()
        assert client.recv(100) == b""
    assert IDLES_S - 0.5 < time.monotonic() - began < patient_worker.ARRIVES_WITHIN_S


def test_each_kept_byte_gives_its_request_the_time_of_the_slowest_pace() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        conn = SimpleNamespace(sock=ours, began=100.0)
        assert patient_worker._arrives_by(conn) == 100 + patient_worker.ARRIVES_WITHIN_S
        theirs.sendall(bytes(10 * patient_worker.SLOWEST_BYTES_S))
        assert patient_worker._arrives_by(conn) == 110 + patient_worker.ARRIVES_WITHIN_S


def test_who_sends_half_and_hangs_up_is_forgotten(service: Running) -> None:
    with connected(service) as client:
        client.sendall(BEGUN["half a report"])
        client.shutdown(socket.SHUT_WR)
        assert client.recv(100)[:12] in (b"HTTP/1.1 400", b"")
    assert file_a_light(service)[0] == 201


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"x" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: x\r\n" * 150 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"x" * 70_000, 431),
        (b"0912345678 nonsense\r\n\r\n", 400),
    ],
)
def test_what_is_too_long_or_no_request_is_refused_in_a_problem_document(
    sent: bytes, status: int, service: Running
) -> None:
    with connected(service) as client:
        client.sendall(sent)
        answer = client.recv(4000)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d" % status)
    assert b"application/problem+json" in head
    assert b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n" in head
    assert json.loads(body)["status"] == status
    assert "0912345678" not in (Path(service.folder) / "web.log").read_text()


def test_the_pace_ends_what_only_drips() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        paced = patient_worker.PacedSocket(ours)
        theirs.sendall(b"xx")
        assert paced.recv(1) == b"x"
        paced._began -= patient_worker.GRACE_S + 1
        with pytest.raises(patient_worker.SenderTooSlow):
            paced.recv(1)
