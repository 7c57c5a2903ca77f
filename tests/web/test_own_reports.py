"""/mine: the reports of a device, without anybody signing in."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from reports_service.core.db import db
from tests.monday import Clock
from tests.personas import CONTACT, LIGHT, MONDAY, People
from tests.pictures import jpeg
from tests.statements import statements
from tests.web.devices import Device, device


def test_a_device_without_reports_is_told_how_to_get_some(app: Flask) -> None:
    page = device(app).reads("/mine")
    assert "Máy này chưa giữ phản ánh nào" in page
    assert 'name="code"' in page


def test_the_newest_is_on_top_and_what_waits_for_an_answer_above_it(
    app: Flask, people: People, clock_at: Clock
) -> None:
    first = people.file(description="Việc thứ nhất")
    clock_at(MONDAY + timedelta(hours=1))
    second = people.file(description="Việc thứ hai")
    clock_at(MONDAY + timedelta(hours=2))
    third = people.file(description="Việc thứ ba")
    people.officer.does(first.code, "acknowledgement")
    people.officer.does(first.code, "question", {"question": "Ở đâu ạ?"})
    page = device(app, first, second, third).reads("/mine")
    places = [page.index(one) for one in ("Cần anh/chị trả lời", first.code, "Đã gửi", third.code)]
    assert places == sorted(places)
    assert page.index(third.code) < page.index(second.code)
    assert "Đơn vị đang chờ câu trả lời" in page
    assert "Chờ anh/chị bổ sung" in page


def test_what_was_promised_and_not_kept_is_marked_late(
    app: Flask, people: People, clock_at: Clock
) -> None:
    filed = people.file()
    clock_at(MONDAY + timedelta(days=60))
    assert "Trễ hẹn" in device(app, filed).reads("/mine")


def test_a_cookie_made_by_hand_shows_nothing(app: Flask, people: People) -> None:
    filed = people.file(reporter=CONTACT)
    forged = device(app)
    plain = filed.code.replace("-", "")
    for value in (f"{plain}-{'a' * 24}", "x", f"{plain}-", "." * 4000, "0123456789-" + "a" * 24):
        forged.client.set_cookie("mine", value)
        forged.client.set_cookie("followed", "x..0123456789")
        assert "Máy này chưa giữ phản ánh nào" in forged.reads("/mine")


def test_a_restricted_report_stands_in_the_list_of_its_reporter_alone(
    app: Flask, people: People
) -> None:
    filed = people.file()
    visitor = device(app)
    visitor.sends(f"/r/{filed.code}/follow")
    hidden = {"to": "Thanh tra", "reason": "khiếu nại", "restricted": True}
    people.operator.does(filed.code, "referral", hidden)
    assert filed.code in device(app, filed).reads("/mine")
    assert filed.code not in visitor.reads("/mine")


def test_a_device_forgets_one_report_and_keeps_the_other(app: Flask, people: People) -> None:
    forgotten, kept = people.file(), people.file()
    holding = device(app, forgotten, kept)
    assert holding.sends("/mine/forgotten", code=forgotten.code).status_code == 303
    page = holding.reads("/mine")
    assert forgotten.code not in page
    assert kept.code in page
    assert people.public.report(forgotten.code)["status"] == "assigned"
    assert holding.sends(f"/r/{forgotten.code}/withdrawal").status_code == 403


def test_what_is_no_code_is_not_forgotten_but_refused(app: Flask) -> None:
    assert device(app).sends("/mine/forgotten", code="x").status_code == 404
    assert device(app).sends("/mine/forgotten").status_code == 404


def test_the_list_names_nobody(app: Flask, people: People) -> None:
    page = device(app, people.file(reporter=CONTACT)).reads("/mine")
    assert not any(CONTACT[name] in page for name in ("name", "phone", "email"))


def test_a_long_list_asks_the_database_as_often_as_a_short_one(app: Flask, people: People) -> None:
    filed = [people.filed(people.post_form(LIGHT, [jpeg(40, 30)])), people.file()]
    device(app, *filed).reads("/mine")  # reference data is in memory now
    few = asked_by(device(app, *filed))
    filed += [people.file(category="nap-ho-ga") for _ in range(4)]
    many = asked_by(device(app, *filed))
    assert len(many) <= len(few), "\n".join(many)


def asked_by(holding: Device) -> list[str]:
    """What the database is asked for the list, nothing of it being at hand."""
    db.session.expunge_all()
    with statements() as sent:
        holding.reads("/mine")
    return sent
