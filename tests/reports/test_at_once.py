"""Two at the same moment: on a real database, with real commits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from reports_service.reports import sweep
from tests.personas import LIGHT, MONDAY, People, at_once, rows

LATER = MONDAY + timedelta(days=10)


def test_two_sweeps_climb_each_step_once(live_province: Flask, people: People) -> None:
    codes = [people.file().code for _ in range(5)]
    at_once(live_province, LATER, sweep.run, sweep.run, sweep.run)
    for code in codes:
        report = people.admin.report(code)
        climbed = [
            (entry["facts"]["clock"], entry["facts"]["step"])
            for entry in report["timeline"]
            if entry["kind"] == "escalated"
        ]
        assert sorted(climbed) == sorted(set(climbed))
        assert len(climbed) == 6
        assert report["inside"]["history_holds"]


def test_two_merges_into_each_other_leave_one_master(live_province: Flask, people: People) -> None:
    one, two = people.file(), people.file()
    tags = {filed.code: people.operator.report(filed.code)["etag"] for filed in (one, two)}

    def merge(dup: Any, into: Any) -> Any:
        return lambda: people.operator.act(
            dup.code, "merge", {"into": into.code}, etag=tags[dup.code]
        )

    answers = at_once(live_province, LATER, merge(one, two), merge(two, one))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 201
    assert statuses[1] in (409, 412, 503)
    after = [people.public.report(filed.code)["status"] for filed in (one, two)]
    assert sorted(after) == ["assigned", "duplicate"]


def test_a_reply_and_a_question_taken_back_resume_the_clock_once(
    live_province: Flask, people: People
) -> None:
    filed = people.file()
    people.officer.does(filed.code, "acknowledgement")
    people.officer.does(filed.code, "question", {"question": "Trụ nào?"})
    etag = people.officer.report(filed.code)["etag"]
    answers = at_once(
        live_province,
        LATER,
        lambda: filed.reporter.act(filed.code, "replies", {"text": "Trụ 5"}),
        lambda: people.officer.act(filed.code, "question", method="DELETE", etag=etag),
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses in ([200, 409], [201, 409], [201, 412])
    report = people.admin.report(filed.code)
    assert report["status"] == "in_progress"
    assert report["inside"]["history_holds"]


def test_many_filings_at_once_lose_nothing(live_province: Flask, people: People) -> None:
    def file() -> Any:
        client = live_province.test_client()
        return client.post("/api/v1/reports", json=LIGHT)

    answers = at_once(live_province, LATER, *[file] * 8)
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.json["code"] for answer in answers}) == 8
    kept = rows()
    assert len(kept["reports"]) == len(kept["events"]) == 8
    assert len(kept["outbox"]) == 2 * 8  # one to tell, one to count
