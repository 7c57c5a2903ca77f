"""Reporters take along all that is held about their report; nobody else does."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from reports_service.core.auth import Actor
from reports_service.core.db import unit_of_work
from reports_service.notifications.push import service as push
from tests import pictures
from tests.personas import CONTACT, Filed, People, work_outbox

PHOTO = pictures.jpeg(64, 48, place=pictures.LONG_HOA, taken="2026:03:08 08:15:00")


@pytest.fixture
def known(people: People) -> Filed:
    filed = people.file_with_photos(PHOTO, reporter=CONTACT)
    token = str(filed.answer["tracking_token"])
    with unit_of_work():
        push.subscribe(
            filed.code, Actor(tracking=token), endpoint="https://push.example.org/secret",
            p256dh="x" * 80, auth="y" * 20, language="vi",
        )  # fmt: skip
    people.officer.does(filed.code, "acknowledgement", {"note": "đã nhận"})
    people.officer.does(filed.code, "notes", {"note": "chỉ nội bộ"})
    people.operator.get(f"/reports/{filed.code}/identity", why="call_back")
    work_outbox()
    return filed


def test_all_that_is_held_is_told(people: People, known: Filed) -> None:
    held = known.reporter.get(f"/reports/{known.code}/data").json
    assert {name: held["contact"][name] for name in ("name", "phone", "email")} == {
        name: CONTACT[name] for name in ("name", "phone", "email")
    }
    assert held["contact"]["consented_at"]
    assert held["report"]["description"] == "Đèn tắt ba đêm"
    (picture,) = held["pictures"]
    assert (picture["lat"], picture["lon"]) == pytest.approx(pictures.LONG_HOA, abs=1e-6)
    assert picture["taken_at"] == "2026-03-08T01:15:00Z"
    assert {letter["channel"] for letter in held["letters"]} == {"email", "push"}
    assert held["devices"][0]["service"] == "push.example.org"
    assert [look["why"] for look in held["looks"]] == ["call_back"]
    assert held["retention"]["anonymous_from"] is None


def test_what_is_not_the_reporters_is_not_in_it(people: People, known: Filed) -> None:
    told = known.reporter.get(f"/reports/{known.code}/data").text
    for foreign in ("chỉ nội bộ", "operator@demo.example", "push.example.org/secret"):
        assert foreign not in told


def test_the_archive_holds_the_pictures_as_they_were_sent(people: People, known: Filed) -> None:
    answer = known.reporter.call("GET", f"/reports/{known.code}/data.zip", buffered=True)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        assert archive.namelist() == ["data.json", "pictures/01.jpg"]
        assert archive.read("pictures/01.jpg") == PHOTO
        data = json.loads(archive.read("data.json"))
    assert data["pictures"][0]["file"] == "pictures/01.jpg"


def test_that_it_was_taken_is_written_down(people: People, known: Filed) -> None:
    known.reporter.get(f"/reports/{known.code}/data")
    newest = people.data_officer.get("/looks").json["items"][0]
    assert (newest["by"], newest["what"]) == ("reporter", "personal_data")


def test_nobody_else_takes_it(people: People, known: Filed) -> None:
    for name, caller in people.all().items():
        answer = caller.get(f"/reports/{known.code}/data")
        assert answer.status_code == (401 if name == "public" else 403), name
    stranger = people.file().reporter
    assert stranger.get(f"/reports/{known.code}/data").status_code == 401


def test_after_erasing_there_is_nobody_in_it(people: People, known: Filed) -> None:
    known.reporter.does(known.code, "identity", method="DELETE")
    work_outbox()
    answer = known.reporter.get(f"/reports/{known.code}/data")
    assert answer.json["contact"] is None
    assert answer.json["devices"] == []
    for value in (CONTACT["name"], CONTACT["phone"], CONTACT["email"], "Đèn tắt ba đêm"):
        assert str(value) not in answer.text
    archive = known.reporter.call("GET", f"/reports/{known.code}/data.zip", buffered=True)
    with zipfile.ZipFile(io.BytesIO(archive.get_data())) as packed:
        assert b"GPS" not in packed.read("pictures/01.jpg")  # the stripped one is left


def test_on_the_own_device_the_page_offers_it_and_elsewhere_it_is_refused(
    people: People, known: Filed
) -> None:
    mine = people.client.application.test_client()
    mine.get(f"/r/{known.code}/t/{known.answer['tracking_token']}")
    assert f"/r/{known.code}/data.zip" in mine.get(f"/r/{known.code}/identity").text
    for kind in ("json", "zip"):
        taken = mine.get(f"/r/{known.code}/data.{kind}", buffered=True)
        assert taken.status_code == 200, taken.text
        strangers = people.client.application.test_client().get(f"/r/{known.code}/data.{kind}")
        assert strangers.status_code == 403
