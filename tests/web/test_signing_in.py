"""Signing in by pages: one step, two steps, a lost password; and who may not come in."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reports_service.accounts import guessing, resets
from reports_service.accounts.guessing import Visit
from reports_service.domain import lockout
from tests.accounts.doors import OFFICER, PASSWORD, code_of, enrol, two_factors_for
from tests.personas import MONDAY, People
from tests.web.staff import words

Clock = Callable[[datetime], None]
TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')
HIDDEN = re.compile(r'name="enrolment" value="([^"]+)"')
SECRET = re.compile(r'class="secret">([A-Z2-7 ]+)<')


def send(
    client: FlaskClient, path: str, shown_on: str | None = None, **fields: str
) -> TestResponse:
    """Send a form as its page shows it."""
    token = TOKEN.search(client.get(shown_on or path).text)
    assert token
    return client.post(path, data={"form_token": token[1], **fields})


def sign_in(client: FlaskClient, email: str = OFFICER, **more: str) -> TestResponse:
    return send(client, "/sign-in", email=email, password=PASSWORD, **more)


def test_one_step_leads_to_where_somebody_wanted_to_go(app: Flask, people: People) -> None:
    client = app.test_client()
    assert sign_in(client, next="/inbox").headers["Location"] == "/inbox"
    assert client.get("/account").status_code == 200
    elsewhere = sign_in(app.test_client(), next="https://evil.example/")
    assert elsewhere.headers["Location"] == "/queue"


def test_who_follows_a_link_of_a_mail_comes_to_its_page_after_signing_in(
    app: Flask, people: People
) -> None:
    client = app.test_client()
    page = "/figures/reports?from=2026-03-01&to=2026-03-28&agency=dien-luc&measure=overdue"
    led = client.get(page)
    assert led.status_code == 302
    form = html.unescape(client.get(led.headers["Location"]).text)
    kept = re.search(r'name="next" value="([^"]*)"', form)
    assert kept
    done = sign_in(client, email="leader@demo.example", next=kept[1])
    assert done.headers["Location"] == page
    assert client.get(page).status_code == 200


def test_who_signs_in_anew_leaves_no_session_open_behind(app: Flask, people: People) -> None:
    client = app.test_client()
    sign_in(client)
    before = client.get_cookie("session")
    assert before
    sign_in(client)
    assert client.get("/account").status_code == 200
    stolen = app.test_client()
    stolen.set_cookie("session", before.value)
    assert stolen.get("/account").status_code == 302


def test_what_staff_see_is_kept_by_no_browser(app: Flask, people: People) -> None:
    client = app.test_client()
    assert client.get("/").headers["Cache-Control"] == "private, no-cache"
    sign_in(client)
    for path in ("/queue", "/inbox", "/account"):
        assert client.get(path).headers["Cache-Control"] == "private, no-store"


def test_who_signs_out_leaves_nothing_in_the_browsers_cache_and_citizens_reports_alone(
    app: Flask, people: People
) -> None:
    client = app.test_client()
    sign_in(client)
    assert "Clear-Site-Data" not in client.get("/queue").headers
    left = send(client, "/sign-out", "/queue")
    assert left.headers["Clear-Site-Data"] == '"cache"', "their storage holds what waits"
    assert client.get("/queue").status_code == 302
    assert "data-sign-out" not in client.get("/").text


def test_two_steps_lead_there_too_and_neither_alone(
    app: Flask, people: People, clock_at: Clock
) -> None:
    secret, codes = enrol(people.officer)
    clock_at(MONDAY + timedelta(minutes=5))
    client = app.test_client()
    first = sign_in(client, next="/inbox")
    assert first.headers["Location"] == "/sign-in/code?next=/inbox"
    assert client.get_cookie("session") is None
    assert client.get("/inbox").status_code == 302
    wrong = send(client, "/sign-in/code", code="000000", next="/inbox")
    assert wrong.status_code == 401
    assert "Mã không đúng" in words(wrong)
    done = send(client, "/sign-in/code", code=code_of(secret), next="/inbox")
    assert done.headers["Location"] == "/inbox"
    assert client.get("/inbox").status_code == 200
    assert client.get_cookie("half") is None
    paper = app.test_client()
    sign_in(paper)
    assert send(paper, "/sign-in/code", code=codes[0]).headers["Location"] == "/queue"


def test_the_second_step_ends_after_ten_minutes_and_without_a_first_one_there_is_none(
    app: Flask, people: People, clock_at: Clock
) -> None:
    secret, _ = enrol(people.officer)
    assert app.test_client().get("/sign-in/code").headers["Location"] == "/sign-in"
    client = app.test_client()
    sign_in(client)
    token = TOKEN.search(client.get("/sign-in/code").text)
    assert token
    clock_at(MONDAY + timedelta(minutes=11))
    said = {"form_token": token[1], "code": code_of(secret)}
    late = client.post("/sign-in/code", data=said)
    assert late.status_code == 401
    assert "từ đầu" in words(late)


def test_who_guessed_is_told_how_long_to_wait(app: Flask, people: People) -> None:
    for _ in range(lockout.STRANGER.free + 1):
        guessing.begin(OFFICER, Visit(address="127.0.0.1"))
    answer = sign_in(app.test_client())
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "5"
    assert "chờ 5 giây" in words(answer)


def test_a_device_that_signed_in_before_is_let_in_while_others_guess(
    app: Flask, people: People
) -> None:
    client = app.test_client()
    sign_in(client)
    send(client, "/sign-out", shown_on="/account")
    for number in range(lockout.ALL_STRANGERS.free + 1):
        guessing.begin(OFFICER, Visit(address=f"192.0.2.{number}"))
    stranger = app.test_client()
    token = TOKEN.search(stranger.get("/sign-in").text)
    assert token
    said = {"form_token": token[1], "email": OFFICER, "password": PASSWORD}
    far = {"REMOTE_ADDR": "198.51.100.99"}
    assert stranger.post("/sign-in", data=said, environ_base=far).status_code == 429
    token = TOKEN.search(client.get("/sign-in").text)
    assert token
    own = client.post("/sign-in", data={**said, "form_token": token[1]}, environ_base=far)
    assert own.status_code == 303


def test_who_must_have_a_second_factor_sets_it_up_before_anything_else(
    app: Flask, people: People, clock_at: Clock
) -> None:
    client = app.test_client()
    with two_factors_for(app, "officer"):
        assert sign_in(client).headers["Location"] == "/account/second-factor"
        assert client.get("/queue").headers["Location"] == "/account/second-factor"
        assert client.get("/").status_code == 200
        page = client.get("/account/second-factor")
        assert "Vai trò của bạn cần xác thực hai bước" in words(page)
        sealed, secret = HIDDEN.search(page.text), SECRET.search(page.text)
        assert sealed
        assert secret
        assert 'src="data:image/svg+xml' in page.text
        typed = {"enrolment": sealed[1], "code": "000000", "password": PASSWORD}
        again = send(client, "/account/second-factor", **typed)
        assert again.status_code == 422
        assert secret[1] in again.text, "the same secret, or the code could never fit"
        typed["code"] = code_of(secret[1].replace(" ", ""))
        wrong = send(client, "/account/second-factor", **{**typed, "password": "sai"})
        assert wrong.status_code == 422
        assert 'href="#field-password"' in wrong.text
        done = send(client, "/account/second-factor", **typed)
        assert len(re.findall(r'<li class="code">[0-9A-Z-]{14}</li>', done.text)) == 10
        assert client.get("/queue").status_code == 200


def test_a_lost_password_is_set_anew_by_the_letters_link(app: Flask, people: People) -> None:
    client = app.test_client()
    for email in (OFFICER, "khong-co@demo.example"):
        answer = send(client, "/forgotten", email=email)
        assert answer.headers["Location"] == "/forgotten?done=letter_asked"
    assert "Nếu địa chỉ này có tài khoản" in words(client.get("/forgotten?done=letter_asked"))
    nonce = "ab" * 16
    letter = resets.letter(people_id(OFFICER), nonce)
    assert letter
    path = f"/reset/{letter.token}"
    weak = send(client, path, password="matkhau123")
    assert weak.status_code == 422
    assert "quá dễ đoán" in words(weak)
    done = send(client, path, password="một câu dài dễ nhớ")
    assert done.headers["Location"] == "/sign-in?done=password_reset"
    over = client.get(path)
    assert over.status_code == 410
    assert "đã được dùng" in words(over)


def people_id(email: str) -> int:
    return resets.service.by_email(email).id
