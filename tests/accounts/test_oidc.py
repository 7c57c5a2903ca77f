"""Signing in by an OpenID provider: a real one, that other people wrote, in its own process."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import select

from reports_service.accounts import oidc, oidc_client
from reports_service.accounts.models import Identity
from reports_service.accounts.oidc_client import Provider
from reports_service.core import clock
from reports_service.core.db import db
from tests.accounts import oidc_provider
from tests.accounts.doors import code_of, enrol
from tests.personas import People

Clock = Callable[[datetime], None]
SITE = "http://127.0.0.1:8022"
BACK = f"{SITE}{oidc.BACK}"
FORM_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with oidc_provider.running(BACK) as issuer:
        yield issuer


@pytest.fixture
def provider(app: Flask, issuer: str) -> Iterator[Provider]:
    """The deployment has this provider, whose clock is the machine's."""
    said = {
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": oidc_provider.CLIENT,
        "OIDC_CLIENT_SECRET": oidc_provider.SECRET,
        "OIDC_NAME": "Cổng dịch vụ công",
    }
    before = {name: app.config[name] for name in said}
    app.config.update(said)
    oidc.init_oidc(app)
    yield app.extensions["oidc"]
    app.config.update(before)
    oidc.init_oidc(app)


@pytest.fixture(autouse=True)
def at_the_providers_time(clock_at: Clock) -> None:
    clock_at(datetime.now(clock.now().tzinfo).replace(microsecond=0))


def come_back(client: FlaskClient, login: str, then: str = "") -> str:
    """Go to the provider, sign in there; the address, of ours, that it leads back to."""
    began = client.get("/sign-in/oidc", query_string={"next": then})
    assert began.status_code == 303, began.text
    assert "code_challenge_method=S256" in began.headers["Location"]
    back = oidc_provider.sign_in(began.headers["Location"], login, BACK)
    return back.removeprefix(SITE)


def refused(answer: Any, words: str) -> bool:
    return answer.status_code in (401, 403) and words in answer.text


def test_the_button_is_there_only_where_there_is_a_provider(
    app: Flask, people: People, request: pytest.FixtureRequest
) -> None:
    client = app.test_client()
    assert "/sign-in/oidc" not in client.get("/sign-in").text
    assert client.get("/sign-in/oidc").status_code == 404
    request.getfixturevalue("provider")
    assert "Đăng nhập bằng Cổng dịch vụ công" in client.get("/sign-in").text


def test_a_verified_address_opens_its_account_and_is_linked_once(
    app: Flask, people: People, provider: Provider
) -> None:
    client = app.test_client()
    answer = client.get(come_back(client, "officer", then="/inbox"))
    assert answer.headers["Location"] == "/inbox"
    assert client.get("/inbox").status_code == 200
    assert client.get_cookie("errand", path="/") is None
    again = app.test_client()
    assert again.get(come_back(again, "officer")).headers["Location"] == "/queue"
    (linked,) = db.session.scalars(select(Identity)).all()
    assert (linked.account.email, linked.subject) == ("officer@demo.example", "officer")


def test_who_is_linked_is_known_by_number_and_who_has_the_address_later_is_somebody_else(
    app: Flask, people: People, provider: Provider
) -> None:
    client = app.test_client()
    client.get(come_back(client, "officer"))
    other = app.test_client()
    assert refused(other.get(come_back(other, "officer-renamed")), "chưa có tài khoản")
    assert other.get("/inbox").status_code == 302


@pytest.mark.parametrize("login", ["unverified", "stranger"])
def test_no_account_is_opened_or_made_for_others(
    login: str, app: Flask, people: People, provider: Provider
) -> None:
    client = app.test_client()
    assert refused(client.get(come_back(client, login)), "chưa có tài khoản")
    assert db.session.scalars(select(Identity)).all() == []


def test_the_second_factor_of_an_account_is_asked_for_here_too(
    app: Flask, people: People, provider: Provider, clock_at: Clock
) -> None:
    secret, _ = enrol(people.officer)
    client = app.test_client()
    answer = client.get(come_back(client, "officer", then="/inbox"))
    assert answer.headers["Location"] == "/sign-in/code?next=/inbox"
    assert client.get("/inbox").status_code == 302
    clock_at(clock.now() + timedelta(minutes=1))
    token = FORM_TOKEN.search(client.get("/sign-in/code").text)
    assert token
    said = {"form_token": token[1], "code": code_of(secret)}
    assert client.post("/sign-in/code", data=said).status_code == 303
    assert client.get("/inbox").status_code == 200


@pytest.mark.parametrize(
    ("login", "then"),
    [
        ("officer-by-two", "/inbox"),
        ("officer-by-code", "/sign-in/code?next=/inbox"),
    ],
)
def test_two_factors_seen_by_the_provider_are_enough_and_a_code_alone_is_one(
    app: Flask, people: People, provider: Provider, login: str, then: str
) -> None:
    enrol(people.officer)
    client = app.test_client()
    assert client.get(come_back(client, login, then="/inbox")).headers["Location"] == then


