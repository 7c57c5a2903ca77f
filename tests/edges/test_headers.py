"""What every answer says to a browser, whatever was asked and whatever went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from reports_service.core.db import db
from tests import pictures
from tests.architecture.test_routes import path_of
from tests.personas import API, People, work_outbox

pytestmark = pytest.mark.any_engine

Maker = Callable[..., Flask]
NOBODY = "00000000-0000-0000-0000-000000000000"
FOREIGN = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}


def each_answer(app: Flask, method: str) -> Iterator[tuple[str, TestResponse]]:
    """One answer of each rule, mostly refusals, and of what has no rule."""
    client = app.test_client()
    for rule in {rule.rule for rule in app.url_map.iter_rules()}:
        yield rule, client.open(path_of(rule), method=method, headers=FOREIGN, buffered=True)
    yield "none", client.open("/no/such/page", method=method, headers=FOREIGN)


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_every_answer_guards_itself_and_opens_nothing_to_other_origins(
    method: str, app: Flask
) -> None:
    for rule, answer in each_answer(app, method):
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", rule
        assert headers["X-Frame-Options"] == "DENY", rule
        assert headers["Referrer-Policy"] == "same-origin", rule
        assert "geolocation=(self)" in headers["Permissions-Policy"], rule
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", rule
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", rule
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'"), rule
        assert "unsafe" not in policy, rule
        assert "frame-ancestors 'none'" in policy, rule
        assert "base-uri 'none'" in policy, rule
        assert [name for name, _ in headers if name.startswith("Access-Control")] == []


def test_a_fault_of_ours_guards_itself_too(made: Maker) -> None:
    app = made(PROPAGATE_EXCEPTIONS=False, TESTING=False)

    @app.get("/breaks")
    def breaks() -> None:
        raise RuntimeError("0912345678")

    answer = app.test_client().get("/breaks")
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "0912345678" not in answer.text


def test_https_is_kept_for_a_year_where_people_come_by_https(app: Flask, made: Maker) -> None:
    assert "Strict-Transport-Security" not in app.test_client().get("/healthz").headers
    secure = made(PUBLIC_URL="https://1022.example")
    said = secure.test_client().get("/healthz").headers["Strict-Transport-Security"]
    assert said == "max-age=31536000; includeSubDomains"


def test_cookies_are_this_hosts_alone_where_people_come_by_https(made: Maker) -> None:
    secure = made(PUBLIC_URL="https://1022.example").test_client()
    page = secure.get("/file?lang=en", base_url="https://1022.example")
    cookies = page.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} >= {"__Host-device", "__Host-language"}
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        parts = {part.strip() for part in cookie.split(";")}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
        assert not any(part.startswith("Domain") for part in parts)
    again = secure.get("/", base_url="https://1022.example")
    assert 'lang="en"' in again.text


def test_a_cookie_that_a_neighbouring_host_set_is_not_read(made: Maker) -> None:
    secure = made(PUBLIC_URL="https://1022.example").test_client()
    secure.set_cookie("language", "en", domain="1022.example")
    assert 'lang="vi"' in secure.get("/", base_url="https://1022.example").text


def test_pictures_are_pictures_and_nothing_else(app: Flask, people: People) -> None:
    filed = people.file_with_photos(pictures.jpeg())
    work_outbox()
    photo = people.public.report(filed.code)["photos"][0]
    assert set(photo["urls"]) == {"large", "small"}
    for url in photo["urls"].values():
        answer = people.client.get(url)
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert set(answer.headers["Content-Security-Policy"].split("; ")) == {
            "default-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "sandbox",
        }
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        answer.close()
    db.session.commit()


def test_what_is_shown_to_one_is_kept_by_no_cache_on_the_way(people: People) -> None:
    assert people.operator.get("/queue").headers["Cache-Control"] == "private, no-store"
    assert people.client.get(f"{API}/photos/{NOBODY}/small").status_code == 404
