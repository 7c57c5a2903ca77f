"""The checks over what people really did: work that was done well fails none of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from reports_service.core.db import unit_of_work
from reports_service.reports.codes import grouped, plain
from tests import pictures
from tests.personas import LIGHTS, MONDAY, Filed, People, form
from workers import jobs

Clock = Callable[[datetime], None]
DAY = timedelta(days=1)


def fixed_with_photo(people: People, filed: Filed) -> None:
    body = {"kind": "fixed", "note": "Đã thay bóng"}
    sent = form(body, [pictures.jpeg(40, 30)], part="resolution")
    people.officer.does(filed.code, "resolution", data=sent)


def figures(people: People) -> dict[str, tuple[int, int]]:
    body = people.leader.get("/stats/quality", agency=LIGHTS).json
    return {
        one["check"]: (one["count"], one["of"])
        for group in body["items"][0]["groups"]
        for one in group["checks"]
    }


def test_work_that_was_done_well_fails_no_check(people: People, clock_at: Clock) -> None:
    filed = people.file()
    clock_at(MONDAY + timedelta(hours=1))
    people.officer.does(filed.code, "acknowledgement")
    clock_at(MONDAY + timedelta(hours=5))
    fixed_with_photo(people, filed)
    clock_at(MONDAY + DAY)
    jobs.count_quality()
    found = figures(people)
    assert found["after_photo_missing"] == found["note_missing"] == (0, 1)
    assert found["result_incomplete"] == found["fixed_too_soon"] == (0, 1)
    assert {count for count, _ in found.values()} == {0}


def test_closing_in_bulk_passing_on_and_silence_are_seen(people: People, clock_at: Clock) -> None:
    at_once, passed_on, asleep, again = (people.file() for _ in range(4))
    fixed_with_photo(people, at_once)
    people.head.does(passed_on.code, "return", {"reason": "Không thuộc đơn vị"})
    clock_at(MONDAY + timedelta(hours=2))
    people.officer.does(again.code, "acknowledgement")
    clock_at(MONDAY + 8 * DAY)
    people.officer.does(again.code, "notes", {"note": "Đã hẹn thợ"})
    jobs.count_quality()
    found = figures(people)
    assert found["fixed_too_soon"] == (1, 1)
    assert found["wrong_unit"] == (1, 4)
    assert found["silent"] == (1, 2)
    # The one that was passed on waits at the centre still, and was filed before both.
    assert found["possible_duplicate"] == (2, 2)
    listed = people.leader.get("/stats/quality/assignments", check="possible_duplicate").json
    seen = {one["report"]: one["seen_before"]["report"] for one in listed["items"]}
    first, second, third = (grouped(plain(one.code)) for one in (passed_on, asleep, again))
    assert seen == {second: first, third: second}


def test_a_question_to_the_reporter_is_no_silence(people: People, clock_at: Clock) -> None:
    filed = people.file()
    people.officer.does(filed.code, "acknowledgement")
    people.officer.does(filed.code, "question", {"question": "Trụ số mấy?"})
    clock_at(MONDAY + 9 * DAY)
    with unit_of_work():
        jobs.count_quality()
    assert figures(people)["silent"] == (0, 0)
