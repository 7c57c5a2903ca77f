"""The main job, told once: a street light in phường Long Hoa, over the holidays of April 2026.

Sunday 26 April is Giỗ Tổ with Monday 27 off instead; Thursday 30 and Friday 1 May are off too.
Street lights have 8 working hours to be acknowledged and 5 working days to be resolved.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from reports_service.core import clock
from reports_service.core.reference import Snapshot
from tests import pictures
from tests.journeys.conftest import At, local_moment
from tests.personas import CONTACT, LIGHT, LIGHTS, People, form, work_outbox

OTHER = "cong-trinh-do-thi-tan-an"  # runs lights elsewhere; the transfer goes there and back
PERIOD = {"from": "2026-04-01", "to": "2026-06-30"}


def figures(people: People, agency: str, **query: str) -> dict[str, Any]:
    answer = people.leader.get(f"/stats/agencies/{agency}", **PERIOD, **query)
    assert answer.status_code == 200, answer.text
    return answer.json


def row_of(people: People, agency: str) -> dict[str, Any]:
    """The agency's line in the leaders' table."""
    answer = people.leader.get("/stats/agencies", **PERIOD)
    assert answer.status_code == 200, answer.text
    return next(row for row in answer.json["items"] if row["agency"]["code"] == agency)


def held(people: People, code: str) -> dict[str, Any]:
    return people.admin.report(code)["inside"]["assignments"][-1]


def fixed(note: str) -> dict[str, Any]:
    """A result with a picture of the work done."""
    return form({"kind": "fixed", "note": note}, [pictures.jpeg(800, 600)], "resolution")


@pytest.fixture(scope="module")
def walked(app: Flask, stage: Connection) -> tuple[People, str]:
    """The whole story up to the second feedback, lived once: its people, and the report's code."""
    Snapshot.forget_all()
    with ExitStack() as moves:

        def at(local: str) -> None:
            moves.enter_context(clock.moved_to(local_moment(local)))

        at("2026-04-22 09:00")
        people = People(app)
        return people, walk(people, at)


@pytest.fixture
def people(walked: tuple[People, str], at: At) -> People:
    """Its people, on the day on which it is looked back at."""
    at("2026-06-01 09:00")
    return walked[0]


@pytest.fixture
def code(walked: tuple[People, str]) -> str:
    """The report of the story."""
    return walked[1]


def walk(people: People, at: At) -> str:
    photo = pictures.jpeg(1200, 900, place=(LIGHT["location"]["lat"], LIGHT["location"]["lon"]))
    at("2026-04-22 09:00")
    filed = people.filed(people.post_form({**LIGHT, "reporter": CONTACT}, [photo]))
    code = filed.code
    assert filed.answer["area"] == {"code": "25630", "name": "Phường Long Hoa"}
    assert filed.answer["agency"]["code"] == LIGHTS
    # Thursday 23, Friday 24, Tuesday 28, Wednesday 29, Monday 4 May at 17:00.
    assert filed.answer["promised_by"] == "2026-05-04T10:00:00Z"
    work_outbox()
    picture = filed.reporter.report(code)["photos"][0]
    assert picture["state"] == "ready"
    assert picture["suggestion"]["area"]["code"] == "25630"
    assert people.public.report(code)["photos"][0].get("suggestion") is None
    large = people.client.get(picture["urls"]["large"], buffered=True)
    assert b"Exif" not in large.data[:400]

    at("2026-04-22 15:00")
    people.officer.does(code, "acknowledgement", {"note": "Đội đã nhận"})
    at("2026-04-23 09:00")
    people.officer.does(code, "question", {"question": "Trụ số mấy?"})
    assert held(people, code)["resolve_by"] is None
    at("2026-04-24 16:00")
    filed.reporter.does(code, "replies", {"text": "Trụ số 5"})
    # 36 working hours were left; from Friday, 16:00, they end within 6 May: to the day's end.
    assert held(people, code)["resolve_by"] == "2026-05-06T10:00:00Z"
    assert people.public.report(code)["promised_by"] == "2026-05-04T10:00:00Z"

    at("2026-04-28 08:00")
    people.head.does(code, "assignment", {"agency": OTHER, "reason": "của đơn vị bạn"})
    at("2026-04-28 14:00")
    people.operator.does(code, "assignment", {"agency": LIGHTS, "reason": "đúng của công ty"})
    assert held(people, code)["resolve_by"] == "2026-05-07T10:00:00Z"

    at("2026-05-04 10:00")
    people.officer.does(code, "resolution", data=fixed("Đã thay bóng"))
    at("2026-05-05 19:00")
    filed.reporter.does(code, "feedback", {"fixed": False, "rating": 2, "comment": "Vẫn tắt"})
    assert held(people, code)["resolve_by"] == "2026-05-13T10:00:00Z"
    at("2026-05-06 09:00")
    people.officer.does(code, "resolution", data=fixed("Đã thay chấn lưu"))
    at("2026-05-06 20:00")
    closed = filed.reporter.does(code, "feedback", {"fixed": True, "rating": 5})
    assert closed["status"] == "closed"
    work_outbox()
    return code


def test_each_step_stands_in_the_history(code: str, people: People) -> None:
    timeline = people.public.report(code)["timeline"]
    assert [entry["kind"] for entry in timeline] == [
        "filed",
        "acknowledged",
        "question_asked",
        "replied",
        "transferred",
        "transferred",
        "resolved",
        "reopened",
        "resolved",
        "confirmed",
    ]
    assert people.admin.report(code)["inside"]["history_holds"]


def test_each_step_stands_in_the_agencys_figures(code: str, people: People) -> None:
    row = row_of(people, LIGHTS)
    # Three assignments: the first, the one that came back, the reopened one.
    assert row["received"] == 3
    assert row["open"] == 0
    assert row["overdue"] == 0
    # The first was handed on after its acknowledgement deadline: in, and missed.
    assert (row["due"], row["met"]) == (3, 2)
    assert row["on_time_rate"] == pytest.approx(2 / 3)
    assert row["on_time_rate_with_extensions"] == pytest.approx(2 / 3)
    assert row["rank"] is None  # fewer than five due
    assert row["reopened_rate"] == pytest.approx(1 / 2)
    assert (row["satisfaction"], row["satisfaction_n"]) == (pytest.approx(3.5), 2)
    assert row["hours_to_acknowledge"]["working"]["median"] is not None


def test_the_agency_that_held_it_for_a_morning_is_not_blamed(code: str, people: People) -> None:
    row = row_of(people, OTHER)
    assert (row["received"], row["due"], row["open"]) == (1, 0, 0)


def test_the_agency_sees_the_same_of_itself(code: str, people: People) -> None:
    own = people.head.get(f"/stats/agencies/{LIGHTS}", **PERIOD)
    assert own.status_code == 200
    assert own.json == {**figures(people, LIGHTS), "as_of": own.json["as_of"]}
    assert people.foreign_head.get(f"/stats/agencies/{LIGHTS}", **PERIOD).status_code == 403


def test_the_assignments_behind_a_number_are_listed(code: str, people: People) -> None:
    for measure, count in (("received", 3), ("due", 3), ("met", 2)):
        listed = people.leader.get(
            "/stats/assignments", measure=measure, agency=LIGHTS, **PERIOD
        ).json
        assert len(listed["items"]) == count, measure


def test_the_reporter_and_staff_were_told(code: str, people: People, app: Any) -> None:
    assert people.officer.get("/inbox").json["items"]
    mails = list(Path(app.config["MAIL_FOLDER"]).rglob("*.eml"))
    assert mails
