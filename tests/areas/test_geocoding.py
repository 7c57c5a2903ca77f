"""Addresses: by a server that speaks Nominatim's JSON, by the areas' names where there is none."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from reports_service.areas import geocoding
from reports_service.areas.geocoding import Server
from reports_service.areas.models import GeocodeAnswer
from reports_service.core import clock
from reports_service.core.db import db

LONG_HOA = {"lat": "11.26", "lon": "106.164", "display_name": "Chợ Long Hoa, Tây Ninh"}
HANOI = {"lat": "21.03", "lon": "105.85", "display_name": "Hồ Gươm, Hà Nội"}
NO_SERVER = Server(None)


class Nominatim(ThreadingHTTPServer):
    """A small server; ``answer`` is what it says next, ``asked`` what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.answer: Any = [LONG_HOA]
        self.status = 200
        self.location = ""
        self.slow = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/nominatim"


class _Handler(BaseHTTPRequestHandler):
    server: Nominatim

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self.server.asked.append((address.path, parse_qs(address.query)))
        answer = self.server.answer
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.slow.is_set():
            threading.Event().wait(1)
        else:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The test's output is no place for a log."""


@pytest.fixture
def nominatim(demo_province: int) -> Iterator[Nominatim]:
    geocoding._geocoder.cache_clear()
    with Nominatim() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_an_address_is_found_within_the_provinces_box(nominatim: Nominatim) -> None:
    nominatim.answer = [LONG_HOA, HANOI]
    answer = geocoding.find(Server(nominatim.url), "Chợ Long Hoa", "vi")
    assert answer.source == "geocoder"
    assert [(f.address, f.lat, f.lon) for f in answer.items] == [
        ("Chợ Long Hoa, Tây Ninh", 11.26, 106.164)
    ]
    assert answer.items[0].area is not None
    assert answer.items[0].area.code == "25630"
    path, query = nominatim.asked[0]
    assert path == "/nominatim/search"
    assert (query["q"], query["bounded"]) == (["Chợ Long Hoa"], ["1"])
    assert query["accept-language"] == ["vi"]
    assert "viewbox" in query


def test_the_same_question_is_asked_once(nominatim: Nominatim) -> None:
    for text in ("Chợ Long Hoa", "  chợ  LONG hoa "):
        assert geocoding.find(Server(nominatim.url), text, "vi").items
    assert len(nominatim.asked) == 1
    geocoding.find(Server(nominatim.url), "Chợ Long Hoa", "en")
    assert len(nominatim.asked) == 2


def test_an_old_answer_is_asked_anew_and_forgotten(nominatim: Nominatim) -> None:
    geocoding.find(Server(nominatim.url), "chợ", "vi")
    geocoding.find(Server(nominatim.url), "trường", "vi")
    with clock.moved_to(datetime.now(UTC) + timedelta(days=31)):
        geocoding.find(Server(nominatim.url), "chợ", "vi")
    assert len(nominatim.asked) == 3
    assert db.session.scalar(select(func.count(GeocodeAnswer.key))) == 1


def test_a_point_has_an_address(nominatim: Nominatim) -> None:
    nominatim.answer = LONG_HOA
    answer = geocoding.reverse(Server(nominatim.url), 11.26, 106.164, "vi")
    assert [found.address for found in answer.items] == ["Chợ Long Hoa, Tây Ninh"]
    assert nominatim.asked[0][0] == "/nominatim/reverse"


def test_a_point_without_address_is_no_failure(nominatim: Nominatim) -> None:
    nominatim.answer = {"error": "Unable to geocode"}
    answer = geocoding.reverse(Server(nominatim.url), 11.26, 106.164, "vi")
    assert (answer.items, answer.silent) == ([], False)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"oops"),
        (429, b"{}"),
        (200, b"<html>"),
        (200, b"[1, 2"),
        (200, b"\xff\xfe"),
        (200, b'[{"lat": "x", "lon": "y", "display_name": "z"}]'),
        (200, b'[["no", "mapping"]]'),
        (200, b'"text"'),
        (200, b"[" * 100_000),
        (200, b"[" + b" " * 1_100_000 + b"]"),
    ],
)
def test_a_server_that_talks_nonsense_is_silent(
    nominatim: Nominatim, status: int, body: bytes
) -> None:
    nominatim.status, nominatim.answer = status, body
    answer = geocoding.find(Server(nominatim.url), "chợ", "vi")
    assert (answer.items, answer.silent) == ([], True)
    assert db.session.scalar(select(func.count(GeocodeAnswer.key))) == 0


@pytest.mark.parametrize(
    "item",
    [
        {"lat": "nan", "lon": "106.1", "display_name": "a"},
        {"lat": "11.2", "lon": "106.1"},
        {"lat": None, "lon": "106.1", "display_name": "a"},
    ],
)
def test_an_item_that_is_no_place_is_passed_over(nominatim: Nominatim, item: Any) -> None:
    nominatim.answer = [item]
    assert geocoding.find(Server(nominatim.url), "chợ", "vi").items == []


def test_a_server_that_failed_rests_and_nobody_waits_for_it(nominatim: Nominatim) -> None:
    nominatim.status = 503
    for text in ("một", "hai", "ba"):
        assert geocoding.find(Server(nominatim.url), text, "vi").silent
    assert len(nominatim.asked) == 1


def test_a_slow_server_is_not_waited_for(nominatim: Nominatim) -> None:
    nominatim.slow.set()
    assert geocoding.find(Server(nominatim.url, timeout_s=0.1), "chợ", "vi").silent


def test_a_redirect_is_not_followed(nominatim: Nominatim) -> None:
    nominatim.status = 302
    nominatim.location = f"http://127.0.0.1:{nominatim.server_port}/inside"
    assert geocoding.find(Server(nominatim.url), "chợ", "vi").silent
    assert [path for path, _ in nominatim.asked] == ["/nominatim/search"]


@pytest.mark.parametrize(
    "text", ["http://evil.example/", "a&q=b#c", "../../x?y=z", "@evil.example"]
)
def test_a_question_never_becomes_part_of_the_address(nominatim: Nominatim, text: str) -> None:
    geocoding.find(Server(nominatim.url), text, "vi")
    path, query = nominatim.asked[0]
    assert (path, query["q"]) == ("/nominatim/search", [text])


def test_nobody_listening_is_silence(demo_province: int) -> None:
    assert geocoding.find(Server("http://127.0.0.1:9"), "chợ", "vi").silent


def test_without_a_server_the_areas_own_names_serve(demo_province: int) -> None:
    answer = geocoding.find(NO_SERVER, "long hoa", "vi")
    assert answer.source == "areas"
    assert answer.items[0].address == "Phường Long Hoa, Tỉnh Tây Ninh"
    english = geocoding.reverse(NO_SERVER, 11.2871, 106.1312, "en")
    assert [found.address for found in english.items] == ["Long Hoa Ward, Tay Ninh Province"]
    assert geocoding.reverse(NO_SERVER, 21.03, 105.85, "vi").items == []
