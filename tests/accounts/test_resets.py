"""A lost password: a letter that is never lost, a link that serves once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from reports_service.accounts import resets
from reports_service.accounts.guessing import Visit
from reports_service.accounts.models import PasswordReset
from reports_service.core import outbox
from reports_service.core.db import db
from reports_service.core.outbox import Effect
from reports_service.domain import lockout
from reports_service.notifications.mail import Letter, NotSentYet
from tests.accounts.doors import ELSEWHERE, HOME, OFFICE, OFFICER, PASSWORD, come_in, enrol, knock
from tests.personas import API, MONDAY, People, rows, work_outbox
from tests.statements import statements

Clock = Callable[[datetime], None]
NEW = "một câu dài dễ nhớ"


class Post:
    """A mailer that keeps what it is given, or is away."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.away = False

    def send(self, letter: Letter) -> None:
        if self.away:
            raise NotSentYet("the mail server could not be used")
        self.letters.append(letter)

    def token(self) -> str:
        """Of the link in the last letter that has one."""
        bodies = "".join(letter.body for letter in self.letters)
        return re.findall(r"http://127\.0\.0\.1:8022/reset/(\S+)", bodies)[-1]


@pytest.fixture
def post(app: Flask) -> Post:
    kept, app.extensions["mailer"] = app.extensions["mailer"], Post()
    yield app.extensions["mailer"]
    app.extensions["mailer"] = kept


def ask(people: People, email: str = OFFICER, at: str = HOME) -> int:
    answer = people.client.post(
        f"{API}/password-resets", json={"email": email}, environ_base={"REMOTE_ADDR": at}
    )
    return answer.status_code


def use(people: People, token: str, password: str = NEW) -> tuple[int, str | None]:
    said = {"token": token, "password": password}
    answer = people.public.call("POST", "/password-resets/use", json=said)
    return answer.status_code, answer.json["code"] if answer.data else None


def test_the_letter_opens_a_new_password_and_ends_every_session(people: People, post: Post) -> None:
    old, _ = come_in(people)
    assert ask(people) == 202
    assert post.letters == [], "a worker writes it"
    work_outbox()
    (letter,) = post.letters
    assert (letter.to, letter.language) == (OFFICER, "vi")
    assert use(people, post.token()) == (204, None)
    assert old.get("/inbox").status_code == people.officer.get("/inbox").status_code == 401
    assert knock(people).status_code == 401
    assert knock(people, password=NEW).status_code == 201


def test_a_link_serves_once(people: People, post: Post) -> None:
    ask(people)
    work_outbox()
    assert use(people, post.token(), "ngắn")[0] == 422
    assert use(people, post.token(), "matkhau123") == (422, "password_too_common")
    assert use(people, post.token())[0] == 204
    assert use(people, post.token(), "another phrase") == (410, "reset_over")


def test_using_one_link_ends_the_others(people: People, post: Post) -> None:
    ask(people)
    ask(people)
    work_outbox()
    assert len(post.letters) == 2
    first = re.search(r"/reset/(\S+)", post.letters[0].body)
    assert first
    assert use(people, post.token())[0] == 204
    assert use(people, first[1]) == (410, "reset_over")


def test_a_link_is_over_after_an_hour(people: People, post: Post, clock_at: Clock) -> None:
    ask(people)
    work_outbox()
    clock_at(MONDAY + timedelta(minutes=59))
    assert resets.account_of(post.token()).email == OFFICER
    clock_at(MONDAY + timedelta(minutes=60))
    assert use(people, post.token()) == (410, "reset_over")


def test_a_link_that_is_guessed_opens_nothing(people: People, post: Post) -> None:
    ask(people)
    work_outbox()
    assert use(people, "x" * 43) == (410, "reset_over")


def test_while_the_mail_server_is_away_the_letter_waits_and_its_hour_begins_later(
    people: People, post: Post, clock_at: Clock
) -> None:
    post.away = True
    ask(people)
    outbox.work()
    waiting = db.session.scalars(select(Effect).where(Effect.kind == resets.LETTER)).one()
    assert waiting.done_at is None
    assert waiting.last_error is not None
    post.away = False
    clock_at(MONDAY + timedelta(hours=5))
    work_outbox()
    assert use(people, post.token())[0] == 204


