"""Logs hold nothing about people and no secrets: when all goes well, is refused, and breaks."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from sqlalchemy import create_engine, text

from reports_service.core import tracebacks
from tests.browser.running import Running, running
from tests.databases import Databases
from tests.personas import API, LIGHT
from tests.pictures import jpeg

# Each is typed or shown somewhere below; none may be in a log, not even in another case.
MARKS = {
    "name": "Markedname",
    "phone": "0987650123",
    "email": "marked.reporter@vidu.vn",
    "words": "MARKEDWORDS",
    "address": "MARKEDADDRESS",
    "password": "marked-password-77",
    "token": "markedtokenmarkedtoken77",
    "sought": "markedquery",
    "file": "markedfile",
    "cookie": "markedcookie",
    "account": "marked.account@demo.example",
    "path": "markedpath",
}
WITHIN_S = 180.0


@pytest.fixture
def database() -> None:
    """The service is another process, and its commits are real."""


@pytest.fixture(scope="module")
def service(
    databases: Databases, province_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("logs")
    settings = {"LOG_LEVEL": "DEBUG", "LOG_FORMAT": "json"}
    with databases.copy(province_template) as url, running(url, folder, **settings) as service:
        yield service


def ask(
    service: Running, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, bytes]:
    connection = HTTPConnection(urlsplit(service.address).netloc, timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    return answer.status, said


def a_report() -> bytes:
    told = f"{MARKS['words']} gọi tôi {MARKS['phone']} hay {MARKS['email']}"
    contact = {name: MARKS[name] for name in ("name", "phone", "email")}
    return json.dumps(
        {
            **LIGHT,
            "description": told,
            "address": MARKS["address"],
            "reporter": {**contact, "consent": True},
        }
    ).encode()


def send(service: Running, report: bytes) -> tuple[int, bytes]:
    return ask(service, "POST", f"{API}/reports", report, Content_Type="application/json")


def with_photo(report: bytes) -> bytes:
    begin = b'--b\r\nContent-Disposition: form-data; name="report"\r\n\r\n'
    named = f'name="photos"; filename="{MARKS["file"]}.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    photo = b"\r\n--b\r\nContent-Disposition: form-data; " + named.encode() + jpeg()
    return begin + report + photo + b"\r\n--b--\r\n"


def live(service: Running) -> None:
    """What people do, rightly and wrongly."""
    status, filed = send(service, a_report())
    assert status == 201
    code, token = (json.loads(filed)[name] for name in ("code", "tracking_token"))
    multipart = {"Content_Type": "multipart/form-data; boundary=b"}
    assert ask(service, "POST", f"{API}/reports", with_photo(a_report()), **multipart)[0] == 201
    ask(service, "GET", f"/r/{code}/t/{token}")
    ask(service, "GET", f"{API}/reports/{code}", Authorization=f"Tracking {MARKS['token']}")
    ask(service, "GET", f"{API}/queue", Authorization=f"Bearer {MARKS['token']}")
    ask(service, "GET", "/mine", Cookie=f"session={MARKS['cookie']}; device={MARKS['cookie']}")
    for path in ("/reports", f"{API}/reports", f"{API}/geocode"):
        ask(service, "GET", f"{path}?{urlencode({'q': MARKS['sought'] + MARKS['phone']})}")
    ask(service, "GET", f"/r/{MARKS['path']}?token={MARKS['token']}")
    ask(service, "GET", f"/{quote(MARKS['path'] + MARKS['email'])}")
    signed = json.dumps({"email": MARKS["account"], "password": MARKS["password"]}).encode()
    ask(service, "POST", f"{API}/sessions", signed, Content_Type="application/json")
    ask(service, "POST", f"{API}/sessions", signed[:-1], Content_Type="application/json")
    ask(service, "GET", "/healthz", X_Request_Id=MARKS["email"])
    ask(service, "GET", "/healthz", X_Long=MARKS["phone"] * 1000)  # refused by the server
    SECRETS.update(token=token, code=token)


SECRETS: dict[str, str] = {}


def break_it(service: Running) -> None:
    """Filing and telling fail in the database, whose errors quote what was to be written."""
    engine = create_engine(service.app.config["SQLALCHEMY_DATABASE_URI"])
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE deliveries RENAME TO deliveries_away"))
    assert send(service, a_report())[0] == 201
    wait_for(service, "worker", "effect failed")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE reporters RENAME TO reporters_away"))
    assert send(service, a_report())[0] >= 500
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE reports RENAME TO reports_away"))
    engine.dispose()
    sought = urlencode({"q": f"{MARKS['sought']} {MARKS['phone']}"})
    assert ask(service, "GET", f"{API}/reports?{sought}")[0] >= 500


def log_of(service: Running, name: str) -> str:
    return (Path(service.folder) / f"{name}.log").read_text(errors="replace")


def wait_for(service: Running, name: str, words: str) -> None:
    deadline = time.monotonic() + WITHIN_S
    while words not in log_of(service, name):
        assert time.monotonic() < deadline, f"never logged: {words}"
        time.sleep(0.1)


def test_no_log_holds_what_people_typed_or_showed(service: Running) -> None:
    live(service)
    break_it(service)
    web, worker = log_of(service, "web"), log_of(service, "worker")
    assert web.count('"event":"answered"') > 10
    assert "sqlalchemy.exc." in web  # the errors are there, and say where
    assert "reports_service/reports/views" in web
    assert "sqlalchemy.exc." in worker
    for name, mark in {**MARKS, **SECRETS}.items():
        assert mark.casefold() not in web.casefold(), name
        assert mark.casefold() not in worker.casefold(), name


def test_an_error_is_logged_with_its_kind_and_place_but_not_its_words() -> None:
    logged = []
    try:
        try:
            int(f"{MARKS['phone']}x")
        except ValueError as wrong:
            raise RuntimeError(f"for {MARKS['name']}") from wrong
    except RuntimeError as outer:
        logged.append(tracebacks.said((type(outer), outer, outer.__traceback__)))
    said = logged[0]
    assert MARKS["phone"] not in said.replace("MARKS", "")
    assert MARKS["name"] not in said
    assert "builtins.ValueError" in said
    assert "which led to:" in said
    assert "builtins.RuntimeError" in said
    assert "test_logs.py" in said


def test_what_is_about_our_code_keeps_its_words() -> None:
    try:
        logging.nothing_of_this_name  # type: ignore[attr-defined]  # noqa: B018
    except AttributeError as wrong:
        assert "nothing_of_this_name" in tracebacks.said((type(wrong), wrong, None))
