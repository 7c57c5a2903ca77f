"""When a report's time is over the people in it are gone, the facts stay, and it can be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Connection, select, update

from reports_service.categories import service as categories
from reports_service.cli import reports as command
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.domain.lifecycle import OPEN, Status
from reports_service.domain.retention import due_at
from reports_service.reports import chain
from reports_service.reports.models import Event, Report, Reporter
from reports_service.reports.retention import proof, schedule
from reports_service.reports.retention.models import Anonymisation
from reports_service.statistics.scope import Period
from reports_service.statistics.verification import walk
from reports_service.statistics.verification.differences import INFORMATION
from tests import pictures
from tests.personas import CONTACT, MONDAY, Filed, People, form, work_outbox

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = timedelta(days=1)
OF_THE_PROVINCE = {"areas", "agencies", "categories", "routing_rules", "outbox"}  # outbox: ids
FOLLOWER = {"reporter": {"email": "theo.doi@vidu.vn", "phone": "0987000111", "consent": True}}
SAID = ("zanzibar", "xylophone", "quagmire", "flamingo", "tangerine", "trước số 12")
PERIOD = {"from": "2026-03-09", "to": "2026-03-31"}


def kept_days() -> int:
    category = categories.by_code("den-duong")
    return int(category.retention_days)


def row(filed: Filed) -> Report:
    db.session.expire_all()
    code = filed.code.replace("-", "")
    return db.session.scalars(select(Report).where(Report.code == code)).one()


@pytest.fixture(scope="module", autouse=True)
def everybody(app: Flask, stage: Connection) -> People:
    with clock.moved_to(MONDAY):
        return People(app)


@pytest.fixture
def people(everybody: People) -> People:
    return everybody


@pytest.fixture(scope="module")
def lived(everybody: People) -> Filed:
    with clock.moved_to(MONDAY):
        return whole_life(everybody)


@pytest.fixture
def ended(lived: Filed, clock_at: Callable[[datetime], None]) -> Filed:
    """A report of a whole life; the clock is not yet at the end of its days."""
    return lived


def whole_life(people: People) -> Filed:
    """A report in which everybody said something and the citizen is content."""
    photo = pictures.jpeg(64, 48, place=pictures.LONG_HOA)
    filed = people.file_with_photos(photo, description="Đèn tắt zanzibar", reporter=CONTACT)
    people.public.call("POST", f"/reports/{filed.code}/followers", json=FOLLOWER)
    people.officer.does(filed.code, "acknowledgement", {"note": "đã nhận xylophone"})
    people.officer.does(filed.code, "notes", {"note": "gọi chị Hoà quagmire"})
    people.officer.does(filed.code, "question", {"question": "Trụ nào ạ?"})
    filed.reporter.does(filed.code, "replies", {"text": "Trước nhà flamingo"})
    sent = form({"kind": "fixed", "note": "Đã thay tangerine"}, [photo], "resolution")
    people.officer.does(filed.code, "resolution", data=sent)
    filed.reporter.does(filed.code, "feedback", {"fixed": True, "rating": 5, "comment": "flamingo"})
    work_outbox()
    return filed


def everything() -> str:
    """Every row that can hold what people say: all tables but those of the province."""
    db.session.rollback()
    tables = [one for one in db.metadata.sorted_tables if one.name not in OF_THE_PROVINCE]
    return str([list(map(tuple, db.session.execute(table.select()))) for table in tables])


def wrong_figures() -> list[Any]:
    march = Period(date(2026, 3, 1), date(2026, 3, 31), ZONE)
    return [found for found in walk.verify(ZONE, march) if found.kind not in INFORMATION]


def test_when_its_days_are_over_no_word_person_or_citizens_picture_is_left(
    people: People, ended: Filed, clock_at: Callable[[datetime], None]
) -> None:
    assert all(word in everything() for word in SAID)
    clock_at(MONDAY + timedelta(days=kept_days()) + DAY)
    assert schedule.run() == 1
    work_outbox()
    left = everything()
    assert [word for word in SAID if word in left] == []
    assert all(one.erased_at for one in db.session.scalars(select(Reporter)))
    report = row(ended)
    citizens = [one.attachment for one in report.photos if one.role == "report"]
    works = [one.attachment for one in report.photos if one.role == "after"]
    assert [(one.original_key, one.large_key, one.is_public) for one in citizens] == [
        (None, None, False)
    ]
    assert [(one.original_key, one.exif_lat, one.is_public) for one in works] == [
        (None, None, True)
    ]
    assert chain.holds(report, list(report.events))
    shown = people.public.report(ended.code)
    assert (shown["status"], shown["description"]) == ("closed", "")
    assert shown["timeline"][-1]["kind"] == "anonymised"
    assert people.operator.report(ended.code)["photos"][0]["urls"] == {}


def test_figures_are_what_they_were_and_the_events_still_prove_them(
    people: People, ended: Filed, clock_at: Callable[[datetime], None]
) -> None:
    clock_at(MONDAY + timedelta(days=kept_days()) + DAY)
    paths = ("agencies", "categories", "areas", "channels", "trend")
    before = [people.leader.get(f"/stats/{path}", **PERIOD).json for path in paths]
    assert wrong_figures() == []
    schedule.run()
    work_outbox()
    after = [people.leader.get(f"/stats/{path}", **PERIOD).json for path in paths]
    assert [{**one, "as_of": None} for one in before] == [{**one, "as_of": None} for one in after]
    assert wrong_figures() == []


def test_the_event_holds_facts_alone_and_the_run_is_kept(
    ended: Filed, clock_at: Callable[[datetime], None]
) -> None:
    clock_at(MONDAY + timedelta(days=kept_days()) + DAY)
    touched = row(ended).updated_at
    schedule.run()
    (kept,) = db.session.scalars(select(Anonymisation)).all()
    event = row(ended).events[-1]
    facts = {"run": kept.id, "people": 2, "words": 7, "pictures": 1, "status": "closed"}
    assert (event.kind, event.by, event.facts, event.words) == ("anonymised", "system", facts, None)
    assert (kept.reports, kept.people, kept.words, kept.pictures) == (1, 2, 7, 1)
    assert kept.digest == schedule.link(
        schedule.GENESIS, [(row(ended).code, event.seq, event.hash)]
    )
    assert row(ended).updated_at == touched
    assert schedule.run() == 0


def test_before_its_day_and_before_its_end_nothing_is_forgotten(
    people: People, ended: Filed, clock_at: Callable[[datetime], None]
) -> None:
    still_open = people.file(description="Còn mở pomegranate", reporter=CONTACT)
    clock_at(MONDAY + timedelta(days=kept_days()) - DAY)
    assert schedule.run() == 0
    clock_at(MONDAY + timedelta(days=10 * kept_days()))
    assert schedule.run() == 1
    assert row(still_open).description == "Còn mở pomegranate"
    assert row(still_open).reporter.erased_at is None


def test_a_category_that_keeps_shorter_lets_go_sooner(
    people: People, ended: Filed, clock_at: Callable[[datetime], None], edits_reference: None
) -> None:
    changed = people.admin.call("PATCH", "/admin/categories/den-duong", json={"retention_days": 30})
    assert changed.status_code == 200, changed.text
    Snapshot.forget_all()  # other processes see it within a second; this one asks at once
    clock_at(MONDAY + 31 * DAY)
    due = {one.category.code if one.category else None: one for one in schedule.due_now()}
    assert (due["den-duong"].days, due["den-duong"].due) == (30, 1)
    assert schedule.run() == 1
    assert schedule.due_now() == []


def test_what_is_said_afterwards_goes_with_the_next_run(
    people: People, ended: Filed, clock_at: Callable[[datetime], None]
) -> None:
    clock_at(MONDAY + timedelta(days=kept_days()) + DAY)
    schedule.run()
    people.operator.does(ended.code, "notes", {"note": "persimmon"})
    assert "persimmon" in everything()
    assert schedule.run() == 1
    work_outbox()
    assert "persimmon" not in everything()
    assert list(proof.flaws()) == []


@pytest.mark.parametrize("status", Status)
def test_only_what_has_ended_has_a_day(status: Status) -> None:
    due = due_at(status, MONDAY, 30)
    ends = status not in OPEN and status is not Status.RESOLVED
    assert due == (MONDAY + 30 * DAY if ends else None)


@pytest.fixture
def forgotten(ended: Filed, clock_at: Callable[[datetime], None]) -> Iterator[Filed]:
    clock_at(MONDAY + timedelta(days=kept_days()) + DAY)
    schedule.run()
    db.session.commit()
    assert list(proof.flaws()) == []
    yield ended


@pytest.mark.parametrize(
    ("spoil", "flaw"),
    [
        (update(Report).values(description="lời cũ"), "holds_words"),
        (update(Reporter).values(name=b"x"), "holds_people"),
        (update(Anonymisation).values(reports=2), "run_differs"),
        (update(Anonymisation).values(digest=bytes(32)), "run_differs"),
        (Anonymisation.__table__.delete(), "run_missing"),
        (Event.__table__.delete().where(Event.__table__.c.kind == "anonymised"), "run_differs"),
    ],
)
def test_a_run_that_was_forged_and_data_that_stayed_are_named(
    spoil: Any, flaw: str, forgotten: Filed
) -> None:
    db.session.execute(spoil)
    assert {str(found.flaw) for found in proof.flaws()} == {flaw}


def test_the_command_says_what_is_due_does_it_and_proves_it(
    app: Flask, ended: Filed, clock_at: Callable[[datetime], None]
) -> None:
    clock_at(MONDAY + timedelta(days=kept_days()) + DAY)

    def said(*words: str) -> str:
        done = CliRunner(env={"LANGUAGE": "en"}).invoke(command, ["retention", *words])
        assert done.exit_code == 0, done.output
        return str(done.output)

    assert "1 due" in said("due")
    assert said("run") == "Made 1 reports anonymous.\n"
    assert said("verify") == "Not as it should be: 0\n"
    db.session.execute(update(Report).values(address="số 12"))
    wrong = CliRunner(env={"LANGUAGE": "en"}).invoke(command, ["retention", "verify"])
    assert (wrong.exit_code, "still holds words" in wrong.output) == (1, True)


def test_the_data_officer_sees_what_is_due_and_what_was_done(
    people: People, ended: Filed, clock_at: Callable[[datetime], None]
) -> None:
    clock_at(MONDAY + timedelta(days=kept_days()) + DAY)
    due = people.data_officer.get("/retention").json["due"]
    assert [(one["category"]["code"], one["due"]) for one in due] == [("den-duong", 1)]
    schedule.run()
    told = people.data_officer.get("/retention").json
    assert (told["due"], len(told["runs"]), told["runs"][0]["reports"]) == ([], 1, 1)
    client = people.client.application.test_client()
    client.set_cookie("session", str(people.data_officer.authorization).removeprefix("Bearer "))
    page = client.get("/retention?lang=en").text
    assert told["runs"][0]["digest"][:16] in page


def test_erasing_keeps_that_a_question_was_answered(people: People) -> None:
    """Whether answers are complete is a figure."""
    filed = people.file(reporter=CONTACT)
    report = row(filed)
    report.answers = [{"code": "tru", "kind": "text", "label": {"vi": "Trụ"}, "value": "số 5"}]
    db.session.commit()
    filed.reporter.does(filed.code, "identity", method="DELETE")
    assert [(one["code"], one["value"]) for one in row(filed).answers] == [("tru", "")]
    assert filed.reporter.report(filed.code)["answers"] == []
