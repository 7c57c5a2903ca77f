"""What reporters do with their token: judge, reopen, withdraw, correct, follow, erase."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from reports_service.core.audit import AuditEntry
from reports_service.core.db import db
from reports_service.reports import chain
from reports_service.reports.models import Event, EventText, Report, Reporter
from tests import pictures
from tests.personas import CONTACT, LIGHT, LIGHTS, MONDAY, Filed, People, form, rows

DAY = timedelta(days=1)
DONE = {"kind": "answered", "note": "đã thay bóng"}


@pytest.fixture
def resolved(people: People, filed: Filed) -> Filed:
    people.officer.does(filed.code, "resolution", DONE)
    return filed


def test_fixed_closes_and_the_rating_belongs_to_the_assignment(
    people: People, resolved: Filed
) -> None:
    closed = resolved.reporter.does(resolved.code, "feedback", {"fixed": True, "rating": 5})
    assert closed["status"] == "closed"
    assert "5" in "".join(row for row in rows()["assignments"])


def test_not_fixed_reopens_at_the_same_agency_with_fresh_clocks(
    people: People, resolved: Filed, clock_at: Any
) -> None:
    clock_at(MONDAY + 3 * DAY)
    opened = resolved.reporter.does(
        resolved.code, "feedback", {"fixed": False, "rating": 1, "comment": "vẫn tắt"}
    )
    assert (opened["status"], opened["agency"]["code"]) == ("assigned", LIGHTS)
    assert opened["resolution"] is None
    assert opened["promised_by"] == resolved.answer["promised_by"]
    first, second = people.admin.report(resolved.code)["inside"]["assignments"]
    assert (first["outcome"], second["outcome"]) == ("resolved", None)
    assert second["resolve_by"] == "2026-03-19T10:00:00Z"
    assert second["acknowledged_at"] is None


def test_there_is_nothing_to_judge_before_a_result(people: People, filed: Filed) -> None:
    answer = filed.reporter.act(filed.code, "feedback", {"fixed": True})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "body", [{}, {"rating": 5}, {"fixed": True, "rating": 0}, {"fixed": True, "rating": 6}]
)
def test_feedback_that_makes_no_sense_is_refused(body: dict[str, Any], resolved: Filed) -> None:
    before = rows()
    assert resolved.reporter.act(resolved.code, "feedback", body).status_code == 422
    assert rows() == before


def test_a_report_is_reopened_until_the_window_has_passed(
    people: People, resolved: Filed, clock_at: Any
) -> None:
    until = resolved.reporter.report(resolved.code)["reopens_until"]
    assert until == "2026-04-15T02:00:00Z"  # 7 days of silence and 30 more
    resolved.reporter.does(resolved.code, "feedback", {"fixed": True})
    clock_at(MONDAY + 37 * DAY + timedelta(seconds=1))
    late = resolved.reporter.act(resolved.code, "reopening", {"note": "lại tắt"})
    assert (late.status_code, late.json["code"]) == (409, "reopening_too_late")
    clock_at(MONDAY + 37 * DAY)
    opened = resolved.reporter.does(resolved.code, "reopening", {"note": "lại tắt"})
    assert opened["status"] == "assigned"


def test_a_withdrawn_report_needs_no_more_work(people: People, filed: Filed) -> None:
    gone = filed.reporter.does(filed.code, "withdrawal", {"note": "đã sáng"})
    assert gone["status"] == "withdrawn"
    assert people.officer.get("/queue").json["items"] == []
    assert filed.reporter.act(filed.code, "reopening").status_code == 409


def test_the_token_works_only_for_its_report_and_in_any_case(people: People, filed: Filed) -> None:
    token = filed.answer["tracking_token"]
    assert people.reporter(token.upper()).report(filed.code)["actions"]
    assert people.reporter(token[:-1]).get(f"/reports/{filed.code}").status_code == 401
    assert people.reporter("").get(f"/reports/{filed.code}").status_code in (200, 401)
    assert people.reporter("ế" * 24).get(f"/reports/{filed.code}").status_code == 401


def test_a_correction_says_it_better_and_keeps_where_it_was_filed(
    people: People, filed: Filed
) -> None:
    filed.reporter.does(
        filed.code,
        "correction",
        {"description": "Đèn số 5 tắt", "location": {"lat": 11.2872, "lon": 106.1313}},
    )
    report = people.admin.report(filed.code)
    assert report["description"] == "Đèn số 5 tắt"
    assert report["location"] == {"lat": 11.2872, "lon": 106.1313}
    assert report["inside"]["filed_location"] == LIGHT["location"]
    assert people.public.get("/reports", q="đèn số 5").json["items"]
    assert people.public.get("/reports", q="ba đêm").json["items"] == []
    before = rows()
    assert filed.reporter.act(filed.code, "correction", {}).status_code == 422
    assert rows() == before


def test_photos_are_added_and_a_bad_one_refuses_them_all(people: People, filed: Filed) -> None:
    path = f"/reports/{filed.code}/photos"

    def send(*contents: bytes) -> Any:
        return filed.reporter.call("POST", path, data=form({}, contents))

    assert send(pictures.jpeg(), pictures.jpeg(50, 40)).status_code == 201
    before = rows()
    bad = send(pictures.jpeg(60, 40), pictures.html())
    assert bad.status_code == 422
    assert bad.json["errors"][0]["field"] == "photos.1"
    surplus = send(*[pictures.jpeg(40 + n, 40) for n in range(9)])
    assert surplus.status_code == 422
    assert send().status_code == 422
    assert filed.reporter.call("POST", path, json={}).status_code == 422
    assert rows() == before


def test_followers_are_counted_and_told_only_if_they_want(people: People, filed: Filed) -> None:
    follow = f"/reports/{filed.code}/followers"
    assert people.public.call("POST", follow, json={}).json == {"followers": 1}
    contact = {"reporter": {"email": "lan@vidu.vn", "consent": True}}
    assert people.public.call("POST", follow, json=contact).json == {"followers": 2}
    without = {"reporter": {"email": "lan@vidu.vn"}}
    assert people.public.call("POST", follow, json=without).status_code == 422
    assert people.public.report(filed.code)["followers"] == 2
    assert "lan@vidu.vn" not in str(rows())


def test_a_contact_follows_once_however_often_it_is_said(people: People, filed: Filed) -> None:
    follow = f"/reports/{filed.code}/followers"
    contact = {"reporter": {"phone": "0912 000 111", "consent": True}}
    again = {"reporter": {"phone": "+84 912 000 111", "consent": True}}
    assert people.public.call("POST", follow, json=contact).json == {"followers": 1}
    assert people.public.call("POST", follow, json=again).json == {"followers": 1}


def test_a_correction_undoes_no_moderation(people: People, filed: Filed) -> None:
    people.operator.does(filed.code, "moderation", {"public_text": "đồ ***", "reason": "thô tục"})
    filed.reporter.does(filed.code, "correction", {"description": "đồ khốn nạn thật"})
    assert "khốn nạn" not in people.public.get(f"/reports/{filed.code}").text
    assert people.officer.report(filed.code)["description"] == "đồ khốn nạn thật"


def test_a_corrected_place_lies_in_its_area_and_the_area_at_filing_stays(
    people: People, filed: Filed
) -> None:
    elsewhere = {"location": {"lat": 10.5337, "lon": 106.4133}}  # phường Long An
    corrected = filed.reporter.does(filed.code, "correction", elsewhere)
    assert corrected["area"]["code"] != filed.answer["area"]["code"]
    report = db.session.scalars(
        select(Report).where(Report.code == filed.code.replace("-", ""))
    ).one()
    assert report.area_at_filing_id != report.area_id


def test_who_follows_a_duplicate_follows_its_master(people: People, filed: Filed) -> None:
    master = people.file()
    people.operator.does(filed.code, "merge", {"into": master.code})
    people.public.call("POST", f"/reports/{filed.code}/followers", json={})
    assert people.public.report(master.code)["followers"] == 2


def test_identity_is_for_the_reporter_and_for_operators_whose_look_is_logged(
    people: People,
) -> None:
    filed = people.file(reporter=CONTACT)
    path = f"/reports/{filed.code}/identity"
    mine = filed.reporter.get(path)
    assert mine.json == {
        "name": "Lê Hoà",
        "phone": "0912345678",
        "email": "hoa@vidu.vn",
        "language": "vi",
    }
    seen = {name: caller.get(path).status_code for name, caller in people.all().items()}
    assert seen.pop("operator") == 200
    assert seen.pop("public") == 401
    assert set(seen.values()) == {403}
    looks = db.session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "identity")).all()
    assert [look.actor for look in looks if look.actor] == ["operator@demo.example"]
    assert {look.object_key for look in looks} == {filed.code.replace("-", "")}


def test_identity_is_kept_encrypted(people: People) -> None:
    people.file(reporter=CONTACT)
    kept = str(rows())
    for value in ("Lê Hoà", "0912345678", "hoa@vidu.vn"):
        assert value not in kept
    reporter = db.session.scalars(select(Reporter)).one()
    assert reporter.phone_index
    assert reporter.consented_at == MONDAY


@pytest.mark.parametrize("by", ["public", "operator", "facilitator"])
def test_erasing_takes_person_and_words_and_leaves_facts_and_an_unbroken_history(
    by: str, people: People
) -> None:
    filer = getattr(people, by)
    filed = people.file(filer, reporter=CONTACT, description="Nhà tôi ở hẻm 12, tên tôi là Hoà")
    people.officer.does(filed.code, "acknowledgement", {"note": "đã nhận"})
    people.officer.does(filed.code, "question", {"question": "Trụ nào?"})
    filed.reporter.does(filed.code, "replies", {"text": "Trước nhà tôi, Hoà đây"})
    answer = filed.reporter.act(filed.code, "identity", method="DELETE")
    assert answer.status_code == 200
    db.session.expire_all()
    kept = str([row for table, lines in rows().items() if table != "outbox" for row in lines])
    for words in ("hẻm 12", "Hoà đây", "trước số 12"):
        assert words not in kept
    report = db.session.scalars(
        select(Report).where(Report.code == filed.code.replace("-", ""))
    ).one()
    assert chain.holds(report, list(report.events))
    reporter = db.session.scalars(select(Reporter)).one()
    assert (reporter.name, reporter.phone, reporter.email) == (None, None, None)
    assert reporter.phone_index is None
    again = filed.reporter.get(f"/reports/{filed.code}/identity")
    assert (again.status_code, again.json["code"]) == (404, "no_identity")
    timeline = people.public.report(filed.code)["timeline"]
    kinds = [entry["kind"] for entry in timeline]
    assert kinds == ["filed", "acknowledged", "question_asked", "replied", "erased"]
    assert timeline[1]["text"] == "đã nhận"  # the agency's words are not the reporter's


def test_a_contact_given_after_erasing_is_a_new_one(people: People) -> None:
    filed = people.file(reporter=CONTACT)
    filed.reporter.does(filed.code, "identity", method="DELETE")
    new = {"reporter": {"email": "moi@vidu.vn", "consent": True}}
    filed.reporter.does(filed.code, "correction", new)
    mine = filed.reporter.get(f"/reports/{filed.code}/identity")
    assert mine.status_code == 200
    assert (mine.json["email"], mine.json["phone"]) == ("moi@vidu.vn", None)


def test_an_event_changed_in_the_database_breaks_the_chain(people: People, filed: Filed) -> None:
    people.officer.does(filed.code, "acknowledgement", {"note": "đã nhận"})
    assert people.admin.report(filed.code)["inside"]["history_holds"]
    event = db.session.scalars(select(Event).order_by(Event.seq)).first()
    assert event is not None
    event.facts = {**event.facts, "promised_by": "2030-01-01T00:00:00+00:00"}
    db.session.commit()
    assert not people.admin.report(filed.code)["inside"]["history_holds"]


def test_words_changed_in_the_database_break_the_chain(people: People, filed: Filed) -> None:
    text = db.session.scalars(select(EventText)).first()
    assert text is not None
    text.text = text.text.replace("ba", "hai")
    db.session.commit()
    assert not people.admin.report(filed.code)["inside"]["history_holds"]


def test_a_promise_never_moves(people: People, clock_at: Any, app: Flask) -> None:
    filed = people.file()
    promised = filed.answer["promised_by"]
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("officer", "acknowledgement", {}),
        ("officer", "question", {"question": "?"}),
        ("operator", "classification", {"priority": "urgent"}),
        ("head", "assignment", {"agency": "ubnd-25630", "reason": "x"}),
        ("operator", "assignment", {"agency": LIGHTS, "reason": "x"}),
        ("officer", "extension", {"amount": 1, "reason": "x"}),
        ("head", "extension/approval", {}),
        ("operator", "classification", {"category": "mat-duong"}),
        ("operator", "resolution", {"kind": "answered", "note": "x"}),
        ("operator", "reopening", {}),
    ]
    for day, (who, part, body) in enumerate(steps):
        clock_at(MONDAY + day * timedelta(hours=2))
        report = getattr(people, who).does(filed.code, part, body)
        assert report["promised_by"] == promised, part
