"""The centre's desk: rejecting, referring, merging, sorting anew, moderating."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from reports_service.attachments.models import Attachment
from reports_service.core.db import db
from reports_service.reports import sweep
from tests import pictures
from tests.personas import (
    CENTRE,
    COMMITTEE,
    LIGHT,
    LIGHTS,
    MONDAY,
    UNSORTED,
    Filed,
    People,
    rows,
    work_outbox,
)

DAY = timedelta(days=1)


def inside(people: People, code: str) -> dict[str, Any]:
    return people.admin.report(code)["inside"]


def shape(people: People, code: str) -> tuple[Any, ...]:
    """What must be the same again once a merge is undone."""
    report = people.admin.report(code)
    held = report["inside"]["assignments"][-1]
    names = ("status", "agency", "duplicate_of", "followers", "reply_by")
    clocks = ("acknowledge_by", "acknowledged_at", "resolve_by", "own_resolve_by", "outcome")
    return (
        *(report[name] for name in names),
        *(held[name] for name in clocks),
        held["paused_at"] is None,
    )


def test_a_rejection_has_a_reason_that_the_reporter_reads_and_can_be_taken_back(
    people: People, clock_at: Any
) -> None:
    filed = people.file(**UNSORTED)
    assert people.operator.act(filed.code, "rejection", {}).status_code == 422
    people.operator.does(filed.code, "rejection", {"reason": "Không phải việc công"})
    report = filed.reporter.report(filed.code)
    assert report["status"] == "rejected"
    assert report["timeline"][-1]["text"] == "Không phải việc công"
    clock_at(MONDAY + DAY)
    back = people.operator.undoes(filed.code, "rejection")
    assert (back["status"], back["agency"]["code"]) == ("new", CENTRE)
    assert back["promised_by"] == filed.answer["promised_by"]
    outcomes = [one["outcome"] for one in inside(people, filed.code)["assignments"]]
    assert outcomes == ["rejected", None]


def test_what_an_agency_holds_is_not_rejected(people: People, filed: Filed) -> None:
    answer = people.operator.act(filed.code, "rejection", {"reason": "x"})
    assert (answer.status_code, answer.json["code"]) == (409, "transition_refused")


def test_a_complaint_by_law_does_not_exist_for_the_public(people: People) -> None:
    filed = people.filed(people.post_form({**LIGHT}, [pictures.jpeg()]))
    work_outbox()
    shown = people.public.report(filed.code)
    urls = list(shown["photos"][0]["urls"].values())
    assert urls
    people.operator.does(
        filed.code, "referral", {"to": "Thanh tra", "reason": "khiếu nại", "restricted": True}
    )
    db.session.expire_all()
    for caller in (people.public, people.leader, people.foreign_officer, people.facilitator):
        assert caller.get(f"/reports/{filed.code}").status_code == 404
        listed = caller.get("/reports", q="đèn").json["items"]
        assert filed.answer["code"] not in [one["code"] for one in listed]
    place = LIGHT["location"]
    assert people.public.get("/reports/nearby", **place).json["items"] == []
    assert people.public.call("POST", f"/reports/{filed.code}/followers", json={}).status_code == (
        404
    )
    stranger = people.reporter("another")
    assert stranger.get(f"/reports/{filed.code}").status_code == 404
    assert stranger.act(filed.code, "withdrawal").status_code == 404
    assert people.foreign_officer.act(filed.code, "acknowledgement").status_code == 404
    assert not db.session.scalars(select(Attachment.published)).first()
    for url in urls:
        assert people.client.get(url, buffered=True).status_code in (403, 404)
    assert filed.reporter.report(filed.code)["status"] == "referred"
    assert people.operator.report(filed.code)["inside"]["restricted"]


def test_a_referral_taken_back_is_new_and_shown_again(people: People) -> None:
    filed = people.file()
    people.operator.does(filed.code, "referral", {"to": "x", "reason": "y", "restricted": True})
    assert people.public.get(f"/reports/{filed.code}").status_code == 404
    back = people.operator.undoes(filed.code, "referral")
    assert (back["status"], back["agency"]["code"]) == ("new", CENTRE)
    assert people.public.get(f"/reports/{filed.code}").status_code == 200


def test_what_its_category_restricts_stays_so_when_a_referral_is_taken_back(
    people: People,
) -> None:
    filed = people.file(category="gay-roi")
    people.operator.does(filed.code, "referral", {"to": "x", "reason": "y", "restricted": True})
    people.operator.undoes(filed.code, "referral")
    assert people.public.get(f"/reports/{filed.code}").status_code == 404


def test_an_agency_gets_no_report_without_a_reason(people: People, filed: Filed) -> None:
    refused = people.head.act(filed.code, "assignment", {"agency": COMMITTEE})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "reason")


def test_an_agency_that_holds_open_reports_cannot_end_now(people: People, filed: Filed) -> None:
    path = f"/admin/agencies/{LIGHTS}"
    refused = people.admin.call("DELETE", path)
    assert (refused.status_code, refused.json["code"]) == (409, "agency_holds_work")
    planned = people.admin.call("DELETE", path, query_string={"at": "2027-01-01T00:00:00Z"})
    assert planned.status_code == 200


def test_the_last_administrator_cannot_end(people: People) -> None:
    refused = people.admin.call("DELETE", "/admin/accounts/admin@demo.example")
    assert (refused.status_code, refused.json["code"]) == (409, "last_administrator")
    demoted = people.admin.call(
        "PATCH", "/admin/accounts/admin@demo.example", json={"role": "leader"}
    )
    assert demoted.json["code"] == "last_administrator"


def test_a_merge_undone_restores_status_and_the_time_that_was_left(
    people: People, filed: Filed, clock_at: Any
) -> None:
    master = people.file()
    people.officer.does(filed.code, "acknowledgement")
    before = shape(people, filed.code)
    merged = people.operator.does(filed.code, "merge", {"into": master.code})
    assert merged["status"] == "duplicate"
    assert merged["duplicate_of"] == master.code
    assert people.public.report(master.code)["followers"] == 1
    assert inside(people, filed.code)["assignments"][-1]["outcome"] == "merged"
    sweep.run()
    assert people.operator.undoes(filed.code, "merge")["status"] == "in_progress"
    assert shape(people, filed.code) == before
    assert people.public.report(master.code)["followers"] == 0
    people.operator.does(filed.code, "merge", {"into": master.code})
    clock_at(MONDAY + 2 * DAY)  # two working days pass that are not the agency's
    people.operator.undoes(filed.code, "merge")
    held = inside(people, filed.code)["assignments"][-1]
    assert held["resolve_by"] == "2026-03-18T10:00:00Z"


def test_a_merge_while_a_question_waits_comes_back_to_the_question(
    people: People, filed: Filed
) -> None:
    master = people.file()
    people.officer.does(filed.code, "acknowledgement")
    people.officer.does(filed.code, "question", {"question": "Trụ nào?"})
    before = shape(people, filed.code)
    people.operator.does(filed.code, "merge", {"into": master.code})
    people.operator.undoes(filed.code, "merge")
    assert shape(people, filed.code) == before
    assert filed.reporter.does(filed.code, "replies", {"text": "Trụ 5"})["status"] == "in_progress"


def test_chains_of_merges_are_flattened_and_their_origin_is_kept_for_undoing(
    people: People,
) -> None:
    a, b, c, d = (people.file() for _ in range(4))
    for dup, into in ((a, b), (b, c), (c, d)):
        people.operator.does(dup.code, "merge", {"into": into.code})
    for dup in (a, b, c):
        assert people.public.report(dup.code)["duplicate_of"] == d.code
    assert people.public.report(d.code)["followers"] == 3
    people.operator.undoes(c.code, "merge")
    for dup in (a, b):
        assert people.public.report(dup.code)["duplicate_of"] == c.code
    people.operator.undoes(a.code, "merge")
    followers = [people.public.report(one.code)["followers"] for one in (a, b, c, d)]
    assert followers == [0, 0, 1, 0]
    assert people.public.report(a.code)["duplicate_of"] is None


def test_a_report_is_merged_only_into_an_open_one_that_is_no_duplicate(
    people: People, filed: Filed
) -> None:
    master, closed = people.file(), people.file()
    people.operator.does(closed.code, "resolution", {"kind": "answered", "note": "x"})
    people.operator.does(filed.code, "merge", {"into": master.code})
    other = people.file()
    for into, code in (
        (other.code, "merge_into_self"),
        (closed.code, "master_not_open"),
        (filed.code, "master_not_open"),
        ("0000000001", "master_unknown"),
        ("483-920-1157", "master_unknown"),
    ):
        answer = people.operator.act(other.code, "merge", {"into": into})
        assert answer.status_code in (409, 422), into
        assert answer.json["code"] == code


def test_a_duplicate_says_nothing_of_a_restricted_master(people: People, filed: Filed) -> None:
    master = people.file()
    people.operator.does(filed.code, "merge", {"into": master.code})
    people.operator.does(master.code, "referral", {"to": "x", "reason": "y", "restricted": True})
    assert people.public.report(filed.code)["duplicate_of"] is None


def test_sorting_anew_routes_anew_with_fresh_clocks_and_the_promise_stays(
    people: People, filed: Filed, clock_at: Any
) -> None:
    clock_at(MONDAY + DAY)
    moved = people.operator.does(filed.code, "classification", {"category": "nap-ho-ga"})
    assert moved["category"]["code"] == "nap-ho-ga"
    assert (moved["status"], moved["agency"]["code"]) == ("assigned", COMMITTEE)
    assert moved["priority"] == "urgent"
    assert moved["promised_by"] == filed.answer["promised_by"]
    first, second = moved["inside"]["assignments"]
    assert (first["outcome"], second["outcome"]) == ("reclassified", None)
    assert second["resolve_by"] == "2026-03-11T10:00:00Z"
    assert people.operator.act(filed.code, "classification", {}).status_code == 422
    same = people.operator.act(filed.code, "classification", {"category": "nap-ho-ga"})
    assert (same.status_code, same.json["code"]) == (422, "nothing_to_change")


def test_a_category_without_rule_leads_back_to_the_centre(people: People, filed: Filed) -> None:
    moved = people.head.does(filed.code, "classification", {"category": "khac"})
    assert (moved["status"], moved["agency"]["code"]) == ("new", CENTRE)


def test_another_priority_picks_the_policy_anew_for_clocks_that_run(
    people: People, filed: Filed, clock_at: Any
) -> None:
    people.officer.does(filed.code, "acknowledgement")
    before = inside(people, filed.code)["assignments"][-1]
    clock_at(MONDAY + DAY)
    people.operator.does(filed.code, "classification", {"priority": "emergency"})
    (held,) = inside(people, filed.code)["assignments"]
    assert held["acknowledged_at"] == before["acknowledged_at"]
    assert held["acknowledge_by"] == before["acknowledge_by"]  # that clock has ended
    assert held["resolve_by"] == "2026-03-11T02:00:00Z"  # 24 plain hours
    report = people.public.report(filed.code)
    assert report["status"] == "in_progress"
    assert report["promised_by"] == filed.answer["promised_by"]


def test_a_place_outside_cannot_be_the_corrected_place(people: People, filed: Filed) -> None:
    before = rows()
    far = {"location": {"lat": 21.03, "lon": 105.85}}
    assert people.operator.act(filed.code, "classification", far).status_code == 422
    assert rows() == before


def test_hidden_words_stay_for_those_who_may_see_them(people: People) -> None:
    filed = people.file(description="Lời lẽ thô tục")
    people.operator.does(filed.code, "moderation", {"hide_text": True, "reason": "thô tục"})
    public = people.public.report(filed.code)
    assert "thô tục" not in str(public)
    assert public["text_hidden"]
    assert public["address"] is None
    assert people.officer.report(filed.code)["description"] == "Lời lẽ thô tục"
    assert people.officer.report(filed.code)["inside"]["text_hidden_reason"] == "thô tục"
    assert filed.reporter.report(filed.code)["description"] == "Lời lẽ thô tục"
    listed = people.public.get("/reports").json["items"][0]
    assert listed["description"] == public["description"]
    people.operator.does(filed.code, "moderation", {"hide_text": False, "reason": "nhầm"})
    assert people.public.report(filed.code)["description"] == "Lời lẽ thô tục"


def test_masked_words_are_what_the_public_reads(people: People) -> None:
    filed = people.file(description="Nhà ông Ba Tèo xả rác")
    people.operator.does(
        filed.code, "moderation", {"public_text": "Nhà dân xả rác", "reason": "tên người"}
    )
    assert "Ba Tèo" not in str(people.public.report(filed.code))
    assert people.public.get("/reports", q="Ba Tèo").json["items"] == []
    assert (
        people.public.get("/reports", q="xả rác").json["items"][0]["code"] == (filed.answer["code"])
    )


def test_a_hidden_picture_is_not_the_publics(people: People) -> None:
    filed = people.filed(people.post_form(LIGHT, [pictures.jpeg()]))
    work_outbox()
    photo = people.public.report(filed.code)["photos"][0]
    assert photo["urls"]
    people.operator.does(
        filed.code, "moderation", {"hide_photo": photo["id"], "reason": "lộ mặt người"}
    )
    assert people.public.report(filed.code)["photos"] == []
    for url in photo["urls"].values():
        assert people.client.get(url, buffered=True).status_code in (403, 404)
    seen = people.officer.report(filed.code)["photos"][0]
    assert seen["hidden_reason"] == "lộ mặt người"
    assert all(
        people.client.get(url, buffered=True).status_code == 200 for url in seen["urls"].values()
    )
    people.operator.does(filed.code, "moderation", {"show_photo": photo["id"], "reason": "nhầm"})
    assert len(people.public.report(filed.code)["photos"]) == 1


@pytest.mark.parametrize("body", [{"reason": "x"}, {"hide_photo": "no-such", "reason": "x"}])
def test_moderation_that_names_nothing_is_refused(
    body: dict[str, Any], people: People, filed: Filed
) -> None:
    before = rows()
    assert people.operator.act(filed.code, "moderation", body).status_code == 422
    assert rows() == before


def test_an_emergency_is_due_in_plain_hours(people: People) -> None:
    filed = people.file(category="su-co-dien")
    assert filed.answer["promised_by"] == "2026-03-09T14:00:00Z"
    assert filed.answer["agency"]["code"] != LIGHTS


def test_pictures_of_a_duplicate_count_for_its_master(people: People) -> None:
    master = people.file()
    photo = pictures.jpeg(place=(LIGHT["location"]["lat"], LIGHT["location"]["lon"]))
    filed = people.filed(people.post_form(LIGHT, [photo]))
    work_outbox()
    people.operator.does(filed.code, "merge", {"into": master.code})
    (shown,) = people.public.report(master.code)["photos"]
    assert shown["urls"]
    (strange,) = master.reporter.report(master.code)["photos"]
    assert strange.get("suggestion") is None  # where another took it is not this reporter's
    assert people.officer.report(master.code)["photos"][0]["suggestion"]
    people.operator.undoes(filed.code, "merge")
    assert people.public.report(master.code)["photos"] == []
