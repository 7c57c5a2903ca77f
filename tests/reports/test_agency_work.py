"""What the agency does: clocks pause and go on, more time is granted, work is handed on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from reports_service.reports import sweep
from tests import pictures
from tests.personas import CENTRE, COMMITTEE, LIGHTS, MONDAY, Filed, People, form, rows

QUESTION = {"question": "Trụ số mấy?"}
DAY = timedelta(days=1)


def held(people: People, code: str) -> dict[str, Any]:
    """The running assignment, as an administrator sees it."""
    return people.admin.report(code)["inside"]["assignments"][-1]


@pytest.fixture
def working(people: People, filed: Filed) -> Filed:
    """A report that its agency has acknowledged."""
    people.officer.does(filed.code, "acknowledgement", {"note": "đã nhận"})
    return filed


def test_acknowledging_ends_the_first_clock_and_names_the_officer(
    people: People, working: Filed
) -> None:
    report = people.admin.report(working.code)
    assert report["status"] == "in_progress"
    assert held(people, working.code)["acknowledged_at"] == "2026-03-09T02:00:00Z"
    assert held(people, working.code)["officer"] == "Lê Minh Tuấn"


def test_resolving_at_once_acknowledges_too(people: People, filed: Filed) -> None:
    people.officer.does(filed.code, "resolution", {"kind": "answered", "note": "đã thay"})
    assignment = held(people, filed.code)
    assert assignment["acknowledged_at"] == assignment["resolved_at"]
    assert assignment["outcome"] == "resolved"


def test_a_question_stops_the_clock_and_the_reply_gives_back_what_was_left(
    people: People, working: Filed, clock_at: Any
) -> None:
    clock_at(MONDAY + DAY)
    asked = people.officer.does(working.code, "question", QUESTION)
    assert asked["status"] == "awaiting_reporter"
    assert asked["reply_by"] == "2026-03-20T02:00:00Z"
    assert held(people, working.code)["resolve_by"] is None
    clock_at(MONDAY + 4 * DAY)  # three working days later
    replied = working.reporter.does(working.code, "replies", {"text": "Trụ 5"})
    assert replied["status"] == "in_progress"
    assignment = held(people, working.code)
    assert assignment["resolve_by"] == "2026-03-19T10:00:00Z"
    assert assignment["paused_at"] is None
    assert replied["promised_by"] == working.answer["promised_by"]
    asked_facts, replied_facts = (
        entry["facts"] for entry in people.admin.report(working.code)["timeline"][-2:]
    )
    assert asked_facts["before"]["resolve_by"] == "2026-03-16T10:00:00+00:00"
    assert asked_facts["resolve_by"] is replied_facts["before"]["resolve_by"] is None
    assert replied_facts["resolve_by"] == "2026-03-19T10:00:00+00:00"


def test_a_question_taken_back_lets_the_clock_go_on(
    people: People, working: Filed, clock_at: Any
) -> None:
    people.officer.does(working.code, "question", QUESTION)
    clock_at(MONDAY + DAY)
    back = people.officer.undoes(working.code, "question")
    assert back["status"] == "in_progress"
    assert held(people, working.code)["resolve_by"] == "2026-03-17T10:00:00Z"


def test_a_third_question_is_refused(people: People, working: Filed) -> None:
    for _ in range(2):
        people.officer.does(working.code, "question", QUESTION)
        working.reporter.does(working.code, "replies", {"text": "Trụ 5"})
    before = rows()
    answer = people.officer.act(working.code, "question", QUESTION)
    assert (answer.status_code, answer.json["code"]) == (409, "questions_used_up")
    assert rows() == before


def test_an_empty_question_is_refused(people: People, working: Filed) -> None:
    assert people.officer.act(working.code, "question", {}).status_code == 422


def test_after_ten_days_without_reply_the_report_is_closed(
    people: People, working: Filed, clock_at: Any
) -> None:
    people.officer.does(working.code, "question", QUESTION)
    clock_at(MONDAY + 10 * DAY - timedelta(seconds=1))
    sweep.run()
    assert people.admin.report(working.code)["status"] == "awaiting_reporter"
    clock_at(MONDAY + 10 * DAY)
    sweep.run()
    report = people.admin.report(working.code)
    assert report["status"] == "closed"
    assert held(people, working.code)["outcome"] == "no_reply"
    late = working.reporter.act(working.code, "replies", {"text": "Trụ 5"})
    assert late.status_code == 409
    assert sweep.run() == 0
    assert working.reporter.does(working.code, "reopening", {"note": "vẫn tắt"})["status"] == (
        "assigned"
    )


def test_silence_after_a_result_closes_the_report(
    people: People, working: Filed, clock_at: Any
) -> None:
    people.officer.does(working.code, "resolution", {"kind": "answered", "note": "xong"})
    clock_at(MONDAY + 7 * DAY)
    sweep.run()
    report = people.public.report(working.code)
    assert report["status"] == "closed"
    assert report["timeline"][-1]["by"] == "system"


def test_more_time_is_asked_for_by_the_officer_and_granted_by_the_head(
    people: People, working: Filed
) -> None:
    people.officer.does(working.code, "extension", {"amount": 2, "reason": "mưa"})
    twice = people.officer.act(working.code, "extension", {"amount": 1, "reason": "mưa"})
    assert (twice.status_code, twice.json["code"]) == (409, "extension_pending")
    assert held(people, working.code)["resolve_by"] == "2026-03-16T10:00:00Z"
    people.head.does(working.code, "extension/approval", {"approved": True})
    assignment = held(people, working.code)
    assert assignment["resolve_by"] == "2026-03-18T10:00:00Z"
    assert assignment["own_resolve_by"] == "2026-03-16T10:00:00Z"  # the headline's deadline
    report = people.public.report(working.code)
    assert report["promised_by"] == working.answer["promised_by"]
    assert report["expected_by"] == "2026-03-18T10:00:00Z"


def test_a_refused_extension_moves_nothing(people: People, working: Filed) -> None:
    before = held(people, working.code)
    people.officer.does(working.code, "extension", {"amount": 2, "reason": "mưa"})
    people.head.does(working.code, "extension/approval", {"approved": False, "note": "không"})
    assert held(people, working.code) == before
    none = people.head.act(working.code, "extension/approval", {"approved": True})
    assert (none.status_code, none.json["code"]) == (409, "no_extension_pending")


def test_more_time_is_not_asked_for_after_the_deadline_or_too_often_or_too_long(
    people: People, working: Filed, clock_at: Any
) -> None:
    long = people.officer.act(working.code, "extension", {"amount": 6, "reason": "mưa"})
    assert (long.status_code, long.json["code"]) == (422, "extension_too_long")
    for _ in range(2):
        people.officer.does(working.code, "extension", {"amount": 1, "reason": "mưa"})
        people.head.does(working.code, "extension/approval", {})
    often = people.officer.act(working.code, "extension", {"amount": 1, "reason": "mưa"})
    assert (often.status_code, often.json["code"]) == (409, "extensions_used_up")
    other = people.file()
    clock_at(MONDAY + 8 * DAY)
    late = people.officer.act(other.code, "extension", {"amount": 1, "reason": "mưa"})
    assert (late.status_code, late.json["code"]) == (409, "deadline_passed")


def test_a_transfer_ends_one_assignment_and_starts_the_next_with_fresh_clocks(
    people: People, working: Filed, clock_at: Any
) -> None:
    clock_at(MONDAY + 2 * DAY)
    moved = people.head.does(
        working.code, "assignment", {"agency": COMMITTEE, "reason": "của phường"}
    )
    assert (moved["status"], moved["agency"]["code"]) == ("assigned", COMMITTEE)
    assert moved["promised_by"] == working.answer["promised_by"]
    first, second = people.admin.report(working.code)["inside"]["assignments"]
    assert (first["outcome"], second["outcome"]) == ("transferred", None)
    assert second["resolve_by"] == "2026-03-18T10:00:00Z"
    assert second["acknowledged_at"] is None
    refused = people.officer.act(working.code, "notes", {"note": "x"})
    assert refused.status_code == 403  # the report is another's now


def test_a_transfer_to_the_agency_that_holds_it_is_refused(people: People, working: Filed) -> None:
    answer = people.head.act(working.code, "assignment", {"agency": LIGHTS, "reason": "x"})
    assert (answer.status_code, answer.json["code"]) == (409, "same_agency")
    unknown = people.head.act(working.code, "assignment", {"agency": "không-có", "reason": "x"})
    assert unknown.status_code in (404, 422)


def test_an_officer_of_another_agency_cannot_be_named(people: People, working: Filed) -> None:
    body = {"agency": LIGHTS, "officer": "officer.dien-luc@demo.example"}
    answer = people.head.act(working.code, "assignment", body)
    assert (answer.status_code, answer.json["code"]) == (422, "officer_elsewhere")


def test_a_hand_back_leaves_it_with_the_centre(people: People, working: Filed) -> None:
    back = people.officer.does(working.code, "return", {"reason": "không thuộc"})
    assert (back["status"], back["agency"]["code"]) == ("new", CENTRE)
    assert held(people, working.code)["acknowledge_by"] is not None
    again = people.operator.does(working.code, "assignment", {"agency": LIGHTS, "reason": "đúng"})
    outcomes = [one["outcome"] for one in again["inside"]["assignments"]]
    assert outcomes == ["handed_back", "triaged", None]


def test_fixed_needs_a_picture_of_the_work_where_the_category_says_so(
    people: People, working: Filed
) -> None:
    result = {"kind": "fixed", "note": "đã thay bóng"}
    before = rows()
    answer = people.officer.act(working.code, "resolution", result)
    assert (answer.status_code, answer.json["code"]) == (422, "after_photo_needed")
    assert rows() == before
    form_ = form(result, [pictures.html()], "resolution")
    assert people.officer.act(working.code, "resolution", data=form_).status_code == 422
    done = people.officer.does(
        working.code, "resolution", data=form(result, [pictures.jpeg()], "resolution")
    )
    assert done["status"] == "resolved"
    assert done["resolution"]["kind"] == "fixed"
    assert [photo["role"] for photo in done["photos"]] == ["after"]


def test_a_plan_has_a_date_that_lies_ahead(people: People, working: Filed) -> None:
    plan = {"kind": "planned", "note": "thay cả tuyến"}
    for date in (None, "2026-03-01"):
        answer = people.officer.act(working.code, "resolution", {**plan, "planned_for": date})
        assert (answer.status_code, answer.json["code"]) == (422, "planned_date_needed")
    done = people.officer.does(working.code, "resolution", {**plan, "planned_for": "2026-04-01"})
    assert done["resolution"] == {
        "kind": "planned",
        "kind_name": "có kế hoạch xử lý",
        "at": "2026-03-09T02:00:00Z",
        "planned_for": "2026-04-01",
    }


@pytest.mark.parametrize(
    ("part", "body"),
    [
        ("acknowledgement", {}),
        ("question", QUESTION),
        ("extension", {"amount": 1, "reason": "x"}),
        ("resolution", {"kind": "answered", "note": "x"}),
        ("return", {"reason": "x"}),
        ("assignment", {"agency": COMMITTEE, "reason": "x"}),
    ],
)
def test_what_the_lifecycle_does_not_allow_now_is_a_conflict_in_words(
    part: str, body: dict[str, Any], people: People, working: Filed
) -> None:
    people.officer.does(working.code, "resolution", {"kind": "answered", "note": "x"})
    before = rows()
    answer = people.head.act(working.code, part, body)
    assert (answer.status_code, answer.json["code"]) == (409, "transition_refused")
    assert "đã có kết quả" in answer.json["detail"]
    assert rows() == before


def test_the_ladder_is_climbed_once_even_when_the_sweep_runs_twice(
    people: People, filed: Filed, clock_at: Any
) -> None:
    clock_at(MONDAY + 10 * DAY)  # a long stop: everything is due at once
    sweep.run()
    climbed = steps(people, filed)
    assert [(one["clock"], one["step"]) for one in climbed] == [
        (clock, step) for clock in ("acknowledge", "resolve") for step in (0, 1, 2)
    ]
    assert [one["tell"] for one in climbed[:3]] == ["officer", "head", "leader"]
    assert {one["due_at"] for one in climbed if one["step"] == 1} == {
        "2026-03-10T02:30:00+00:00",
        "2026-03-16T10:00:00+00:00",
    }
    assert sweep.run() == 0
    clock_at(MONDAY + 30 * DAY)
    assert sweep.run() == 0
    assert steps(people, filed) == climbed


def test_each_step_is_climbed_when_it_is_due(people: People, working: Filed, clock_at: Any) -> None:
    seen = []
    for day in range(10):
        clock_at(datetime.fromisoformat("2026-03-09T10:30:00Z") + day * DAY)
        sweep.run()
        seen.append(len(steps(people, working)))
    # Three quarters of the way, at the end, and one working day after it.
    assert seen[7] == 2
    assert seen[8] == 3
    assert seen[-1] == 3


def test_a_paused_clock_climbs_nothing(people: People, working: Filed, clock_at: Any) -> None:
    people.officer.does(working.code, "question", QUESTION)
    clock_at(MONDAY + 9 * DAY)
    sweep.run()
    assert steps(people, working) == []


def test_nobody_outside_sees_that_steps_were_climbed(
    people: People, filed: Filed, clock_at: Any
) -> None:
    clock_at(MONDAY + 10 * DAY)
    sweep.run()
    kinds = {entry["kind"] for entry in filed.reporter.report(filed.code)["timeline"]}
    assert kinds == {"filed"}


def steps(people: People, filed: Filed) -> list[dict[str, Any]]:
    """The facts of the steps that were climbed, in order."""
    timeline = people.admin.report(filed.code)["timeline"]
    return [entry["facts"] for entry in timeline if entry["kind"] == "escalated"]


def test_many_reports_are_acknowledged_at_once_and_none_is_half_done(people: People) -> None:
    codes = [people.file().code for _ in range(4)]
    people.officer.does(codes[3], "acknowledgement")
    etags = {code: people.officer.report(code)["etag"] for code in codes}
    etags[codes[2]] = '"0000000000-9"'
    del etags[codes[1]]
    body = {"action": "acknowledge", "codes": [*codes, "000-000-0001"], "etags": etags}
    answer = people.officer.call("POST", "/bulk", json=body)
    assert answer.status_code == 200
    items = answer.json["items"]
    assert [item["done"] for item in items] == [True, False, False, False, False]
    assert [item["problem"] and item["problem"]["status"] for item in items] == [
        None,
        428,
        412,
        409,
        404,
    ]
    assert [people.admin.report(code)["status"] for code in codes] == [
        "in_progress",
        "assigned",
        "assigned",
        "in_progress",
    ]


@pytest.mark.parametrize(
    "body", [{"action": "resolve"}, {"action": "note"}, {"action": "assign"}, {"action": "reject"}]
)
def test_a_bulk_act_that_does_not_say_what_it_must_is_refused(
    body: dict[str, Any], people: People, filed: Filed
) -> None:
    before = rows()
    etags = {filed.code: people.officer.report(filed.code)["etag"]}
    sent = {**body, "codes": [filed.code], "etags": etags}
    assert people.officer.call("POST", "/bulk", json=sent).status_code == 422
    assert rows() == before


def test_a_bulk_act_on_reports_of_others_is_refused_for_each(people: People, filed: Filed) -> None:
    etags = {filed.code: filed.answer["etag"]}
    body = {"action": "acknowledge", "codes": [filed.code], "etags": etags}
    answer = people.foreign_officer.call("POST", "/bulk", json=body)
    assert answer.json["items"][0]["problem"]["status"] == 403
    assert people.leader.call("POST", "/bulk", json=body).status_code == 403


def test_a_bulk_act_without_etags_asks_for_them_and_an_unknown_report_is_unknown(
    people: People, filed: Filed
) -> None:
    body = {"action": "acknowledge", "codes": [filed.code, "123-456-7890"]}
    known, unknown = people.officer.call("POST", "/bulk", json=body).json["items"]
    assert (known["problem"]["status"], known["problem"]["code"]) == (428, "etag_missing")
    assert known["problem"]["errors"][0]["field"] == "etags"
    assert "If-Match" not in known["problem"]["detail"]
    assert unknown["problem"]["status"] == 404


def test_too_long_an_extension_blames_the_amount(people: People, filed: Filed) -> None:
    sent = {"amount": 999, "reason": "Chờ vật tư"}
    people.officer.act(filed.code, "acknowledgement", {})
    answer = people.officer.act(filed.code, "extension", sent)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "amount")


def test_an_unknown_agency_is_blamed_on_its_field(people: People, filed: Filed) -> None:
    answer = people.operator.act(
        filed.code, "assignment", {"agency": "nobody", "reason": "Nhầm nơi"}
    )
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "agency")
    sought = people.public.get("/reports", agency="nobody")
    assert (sought.status_code, sought.json["errors"][0]["field"]) == (404, "agency")
