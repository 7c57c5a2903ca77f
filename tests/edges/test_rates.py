"""Often is enough: one device first, a whole address generously, with honest headers."""

from __future__ import annotations

import itertools
import re
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

import config
from reports_service.accounts.models import Guesses
from reports_service.core.db import db, unit_of_work
from reports_service.domain.lockout import STRANGER
from reports_service.edges.uses import NAMED, UNCOUNTED, Use, use_of
from tests.personas import API

pytestmark = pytest.mark.any_engine

Maker = Callable[..., Flask]
RATES = {
    **{use.value: ("100/minute", "1000/minute") for use in Use},
    "searches": ("3/hour", "8/hour"),
}
SEARCH = f"{API}/geocode?q=Long+Hoa"


@pytest.fixture
def database() -> None:
    """What is asked here changes nothing, and is asked through other applications."""


@pytest.fixture
def limited(made: Maker, queue_server: str) -> Flask:
    """Small rates, counted in a real Redis or Valkey that has counted nothing yet."""
    app = made(RATE_FACTOR=1, RATES=RATES, REDIS_URL=queue_server, PROXIES=1)
    app.extensions["rates"].storage.reset()
    return app


def device(app: Flask, number: int) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("device", f"device-{number}")
    return client


def statuses(client: FlaskClient, times: int, path: str = SEARCH, **named: Any) -> list[int]:
    return [client.get(path, **named).status_code for _ in range(times)]


def test_a_device_that_asks_too_often_waits_and_its_neighbour_does_not(limited: Flask) -> None:
    assert statuses(device(limited, 1), 4) == [200, 200, 200, 429]
    assert statuses(device(limited, 2), 3) == [200, 200, 200]


@pytest.mark.parametrize("counted_in", ["redis", "memory"])
def test_after_the_seconds_that_it_was_told_one_more_is_taken(
    counted_in: str, made: Maker, queue_server: str
) -> None:
    rates = {**RATES, "searches": ("3/3 second", "800/hour")}
    url = queue_server if counted_in == "redis" else None
    client = device(made(RATE_FACTOR=1, RATES=rates, REDIS_URL=url), 77)
    answers = (client.get(SEARCH) for _ in range(100))
    refused = next(answer for answer in answers if answer.status_code == 429)
    time.sleep(int(refused.headers["Retry-After"]))
    assert client.get(SEARCH).status_code == 200


def test_an_address_is_refused_only_where_many_devices_share_it(limited: Flask) -> None:
    village = {"X-Forwarded-For": "198.51.100.7"}
    met = [statuses(device(limited, n), 2, headers=village) for n in range(5)]
    assert met == [[200, 200]] * 4 + [[429, 429]]
    elsewhere = {"X-Forwarded-For": "198.51.100.8"}
    assert statuses(device(limited, 9), 1, headers=elsewhere) == [200]


def test_who_brings_a_new_token_each_time_is_known_by_the_address(limited: Flask) -> None:
    client = limited.test_client()
    met = [
        client.get(SEARCH, headers={"Authorization": f"Tracking {n}"}).status_code for n in range(9)
    ]
    assert met == [200] * 8 + [429]


def test_the_first_of_a_chain_that_we_did_not_write_is_not_believed(limited: Flask) -> None:
    met = [
        statuses(limited.test_client(), 1, headers={"X-Forwarded-For": f"192.0.2.{n}, 203.0.113.9"})
        for n in range(9)
    ]
    assert met == [[200]] * 8 + [[429]]


def test_one_use_does_not_eat_up_another(limited: Flask) -> None:
    client = device(limited, 1)
    assert statuses(client, 4)[-1] == 429
    assert client.get(f"{API}/categories").status_code == 200


