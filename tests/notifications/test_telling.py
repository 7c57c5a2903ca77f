"""An event is told to whom it concerns, once, in their language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from reports_service.core import outbox
from reports_service.core.db import db, unit_of_work
from reports_service.domain.roles import Party
from reports_service.notifications import effects, service, wording
from reports_service.notifications.mail import Letter, NotSentYet, Undeliverable
from reports_service.notifications.models import Delivery
from reports_service.notifications.wording import Site
from reports_service.reports import identity
from reports_service.reports.models import Event, Report
from tests.notifications.province import DUE_AT, Province, citizen, found_province

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SITE = Site("http://127.0.0.1:8022", ZONE)
ACCOUNTS = ("operator", "officer", "colleague", "head", "roads_officer", "leader")


class Post:
    """A mailer that keeps what it is given, and fails for some addresses."""

    def __init__(self, failing: dict[str, Exception] | None = None) -> None:
        self.failing = failing or {}
        self.sent: list[Letter] = []

    def send(self, letter: Letter) -> None:
        if letter.to in self.failing:
            raise self.failing[letter.to]
        self.sent.append(letter)


def tell(event: Event) -> Sequence[Delivery]:
    """Tell people of an event; what they are told."""
    number = event.id
    db.session.commit()
    service.tell(number, SITE)
    return told_of(number)


def told_of(event_id: int) -> Sequence[Delivery]:
    found = select(Delivery).where(Delivery.event_id == event_id).order_by(Delivery.id)
    return db.session.scalars(found).all()


def heard(province: Province, deliveries: Sequence[Delivery]) -> set[str]:
    """By name who was told: accounts, mailboxes of agencies, "reporter" for citizens."""
    names = {f"account:{getattr(province, name).id}": name for name in ACCOUNTS}
    for agency in (province.centre, province.lights, province.roads):
        names[f"agency:{agency.id}"] = f"mailbox of {agency.code}"
    return {names.get(delivery.recipient, "citizen") for delivery in deliveries}


def test_new_work_reaches_the_officers_the_mailbox_and_the_reporter(province: Province) -> None:
    told = tell(province.happens("assigned", {"assignment": 1}, account=province.operator))
    assert heard(province, told) == {"citizen", "officer", "colleague", "mailbox of lights"}
    assert {(d.channel, d.sent_at is None) for d in told} == {("inbox", False), ("email", True)}


def test_an_event_told_twice_is_told_once(province: Province) -> None:
    event = province.happens("assigned", {"assignment": 1})
    first = len(tell(event))
    assert len(tell(event)) == first


def test_each_mail_is_an_effect_of_its_own(province: Province) -> None:
    tell(province.happens("assigned", {"assignment": 1}))
    mails = select(outbox.Effect).where(outbox.Effect.kind == service.DELIVER)
    assert len(db.session.scalars(mails).all()) == 2


def test_a_delegated_report_concerns_its_officer_alone(province: Province) -> None:
    province.report.assignments[0].officer = province.officer
    told = tell(province.happens("replied", {"assignment": 1}, by=Party.REPORTER))
    assert heard(province, told) == {"officer"}


def test_nobody_is_told_of_their_own_act(province: Province) -> None:
    told = tell(province.happens("noted", {"assignment": 1}, account=province.officer))
    assert heard(province, told) == {"colleague", "head"}


def test_a_transfer_is_told_to_the_agency_before_as_well(province: Province) -> None:
    province.hand_to(province.roads)
    facts = {"assignment": 2, "from_agency": province.lights.id}
    told = tell(province.happens("transferred", facts, account=province.operator))
    assert heard(province, told) == {
        *("citizen", "roads_officer", "mailbox of roads"),
        *("officer", "colleague", "head"),
    }
    before = next(d for d in told if d.recipient == f"account:{province.officer.id}")
    assert "không còn phụ trách" in before.body


def test_an_event_is_told_to_who_held_the_report_then(province: Province) -> None:
    event = province.happens("assigned", {"assignment": 1}, account=province.operator)
    province.hand_to(province.roads)
    assert "roads_officer" not in heard(province, tell(event))


def test_at_the_centre_the_operators_hear(province: Province) -> None:
    province.hand_to(province.centre)
    facts = {"assignment": 2, "from_agency": province.lights.id}
    told = heard(province, tell(province.happens("handed_back", facts, account=province.officer)))
    assert told == {"citizen", "operator", "mailbox of centre", "colleague", "head"}


@pytest.mark.parametrize(
    ("to", "who"),
    [
        ("officer", {"officer", "colleague"}),
        ("head", {"head", "mailbox of lights"}),
        ("leader", {"leader", "head"}),
    ],
)
def test_a_step_of_the_ladder_tells_whom_it_names(
    to: str, who: set[str], province: Province
) -> None:
    facts = {
        "assignment": 1,
        "tell": to,
        "clock": "resolve",
        "step": 0,
        "deadline": DUE_AT.isoformat(),
    }
    event = province.happens("escalated", facts, by=Party.SYSTEM, internal=True)
    told = tell(event)
    assert heard(province, told) == who
    assert all("17:00 thứ Sáu, ngày 27/11/2026" in delivery.body for delivery in told)


def test_followers_and_reporters_of_duplicates_hear_of_the_result(province: Province) -> None:
    province.follow("lan@demo.example")
    duplicate = found_duplicate(province)
    told = tell(province.happens("resolved", {"assignment": 1, "kind": "fixed"}))
    recipients = {delivery.recipient for delivery in told}
    assert f"reporter:{duplicate.reporter_id}" in recipients
    assert len(recipients) == 3


def found_duplicate(province: Province) -> Report:
    """Another report of the same matter, merged into the province's."""
    master = province.report
    columns = {
        column.name: getattr(master, column.name)
        for column in Report.__table__.columns
        if column.name not in ("id", "code", "reporter_id")
    }
    duplicate = Report(**columns, code="1234567890")
    duplicate.reporter, duplicate.master_id = citizen("minh@demo.example"), master.id
    db.session.add(duplicate)
    db.session.flush()
    return duplicate