def test_a_letter_that_is_sent_twice_is_the_same_letter(people: People, post: Post) -> None:
    ask(people)
    work_outbox()
    effect = db.session.scalars(select(Effect).where(Effect.kind == resets.LETTER)).one()
    effect.done_at = None
    db.session.commit()
    work_outbox()
    one, other = post.letters
    assert one == other


def test_the_token_lies_in_no_table(people: People, post: Post) -> None:
    ask(people)
    work_outbox()
    assert db.session.scalars(select(PasswordReset)).one().token_hash
    kept = "".join("".join(table) for table in rows().values())
    assert post.token() not in kept


def test_who_asks_learns_nothing_about_accounts(people: People, post: Post) -> None:
    def asked(email: str) -> tuple[int, list[str]]:
        with statements() as sent:
            return ask(people, email), [re.sub(r"SAVEPOINT \w+", "SAVEPOINT", one) for one in sent]

    known, unknown = asked(OFFICER), asked("khong-co@demo.example")
    assert known == unknown, "the same answer after the same work"
    work_outbox()
    assert [one.to for one in post.letters] == [OFFICER]


def test_an_inbox_is_not_flooded_and_the_answer_stays_the_same(people: People, post: Post) -> None:
    asked = [ask(people, at=f"192.0.2.{n}") for n in range(lockout.LETTERS.free + 3)]
    work_outbox()
    assert set(asked) == {202}
    assert len(post.letters) == lockout.LETTERS.free + 1


def test_one_address_asks_for_so_many_letters_and_no_more(people: People, post: Post) -> None:
    asked = [
        ask(people, f"{n}@demo.example", at=ELSEWHERE)
        for n in range(lockout.LETTERS_OF_ADDRESS.free + 2)
    ]
    assert asked[-1] == 429
    assert set(asked[:-1]) == {202}
    assert ask(people, at=OFFICE) == 202


def test_whom_strangers_lock_out_everywhere_comes_in_by_a_letter(
    people: People, post: Post
) -> None:
    for number in range(lockout.ALL_STRANGERS.free + 1):
        resets.guessing.begin(OFFICER, Visit(address=f"192.0.2.{number}"))
    ask(people, at=OFFICE)
    work_outbox()
    device = "a-new-telephone"
    with db.session.begin_nested():
        resets.use(post.token(), NEW, Visit(device=device, address=OFFICE))
    assert knock(people, password=NEW, at=OFFICE).status_code == 429
    assert knock(people, password=NEW, at=OFFICE, device=device).status_code == 201


def test_a_second_factor_stays_after_a_reset(people: People, post: Post) -> None:
    enrol(people.officer)
    ask(people)
    work_outbox()
    use(people, post.token())
    answer = knock(people, password=NEW)
    assert (answer.status_code, answer.json["code"]) == (401, "second_factor_needed")


def test_an_account_that_ended_gets_no_letter(people: People, post: Post) -> None:
    ask(people)
    people.admin.call("DELETE", f"/admin/accounts/{OFFICER}")
    work_outbox()
    assert [one for one in post.letters if "/reset/" in one.body] == []


def test_ones_own_password_is_changed_by_the_old_one(people: People, post: Post) -> None:
    other, _ = come_in(people)
    path = "/account/password"
    wrong = people.officer.call("PUT", path, json={"old": "sai", "new": NEW})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "old")
    weak = people.officer.call("PUT", path, json={"old": PASSWORD, "new": PASSWORD})
    assert (weak.status_code, weak.json["code"]) == (422, "password_too_common")
    done = people.officer.call("PUT", path, json={"old": PASSWORD, "new": NEW})
    assert people.officer.goes_on(done).status_code == 200
    assert other.get("/inbox").status_code == 401
    assert people.officer.get("/inbox").status_code == 200
    assert knock(people, password=NEW).status_code == 201


def test_an_owner_is_told_once_of_what_was_changed(people: People, app: Flask) -> None:
    people.officer.call("PUT", "/account/password", json={"old": PASSWORD, "new": NEW})
    work_outbox()
    folder = Path(app.config["MAIL_FOLDER"])
    letters = [
        message_from_bytes(one.read_bytes(), policy=policy.default) for one in folder.iterdir()
    ]
    told = [one for one in letters if one["To"] == OFFICER]
    assert len(told) == 1
    body = told[0].get_content()
    assert "Mật khẩu đã được đổi" in body
    assert "09:00 thứ Hai" in body