def test_each_answer_says_how_much_is_left(limited: Flask) -> None:
    client = device(limited, 1)
    left = []
    for _ in range(3):
        answer = client.get(SEARCH)
        assert answer.headers["RateLimit-Policy"] == '"searches-sender";q=3;w=3600'
        said = re.fullmatch(r'"searches-sender";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
        assert said is not None
        left.append(int(said[1]))
        assert 1 <= int(said[2]) <= 3600 + 1200
        assert "Retry-After" not in answer.headers
    assert left == [2, 1, 0]


def test_a_program_is_refused_in_words_and_a_code(limited: Flask) -> None:
    client = device(limited, 1)
    answer = [client.get(SEARCH, headers={"Accept-Language": "en"}) for _ in range(4)][-1]
    assert answer.mimetype == "application/problem+json"
    assert (answer.json["status"], answer.json["code"]) == (429, "too_often")
    assert f"in {answer.headers['Retry-After']} seconds" in answer.json["detail"]
    assert answer.headers["RateLimit"].startswith('"searches-sender";r=0;')


@pytest.fixture
def guessed(limited: Flask) -> Iterator[Flask]:
    """What is counted of guesses is forgotten again: the folder shares the database."""
    yield limited
    with limited.app_context(), unit_of_work():
        db.session.execute(delete(Guesses))


def test_who_refuses_for_another_reason_says_when_to_come_again(guessed: Flask) -> None:
    client, nobody = device(guessed, 1), {"email": "khong-co@vidu.example", "password": "đoán-mò"}
    for _ in range(STRANGER.free + 1):
        assert client.post(f"{API}/sessions", json=nobody).status_code == 401
    answer = client.post(f"{API}/sessions", json=nobody)
    assert (answer.status_code, answer.json["code"]) == (429, "tried_too_often")
    assert f"xin chờ {answer.headers['Retry-After']} giây" in answer.json["detail"]


def test_a_person_is_refused_on_a_page_in_their_language(limited: Flask) -> None:
    for language, words in (("vi", "Quá nhiều yêu cầu"), ("en", "Too many requests")):
        client = device(limited, hash(language))
        client.set_cookie("language", language)
        page = [client.get("/reports") for _ in range(4)][-1]
        assert (page.status_code, page.mimetype) == (429, "text/html")
        assert words in page.text
        assert f'lang="{language}"' in page.text
        assert int(page.headers["Retry-After"]) >= 1


def test_health_and_what_browsers_keep_are_never_counted(limited: Flask) -> None:
    client = device(limited, 1)
    for path in ("/healthz", "/static/x/css/page.css"):
        assert "RateLimit" not in client.get(path).headers


@pytest.mark.parametrize("how", ["refused", "silent"])
def test_while_redis_is_away_each_process_counts(how: str, made: Maker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if how == "refused":
            server.close()
        app = made(RATE_FACTOR=1, RATES=RATES, REDIS_URL=f"redis://127.0.0.1:{port}/0")
        assert statuses(device(app, 1), 4) == [200, 200, 200, 429]
        assert statuses(device(app, 2), 1) == [200]


def test_requests_that_find_redis_away_at_the_same_moment_are_all_answered(made: Maker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        app = made(RATE_FACTOR=1000, RATES=RATES, REDIS_URL=url)
        together = Barrier(8)

        def ask(number: int) -> int:
            client = device(app, number)
            together.wait()
            return client.get(SEARCH).status_code

        with ThreadPoolExecutor(together.parties) as threads:
            assert set(threads.map(ask, range(together.parties))) == {200}


def test_redis_that_is_away_is_not_asked_by_every_request(made: Maker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        client = device(made(RATE_FACTOR=1000, RATES=RATES, REDIS_URL=url), 1)
        assert set(statuses(client, 40)) == {200}
        assert 1 <= knocks_at(server) <= 10


def knocks_at(server: socket.socket) -> int:
    """How many connections were made."""
    server.settimeout(0.1)
    for count in itertools.count():
        try:
            server.accept()[0].close()
        except TimeoutError:
            return count
    raise AssertionError


def test_the_counting_goes_back_to_redis_when_it_is_there_again(
    made: Maker, queue_server: str
) -> None:
    app = made(RATE_FACTOR=1, RATES=RATES, REDIS_URL=queue_server)
    limiter = app.extensions["rates"]
    limiter.storage.reset()
    limiter._storage_dead = True
    until = time.monotonic() + 10
    while limiter._storage_dead and time.monotonic() < until:  # it looks again after a second
        device(app, 1).get(SEARCH)
        time.sleep(0.1)
    assert limiter._storage_dead is False


def test_a_factor_of_nought_counts_nothing(app: Flask) -> None:
    assert "RateLimit" not in app.test_client().get(SEARCH).headers


def test_the_factor_multiplies_all_rates(made: Maker) -> None:
    app = made(RATE_FACTOR=10, RATES=RATES)
    answer = device(app, 1).get(SEARCH)
    assert answer.headers["RateLimit-Policy"] == '"searches-sender";q=30;w=3600'


def test_every_use_has_a_rate_and_every_rule_that_is_named_exists(app: Flask) -> None:
    rates = config.load("development")["RATES"]
    assert set(rates) == {use.value for use in Use}
    rules = {(method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods}
    assert set(NAMED) <= rules
    used = {use_of(method, rule) for method, rule in rules if method != "OPTIONS"}
    assert used == {*Use, None}
    for beginning in UNCOUNTED:
        assert any(rule.startswith(beginning) for _, rule in rules)


def test_an_address_may_ask_as_often_as_many_devices(app: Flask) -> None:
    for use, (sender, address) in config.load("development")["RATES"].items():
        one, many = (int(rate.partition("/")[0]) for rate in (sender, address))
        assert many >= 10 * one, use
        assert sender.partition("/")[2] == address.partition("/")[2]
