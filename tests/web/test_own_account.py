"""One's own account by pages, and what an administrator sees and does of another's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from tests.accounts.doors import OFFICER, PASSWORD, code_of, come_in, enrol, two_factors_for
from tests.personas import Caller, People
from tests.web.staff import Desk, words

Clock = Callable[[datetime], None]
FACTOR = "/account/second-factor"
HIDDEN = re.compile(r'name="enrolment" value="([^"]+)"')
SECRET = re.compile(r'class="secret">([A-Z2-7 ]+)<')
CODES = re.compile(r'<li class="code">([0-9A-Z-]{14})</li>')


@pytest.fixture
def officer(app: Flask, people: People) -> Desk:
    return Desk(app, people.officer)


@pytest.fixture
def admin(app: Flask, people: People) -> Desk:
    return Desk(app, people.admin)


def test_ones_account_shows_who_one_is_and_where_one_is_signed_in(
    officer: Desk, people: People
) -> None:
    come_in(people)
    said = officer.read("/account")
    assert OFFICER in said
    assert "cán bộ xử lý" in said
    assert "Chrome · Android" in said
    assert "203.0.113.0/24" in said
    assert "203.0.113.7" not in said


def test_a_session_and_all_others_are_ended_by_buttons(officer: Desk, people: People) -> None:
    phone, _ = come_in(people)
    desk, _ = come_in(people)
    listed = phone.get("/account/sessions").json["items"]
    chosen = next(one["id"] for one in listed if one["current"])
    done = officer.send(f"/account/sessions/{chosen}/end", "/account")
    assert done.headers["Location"] == "/account?done=session_ended"
    assert phone.get("/inbox").status_code == 401
    assert desk.get("/inbox").status_code == 200
    officer.send("/account/sessions/end-others", "/account")
    assert desk.get("/inbox").status_code == 401
    assert officer.see("/account").status_code == 200


def test_a_password_is_changed_by_the_old_one(officer: Desk) -> None:
    path, new = "/account/password", "một câu dài dễ nhớ"
    wrong = officer.send(path, "/account", old="sai", new=new)
    assert wrong.status_code == 422
    assert 'href="#field-old"' in wrong.text
    weak = officer.send(path, "/account", old=PASSWORD, new="12345678")
    assert weak.status_code == 422
    assert 'href="#field-new"' in weak.text
    done = officer.send(path, "/account", old=PASSWORD, new=new)
    assert done.headers["Location"] == "/account?done=password_changed"
    assert officer.see("/account").status_code == 200


def test_the_second_factor_is_kept_by_pages(app: Flask, people: People) -> None:
    _, codes = enrol(people.officer)
    officer = Desk(app, people.officer)
    assert "Còn 10 mã dự phòng" in officer.read(FACTOR)
    path = f"{FACTOR}/change"
    for wrong in ({"password": "sai", "code": codes[0]}, {"password": PASSWORD, "code": "1"}):
        answer = officer.send(path, "/account", act="off", **wrong)
        assert answer.status_code == 422
        assert "Mật khẩu hiện tại hoặc mã của bước thứ hai không đúng" in words(answer)
    shown = {"password": PASSWORD, "code": codes[0]}
    fresh = officer.send(path, "/account", act="codes", **shown)
    codes = CODES.findall(fresh.text)
    assert len(codes) == 10
    assert "svg" in officer.see(f"{FACTOR}?replace=yes").text
    shown["code"] = codes[0]
    with two_factors_for(app, "officer"):
        kept = officer.send(path, "/account", act="off", **shown)
        assert kept.status_code == 409, "the role must have one"
    done = officer.send(path, "/account", act="off", **shown)
    assert done.headers["Location"] == "/account?done=second_factor_off"
    assert "Bật xác thực hai bước" in officer.read("/account"), "it goes on"


def test_a_telephone_is_replaced_by_pages_with_password_and_code(
    app: Flask, people: People
) -> None:
    _, codes = enrol(people.officer)
    officer = Desk(app, people.officer)
    shown = officer.see(f"{FACTOR}?replace=yes")
    sealed, secret = HIDDEN.search(shown.text), SECRET.search(shown.text)
    assert sealed
    assert secret
    typed = {"enrolment": sealed[1], "code": code_of(secret[1].replace(" ", ""))}
    bare = officer.send(FACTOR, "/account", password=PASSWORD, **typed)
    assert bare.status_code == 422
    typed |= {"password": PASSWORD, "present_code": codes[0]}
    assert len(CODES.findall(officer.send(FACTOR, "/account", **typed).text)) == 10


def test_a_device_goes_on_with_the_new_token_and_the_old_one_ends(
    app: Flask, officer: Desk, people: People
) -> None:
    before = officer.client.get_cookie("session")
    shown = officer.see(FACTOR)
    sealed, secret = HIDDEN.search(shown.text), SECRET.search(shown.text)
    assert before
    assert sealed
    assert secret
    typed = {"enrolment": sealed[1], "code": code_of(secret[1].replace(" ", ""))}
    done = officer.send(FACTOR, FACTOR, password=PASSWORD, **typed)
    after = officer.client.get_cookie("session")
    assert after
    assert after.value != before.value
    assert after.http_only
    assert people.officer.get("/inbox").status_code == 401, "the old token"
    assert officer.see("/inbox").status_code == 200
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', done.text)
    assert token, "the bar of the page with the codes signs out"
    out = officer.client.post("/sign-out", data={"form_token": token[1]})
    assert out.status_code == 303, "its forms are made from the new one"


def test_an_administrator_ends_sessions_and_takes_a_lost_factor_away(
    admin: Desk, people: People
) -> None:
    enrol(people.officer)
    path = f"/admin/accounts/{OFFICER}/access"
    assert "Đang bật" in admin.read(path)
    assert f'{path}"' in admin.see(f"/admin/accounts/{OFFICER}").text
    admin.send(f"{path}/second-factor/reset", "/account")
    assert "Chưa bật" in admin.read(path)
    assert people.officer.get("/inbox").status_code == 401
    phone, _ = come_in(people)
    admin.send(f"{path}/sessions/end", "/account")
    assert phone.get("/inbox").status_code == 401
    assert "không đăng nhập ở đâu" in admin.read(path)


def test_a_key_is_shown_once_listed_with_its_use_and_ended(admin: Desk, people: People) -> None:
    path = "/admin/api-keys"
    wrong = admin.send(path, path, name="Kho dữ liệu")
    assert wrong.status_code == 422
    made = admin.send(path, path, name="Kho dữ liệu", scopes="changes", expires_at="2026-03-31")
    assert made.status_code == 201
    key = next(one for one in words(made).split() if one.startswith("r1022_"))
    listed = admin.read(path)
    assert key not in listed
    assert "chưa dùng" in listed
    assert "00:00 thứ Tư, ngày 01/04/2026" in listed
    machine = Caller(people.client, f"Bearer {key}")
    assert machine.get("/changes").status_code == 200
    assert "chưa dùng" not in admin.read(path)
    admin.send(f"{path}/{key.split('_')[1]}/end", path)
    assert machine.get("/changes").status_code == 401
    assert "đã chấm dứt" in admin.read(path)