@pytest.mark.parametrize("methods", [None, [], ["otp"], "mfa", "no mfa", {"mfa": True}])
def test_what_is_no_list_that_names_several_factors_shows_none(methods: Any) -> None:
    assert not oidc_client.several_factors(methods)


def test_our_secret_goes_to_the_providers_address_alone(
    app: Flask, people: People, provider: Provider
) -> None:
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(307)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
            self.end_headers()

    client = app.test_client()
    back = come_back(client, "officer")
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as moved:
        Thread(target=moved.serve_forever, daemon=True).start()
        there = f"http://127.0.0.1:{moved.server_port}/token"
        said = {**provider._metadata(), "token_endpoint": there}
        provider._kept["metadata"] = (time.monotonic() + 60, said)
        assert client.get(back).status_code in (401, 403, 503)
        moved.shutdown()
    assert asked == ["/token"]


def test_an_answer_to_another_browser_or_a_second_time_opens_nothing(
    app: Flask, people: People, provider: Provider
) -> None:
    mine, victim = app.test_client(), app.test_client()
    back = come_back(mine, "officer")
    assert refused(victim.get(back), "không thành công"), "it began nothing"
    victim.get("/sign-in/oidc")
    assert refused(victim.get(back), "không thành công"), "another state"
    elsewhere = back.replace("iss=http", "iss=https")
    assert refused(mine.get(elsewhere), "không thành công"), "another issuer"
    assert mine.get(back).headers["Location"] == "/queue"
    assert refused(mine.get(back), "không thành công"), "a second time"


def test_a_code_without_its_verifier_or_for_another_nonce_is_refused(
    app: Flask, people: People, provider: Provider
) -> None:
    for changed in ("verifier", "nonce"):
        client = app.test_client()
        back = come_back(client, "officer")
        kept = client.get_cookie("errand")
        assert kept
        errand = oidc.unsealed(kept.value)
        assert errand
        said = {**vars(errand), changed: "x" * 64}
        client.set_cookie("errand", oidc.Errand(**said).sealed())
        assert refused(client.get(back), "không thành công"), changed


def test_a_word_that_another_key_signed_is_refused_and_a_new_key_is_fetched(
    app: Flask, people: People, provider: Provider
) -> None:
    ours = provider.published_keys()
    foreign = RSAKey.generate_key(2048, {"kid": ours["keys"][0]["kid"]}, private=False)
    provider.remember_keys({"keys": [foreign.as_dict(private=False)]})
    client = app.test_client()
    assert refused(client.get(come_back(client, "officer")), "không thành công")
    older = RSAKey.generate_key(2048, {"kid": "of-last-year"}, private=False)
    provider.remember_keys({"keys": [older.as_dict(private=False)]})
    assert client.get(come_back(client, "officer")).status_code == 303


def test_an_answer_that_is_late_is_refused(
    app: Flask, people: People, provider: Provider, clock_at: Clock
) -> None:
    client = app.test_client()
    back = come_back(client, "officer")
    clock_at(clock.now() + oidc.LASTS + timedelta(seconds=1))
    assert refused(client.get(back), "không thành công")


def written_down(people: People) -> list[tuple[str, str, dict[str, str]]]:
    entries = people.admin.get("/admin/audit", object_kind="account").json["items"]
    return [(one["act"], one["object_key"], one["detail"]) for one in entries]


def test_who_is_refused_after_the_provider_is_written_down_without_what_it_said(
    app: Flask, people: People, provider: Provider
) -> None:
    client, said = app.test_client(), {"issuer": provider.issuer}
    client.get(come_back(client, "stranger"))
    assert written_down(people)[0] == ("oidc_no_account", "–", said)
    client.get("/sign-in/oidc")
    back = "/sign-in/oidc/back?error=access_denied&error_description=typed-there&state="
    client.get(back + "made-up")
    kept = client.get_cookie("errand")
    errand = oidc.unsealed(kept.value if kept else "")
    assert errand
    assert refused(client.get(back + errand.state), "không thành công"), "it refused"
    assert written_down(people)[:2] == [("oidc_refused", "–", said)] * 2
    everything = people.admin.get("/admin/audit").text
    assert "stranger" not in everything
    assert "typed-there" not in everything


def test_a_provider_that_is_away_or_is_not_the_one_is_said_in_words(
    app: Flask, people: People, provider: Provider
) -> None:
    for issuer in ("http://127.0.0.1:9", f"{provider.issuer}/"):
        app.extensions["oidc"] = Provider(issuer, "reports", "x", "Cổng", BACK)
        answer = app.test_client().get("/sign-in/oidc")
        assert answer.status_code == 503
        assert "Cổng hiện không trả lời" in answer.text
