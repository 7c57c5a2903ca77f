"""The queue as those who work on reports see it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.monday import Clock
from tests.personas import LIGHTS, MONDAY, Filed, People
from tests.statements import statements
from tests.web.staff import Desk, words


@pytest.fixture
def officer(app: Flask, people: People) -> Desk:
    return Desk(app, people.officer)


@pytest.fixture
def operator(app: Flask, people: People) -> Desk:
    return Desk(app, people.operator)


def codes(answer: str) -> list[str]:
    """The codes of a page in their order, each once."""
    return list(dict.fromkeys(re.findall(r"/work/(\d{3}-\d{3}-\d{4})", answer)))


def test_what_is_due_next_is_on_top(officer: Desk, people: People, clock_at: Clock) -> None:
    first = people.file()
    clock_at(MONDAY + timedelta(days=1))
    second = people.file()
    assert codes(officer.see("/queue").text) == [first.code, second.code]


def test_deadlines_are_counted_in_working_time(
    officer: Desk, filed: Filed, clock_at: Clock
) -> None:
    assert re.search(r"[Cc]òn \d+ ngày làm việc", officer.read("/queue"))
    clock_at(MONDAY + timedelta(days=60))
    assert re.search(r"[Qq]uá hạn \d+ ngày làm việc", officer.read("/queue"))


def test_a_question_to_the_reporter_shows_as_a_pause(
    officer: Desk, people: People, filed: Filed
) -> None:
    people.officer.does(filed.code, "acknowledgement")
    people.officer.does(filed.code, "question", {"question": "Trụ số mấy?"})
    assert "Tạm dừng, chờ bổ sung" in officer.read("/queue")


def test_tabs_count_and_lead_to_their_part(officer: Desk, people: People) -> None:
    taken, waiting = people.file(), people.file()
    people.officer.does(taken.code, "acknowledgement")
    page = officer.read("/queue")
    assert "Tất cả 2" in page
    assert "Chưa tiếp nhận 1" in page
    assert "Của tôi 1" in page
    assert codes(officer.see("/queue", state="unacknowledged").text) == [waiting.code]
    assert codes(officer.see("/queue", state="mine").text) == [taken.code]


def test_words_are_found_without_their_marks(officer: Desk, people: People) -> None:
    lamp = people.file(description="Đèn đường nhấp nháy")
    people.file(description="Cột điện nghiêng")
    assert codes(officer.see("/queue", q="den nhap nhay").text) == [lamp.code]
    assert codes(officer.see("/queue", q=lamp.code).text) == [lamp.code]
    assert "Không có phản ánh nào" in officer.read("/queue", q="con mèo")


def test_filters_stay_in_the_addresses_of_the_tabs(officer: Desk, filed: Filed) -> None:
    page = officer.see("/queue", category="den-duong", officer="none").text
    assert codes(page) == [filed.code]
    assert "/queue?category=den-duong&amp;officer=none&amp;state=overdue" in page


@pytest.mark.parametrize(
    "query",
    [
        {"area": "99999"},
        {"state": "x"},
        {"officer": "nobody@x.vn"},
        {"cursor": "?"},
        {"limit": "x"},
    ],
)
def test_a_filter_that_means_nothing_is_said_in_words(
    query: dict[str, str], officer: Desk, filed: Filed
) -> None:
    answer = officer.see("/queue", **query)
    assert 400 <= answer.status_code < 500
    assert 'id="summary"' in answer.text
    assert codes(answer.text) == [filed.code]


def test_an_agency_sees_its_own_work_and_the_centre_all(
    app: Flask, operator: Desk, people: People, filed: Filed
) -> None:
    assert codes(Desk(app, people.foreign_officer).see("/queue").text) == []
    assert codes(operator.see("/queue").text) == [filed.code]
    assert codes(operator.see("/queue", agency=LIGHTS).text) == [filed.code]
    assert codes(operator.see("/queue", agency="dien-luc").text) == []


def test_what_came_meanwhile_is_announced_and_not_shoved_in(
    officer: Desk, people: People, filed: Filed, clock_at: Clock
) -> None:
    page = officer.see("/queue").text
    address = re.search(r'hx-get="(/queue/news[^"]+)"', page)
    assert address
    news = address[1].replace("&amp;", "&")
    assert officer.see(news).status_code == 204
    clock_at(MONDAY + timedelta(minutes=5))
    people.file()
    answer = officer.see(news)
    assert "1 phản ánh mới, hiện ra" in words(answer)
    assert officer.see(f"{news}&known=1").status_code == 204
    assert officer.see("/queue/news", since="soon").status_code == 422


def test_many_rows_take_no_more_statements_than_few(officer: Desk, people: People) -> None:
    people.officer.does(people.file().code, "acknowledgement")
    officer.see("/queue")
    with statements() as few:
        officer.see("/queue")
    for colleague in (people.officer, people.head, people.head):
        colleague.does(people.file().code, "acknowledgement")
    with statements() as many:
        officer.see("/queue")
    assert len(many) == len(few), "\n".join(many)


def test_one_act_on_many_gives_each_its_answer(officer: Desk, people: People, filed: Filed) -> None:
    done, stale = people.file(), filed
    versions = [chosen(officer, done.code), chosen(officer, stale.code)]
    people.officer.does(stale.code, "notes", {"note": "vừa gọi điện"})
    answer = officer.send("/queue/bulk", "/queue", chosen=versions, action="acknowledge")
    page = words(answer)
    assert answer.status_code == 200
    assert "Đã làm 1 trên 2 phản ánh." in page
    assert "Chưa làm được" in page
    assert people.operator.report(done.code)["status"] == "in_progress"
    assert people.operator.report(stale.code)["status"] == "assigned"


def test_several_are_handed_to_a_colleague_at_once(
    officer: Desk, people: People, filed: Filed
) -> None:
    answer = officer.send(
        "/queue/bulk",
        "/queue",
        chosen=[chosen(officer, filed.code)],
        action="officer",
        to_officer="head@demo.example",
    )
    assert "Đã làm 1 trên 1" in words(answer)
    held = people.operator.report(filed.code)["inside"]["assignments"][-1]
    assert held["officer"]


def test_a_head_hands_several_to_another_agency(app: Flask, people: People, filed: Filed) -> None:
    head = Desk(app, people.head)
    fields = {"action": "assign", "to_agency": "dien-luc", "note": "Trụ của điện lực"}
    answer = head.send("/queue/bulk", "/queue", chosen=[chosen(head, filed.code)], **fields)
    assert "Đã làm 1 trên 1" in words(answer)
    assert people.operator.report(filed.code)["agency"]["code"] == "dien-luc"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"action": "acknowledge"},
        {"action": "dance", "chosen": "4829135570-1"},
        {"action": "note", "chosen": "4829135570-1"},
        {"action": "resolve", "chosen": "4829135570-1", "note": "x"},
    ],
)
def test_a_bulk_act_that_is_incomplete_does_nothing(
    fields: dict[str, str], officer: Desk, filed: Filed
) -> None:
    answer = officer.send("/queue/bulk", "/queue", **fields)
    assert answer.status_code == 422
    assert "Chưa làm gì cả" in words(answer)


def test_a_report_of_others_is_refused_alone(
    app: Flask, officer: Desk, people: People, filed: Filed
) -> None:
    foreign = Desk(app, people.foreign_officer)
    versions = [chosen(officer, filed.code), "0000000000-1"]
    answer = foreign.send("/queue/bulk", "/queue", chosen=versions, action="acknowledge")
    assert "Đã làm 0 trên 2" in words(answer)


def test_filters_are_kept_under_a_name(officer: Desk, filed: Filed) -> None:
    asked = {"query": "category=den-duong&state=overdue", "name": "Đèn quá hạn"}
    answer = officer.send("/queue/filters", "/queue", **asked)
    assert answer.status_code == 303
    page = officer.see("/queue", category="den-duong", state="overdue").text
    assert "Đèn quá hạn" in page
    gone = re.search(r'action="(/queue/filters/\d+/end)"', page)
    assert gone
    assert officer.send(gone[1], "/queue").status_code == 303
    assert "Đèn quá hạn" not in officer.see("/queue").text


@pytest.mark.parametrize("asked", [{"query": "state=x", "name": "a"}, {"query": "q=a"}, {}])
def test_a_filter_without_name_or_sense_is_not_kept(asked: dict[str, str], officer: Desk) -> None:
    answer = officer.send("/queue/filters", "/queue", **asked)
    assert answer.status_code == 422
    assert 'id="summary"' in answer.text


def chosen(desk: Desk, code: str) -> str:
    """What the check box of this report sends."""
    found = re.search(rf'value="({code.replace("-", "")}-\d+)"', desk.see("/queue").text)
    assert found
    return found[1]
