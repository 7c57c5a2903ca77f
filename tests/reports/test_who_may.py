"""Who may do what to a report over HTTP: every act, by everybody, at home and elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests.personas import CENTRE, COMMITTEE, LIGHT, Filed, People, rows

AGENCY = {"officer", "head", "operator", "admin"}
DESK = {"operator", "admin"}
LEADING = {"head", "operator", "admin"}

# act -> (path, method, body, who may on a report of the lights company that is in progress).
# "reporter" shows the token. From domain.md's table and api.md's.
ACTS: dict[str, tuple[str, str, dict[str, Any], set[str]]] = {
    "transfer": ("assignment", "POST", {"agency": COMMITTEE, "reason": "xa"}, LEADING),
    "delegate": (
        "assignment",
        "POST",
        {"agency": "cong-trinh-do-thi-tay-ninh", "officer": "officer@demo.example"},
        {"officer", "head"},
    ),
    "hand back": ("return", "POST", {"reason": "không thuộc"}, AGENCY),
    "ask": ("question", "POST", {"question": "Trụ nào?"}, AGENCY),
    "extension": ("extension", "POST", {"amount": 1, "reason": "mưa"}, {"officer", "head"}),
    "resolve": ("resolution", "POST", {"kind": "answered", "note": "Đã trả lời"}, AGENCY),
    "note": ("notes", "POST", {"note": "nội bộ"}, AGENCY),
    "refer": ("referral", "POST", {"to": "Thanh tra", "reason": "khiếu nại"}, DESK),
    "classify": ("classification", "POST", {"category": "mat-duong"}, LEADING),
    "priority": ("classification", "POST", {"priority": "urgent"}, LEADING),
    "moderate": ("moderation", "POST", {"hide_text": True, "reason": "thô tục"}, DESK),
    "withdraw": ("withdrawal", "POST", {}, {"reporter"}),
    "correct": (
        "correction",
        "POST",
        {"description": "Đèn số 5 tắt"},
        {"reporter", "operator"},
    ),
    "erase": ("identity", "DELETE", {}, {"reporter"}),
}


@pytest.fixture
def in_progress(people: People) -> Filed:
    filed = people.file()
    people.officer.does(filed.code, "acknowledgement", {"note": "đã nhận"})
    return filed


@pytest.mark.parametrize("act", ACTS)
def test_each_act_is_done_by_those_who_may_and_by_nobody_else(
    act: str, people: People, clock_at: Any
) -> None:
    path, method, body, allowed = ACTS[act]
    for name, caller in people.all().items():
        filed = people.file()
        people.officer.does(filed.code, "acknowledgement")
        answer = caller.act(filed.code, path, body, method=method)
        if name in allowed:
            assert answer.status_code in (200, 201), (name, answer.text)
        else:
            expected = 401 if name == "public" else 403
            assert answer.status_code == expected, (name, answer.text)
            assert answer.mimetype == "application/problem+json"
    filed = people.file()
    people.officer.does(filed.code, "acknowledgement")
    done = filed.reporter.act(filed.code, path, body, method=method).status_code
    assert done in ((200, 201) if "reporter" in allowed else (401, 403))


def test_what_is_refused_changes_no_row(people: People, in_progress: Filed) -> None:
    before = rows()
    for path, method, body, allowed in ACTS.values():
        for name in {"foreign_officer", "foreign_head", "leader", "facilitator"} - allowed:
            getattr(people, name).act(in_progress.code, path, body, method=method)
        people.public.act(in_progress.code, path, body, method=method)
    assert rows() == before


@pytest.mark.parametrize("act", [name for name, (*_, may) in ACTS.items() if may & AGENCY])
def test_staff_must_name_the_version_they_saw(act: str, people: People, in_progress: Filed) -> None:
    path, method, body, allowed = ACTS[act]
    actor = getattr(people, sorted(allowed & AGENCY)[0])
    target = f"/reports/{in_progress.code}/{path}"
    before = rows()
    missing = actor.call(method, target, json=body)
    assert (missing.status_code, missing.json["code"]) == (428, "version_missing")
    stale = actor.call(method, target, json=body, etag='"0000000000-1"')
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    weak = actor.call(method, target, json=body, etag=f"W/{in_progress.answer['etag']}")
    assert weak.status_code == 412
    assert rows() == before


def test_a_tag_of_an_older_version_is_stale(people: People, filed: Filed) -> None:
    seen = people.officer.get(f"/reports/{filed.code}").headers["ETag"]
    people.officer.does(filed.code, "notes", {"note": "một"})
    answer = people.head.act(filed.code, "acknowledgement", etag=seen)
    assert answer.status_code == 412


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("replies", {"text": "Trụ 5"}),
        ("feedback", {"fixed": True}),
        ("reopening", {}),
        ("withdrawal", {}),
        ("correction", {"description": "x"}),
    ],
)
def test_a_reporter_needs_the_token_of_this_very_report(
    path: str, body: dict[str, Any], people: People, filed: Filed
) -> None:
    other = people.file()
    before = rows()
    target = f"/reports/{filed.code}/{path}"
    for caller in (people.reporter("nonsense"), other.reporter, people.public):
        answer = caller.call("POST", target, json=body)
        assert answer.status_code == 401, answer.text
        assert answer.headers["WWW-Authenticate"]
    assert rows() == before


def test_staff_cannot_judge_or_withdraw_for_the_reporter(people: People, filed: Filed) -> None:
    for name, caller in people.all().items():
        if name == "public":
            continue
        for path, body in (("feedback", {"fixed": True}), ("withdrawal", {})):
            answer = caller.act(filed.code, path, body)
            assert answer.status_code == 403, (name, path, answer.text)


def test_a_bearer_token_that_does_not_hold_is_refused_everywhere(people: People) -> None:
    answer = people.public.call("GET", "/queue", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 401
    answer = people.public.call("GET", "/reports", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 401


def test_the_queue_is_for_those_who_work_on_reports(people: People) -> None:
    answers = {name: who.get("/queue").status_code for name, who in people.all().items()}
    working = {"operator", "officer", "head", "admin", "foreign_officer", "foreign_head"}
    assert {name for name, status in answers.items() if status == 200} == working
    assert answers["public"] == 401
    assert answers["leader"] == answers["facilitator"] == 403


def test_only_a_head_or_administrator_decides_on_an_extension(
    people: People, in_progress: Filed
) -> None:
    people.officer.does(in_progress.code, "extension", {"amount": 1, "reason": "mưa"})
    for name in ("officer", "operator", "foreign_head", "leader"):
        answer = getattr(people, name).act(in_progress.code, "extension/approval", {})
        assert answer.status_code == 403, name
    people.head.does(in_progress.code, "extension/approval", {"approved": True})


def test_only_the_centre_sorts_what_is_new(people: People) -> None:
    for name in ("operator", "admin"):
        filed = people.file(**{**LIGHT, "category": None, "description": "Chuyện lạ"})
        assert filed.answer["status"] == "new"
        assert filed.answer["agency"]["code"] == CENTRE
        for other in ("officer", "head", "leader", "facilitator"):
            refused = getattr(people, other).act(filed.code, "assignment", {"agency": COMMITTEE})
            assert refused.status_code == 403, other
        given = {"agency": COMMITTEE, "reason": "Việc của xã"}
        getattr(people, name).does(filed.code, "assignment", given)