def test_a_reporter_reads_what_became_of_it_in_their_language(province: Province) -> None:
    assert province.report.reporter is not None
    province.report.reporter.language = "en"
    (mail,) = tell(
        province.happens(
            "resolved",
            {"assignment": 1, "kind": "planned", "planned_for": "2026-12-01"},
            {"note": "New lamps arrive in December."},
        )
    )
    assert mail.subject == "[1022] Report 483-920-1157: planned"
    assert "for Tuesday, 1 December 2026" in mail.body
    assert "“New lamps arrive in December.”" in mail.body
    assert "http://127.0.0.1:8022/r/483-920-1157" in mail.body


def test_the_agency_is_asked_to_take_up_what_its_reporter_is_told_was_received(
    province: Province,
) -> None:
    told = tell(province.happens("filed", {"assignment": 1, "status": "assigned"}))
    assert {delivery.subject for delivery in told} == {
        "[1022] Phản ánh 483-920-1157: đã tiếp nhận",
        "[1022] Phản ánh mới 483-920-1157: cần tiếp nhận",
    }


def test_a_question_is_read_with_its_words_and_its_date(province: Province) -> None:
    asked = {"assignment": 1, "question": 1, "reply_by": "2026-12-03T16:59:00+00:00"}
    (mail,) = tell(province.happens("question_asked", asked, {"question": "Cột đèn số mấy?"}))
    assert "«Cột đèn số mấy?»" in mail.body
    assert "23:59 thứ Năm, ngày 03/12/2026" in mail.body


def test_staff_notices_do_not_repeat_what_a_reporter_said(province: Province) -> None:
    words = {"text": "Nhà tôi số 12, gọi 0901234567"}
    told = tell(province.happens("replied", {"assignment": 1}, words, by=Party.REPORTER))
    assert all("0901234567" not in delivery.body for delivery in told)


def test_an_anonymous_report_is_worked_on_without_a_mail_to_anybody() -> None:
    province = found_province(email=None)
    assert tell(province.happens("acknowledged", {"assignment": 1})) == []


def test_erasing_takes_the_letters_to_citizens_away(province: Province) -> None:
    event = province.happens("acknowledged", {"assignment": 1})
    (mail,) = tell(event)
    assert province.report.reporter is not None
    identity.erase(province.report.reporter)
    tell(province.happens("erased", {"events": []}, by=Party.REPORTER))
    db.session.expire_all()
    assert mail.body == ""
    post = Post()
    assert not service.deliver(mail.id, post)
    assert post.sent == []


def test_a_delivery_is_sent_once(province: Province) -> None:
    (mail,) = tell(province.happens("acknowledged", {"assignment": 1}))
    post, number = Post(), mail.id
    assert service.deliver(number, post)
    assert service.deliver(number, post)
    assert [letter.to for letter in post.sent] == ["hoa@demo.example"]
    row = db.session.get_one(Delivery, number, populate_existing=True)
    assert (row.attempts, row.last_error) == (1, None)
    assert row.sent_at is not None


def test_a_recipient_who_does_not_exist_is_not_tried_again(province: Province) -> None:
    (mail,) = tell(province.happens("acknowledged", {"assignment": 1}))
    never = Undeliverable("the mail server answered 550")
    assert not service.deliver(mail.id, Post({"hoa@demo.example": never}))
    assert db.session.get_one(Delivery, mail.id, populate_existing=True).last_error == str(never)


def test_one_recipient_that_fails_does_not_stop_the_other(app: Flask, province: Province) -> None:
    away = NotSentYet("the mail server answered 452")
    post = Post({"lights@demo.example": away})
    app.extensions["mailer"], kept = post, app.extensions["mailer"]
    number = province.happens("assigned", {"assignment": 1}).id
    db.session.commit()
    try:
        while outbox.work():
            continue
    finally:
        app.extensions["mailer"] = kept
    assert [letter.to for letter in post.sent] == ["hoa@demo.example"]
    mailbox, citizen_mail = sorted(
        (d for d in told_of(number) if d.channel == "email"), key=lambda d: d.recipient
    )
    assert (mailbox.attempts, mailbox.sent_at, mailbox.last_error) == (1, None, str(away))
    assert citizen_mail.sent_at is not None


def test_in_embedded_mode_the_mail_is_a_file(app: Flask, province: Province) -> None:
    (mail,) = tell(province.happens("acknowledged", {"assignment": 1}))
    effects.deliver({"delivery_id": mail.id})
    assert (Path(app.config["MAIL_FOLDER"]) / f"{mail.id}.eml").exists()


def test_an_event_that_is_gone_tells_nobody() -> None:
    with unit_of_work():
        assert service.tell(10**9, SITE) == 0


@pytest.mark.parametrize(
    ("language", "said"),
    [("vi", "17:00 Chủ nhật, ngày 29/11/2026"), ("en", "17:00 on Sunday, 29 November 2026")],
)
def test_moments_are_said_in_local_time(language: str, said: str) -> None:
    at = datetime(2026, 11, 29, 10, tzinfo=UTC)
    assert wording.moment(at, language, ZONE) == said
