"""Filing: placed, routed, timed and durable, exactly once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from stdnum import damm

from reports_service.core.reference import Snapshot
from tests import pictures
from tests.personas import (
    CENTRE,
    COMMITTEE,
    CONTACT,
    LIGHT,
    LIGHTS,
    MONDAY,
    STAFF,
    People,
    at_once,
    form,
    rows,
)


def same_key(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def count_of_reports() -> int:
    return len(rows()["reports"])


def test_a_filed_report_has_a_code_a_token_an_agency_and_a_promised_date(people: People) -> None:
    answer = people.public.call("POST", "/reports", json=LIGHT)
    body = answer.json
    assert answer.status_code == 201
    assert body["status"] == "assigned"
    assert body["category"] == {"code": "den-duong", "name": "Đèn đường"}
    assert body["area"] == {"code": "25630", "name": "Phường Long Hoa"}
    assert body["agency"]["code"] == LIGHTS
    assert body["promised_by"] == "2026-03-16T10:00:00Z"  # the fifth working day, 17:00
    assert body["created_at"] == "2026-03-09T02:00:00Z"
    assert body["photos"] == []
    assert len(body["tracking_token"]) >= 20
    assert [entry["kind"] for entry in body["timeline"]] == ["filed"]
    assert answer.headers["ETag"] == body["etag"]


def test_a_report_filed_on_saturday_is_due_as_if_on_monday(people: People, clock_at: Any) -> None:
    clock_at(MONDAY.replace(day=7))
    assert people.file().answer["promised_by"] == "2026-03-16T10:00:00Z"


def test_a_code_can_be_read_over_the_telephone_and_one_wrong_digit_is_found(
    people: People,
) -> None:
    code = people.file().answer["code"]
    digits = code.replace("-", "")
    assert [len(group) for group in code.split("-")] == [3, 3, 4]
    assert damm.is_valid(digits)
    for typed in (digits, f" {digits[:5]} {digits[5:]} ", code.replace("-", ".")):
        assert people.public.get(f"/reports/{typed}").json["code"] == code
    for place in range(10):
        misheard = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
        assert people.public.get(f"/reports/{misheard}").status_code == 404


def test_codes_tell_nothing_about_their_order(people: People) -> None:
    codes = [people.file().code for _ in range(12)]
    assert len({*codes}) == 12
    assert codes != sorted(codes)
    assert codes != sorted(codes, reverse=True)


def test_the_same_key_again_gives_the_same_report(people: People, clock_at: Any) -> None:
    key = str(uuid4())
    first = people.public.call("POST", "/reports", json=LIGHT, headers=same_key(key))
    again = people.public.call("POST", "/reports", json=LIGHT, headers=same_key(key))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    people.officer.does(first.json["code"], "acknowledgement")
    clock_at(MONDAY.replace(day=16))
    later = people.public.call("POST", "/reports", json=LIGHT, headers=same_key(key)).json
    for name in ("code", "tracking_token", "promised_by"):
        assert later[name] == first.json[name]
    assert later["status"] == "in_progress"
    assert count_of_reports() == 1


def test_the_same_key_with_other_content_is_refused_in_words(people: People) -> None:
    key = str(uuid4())
    people.public.call("POST", "/reports", json=LIGHT, headers=same_key(key))
    before = rows()
    other = {**LIGHT, "description": "Khác hẳn"}
    answer = people.public.call("POST", "/reports", json=other, headers=same_key(key))
    assert answer.status_code == 422
    assert answer.json["code"] == "idempotency_key_reused"
    assert rows() == before


def test_photos_count_as_content_of_a_filing(people: People) -> None:
    key = same_key(str(uuid4()))
    one, two = pictures.jpeg(), pictures.jpeg(320, 240)
    first = people.post_form(LIGHT, [one], key)
    again = people.post_form(LIGHT, [one], key)
    other = people.post_form(LIGHT, [two], key)
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert again.json == first.json
    assert len(rows()["attachments"]) == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 101, "khoá-đặc-biệt"])
def test_a_key_that_cannot_be_kept_is_refused(key: str, people: People) -> None:
    sent = key.encode().decode("latin-1")  # as a server hands bytes of a header on
    answer = people.public.call("POST", "/reports", json=LIGHT, headers=same_key(sent))
    assert answer.status_code == 422
    assert answer.json["code"] == "idempotency_key_invalid"
    assert count_of_reports() == 0


@pytest.mark.parametrize("photos", [0, 2])
def test_one_key_from_several_connections_at_once_files_one_report(
    photos: int, live_province: Flask, people: People
) -> None:
    key = same_key(str(uuid4()))
    contents = [pictures.jpeg(64 + n, 48) for n in range(photos)]

    def file() -> Any:
        client = live_province.test_client()
        sent = {"data": form(LIGHT, contents)} if photos else {"json": LIGHT}
        return client.post("/api/v1/reports", headers=key, **sent)

    answers = at_once(live_province, MONDAY, *[file] * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json["code"] for answer in answers}) == 1
    assert len({answer.json["tracking_token"] for answer in answers}) == 1
    kept = rows()
    assert len(kept["reports"]) == len(kept["events"]) == len(kept["assignments"]) == 1
    assert len(kept["attachments"]) == photos


def test_of_two_officers_at_the_same_moment_one_is_told_that_the_other_was_quicker(
    live_province: Flask, people: People
) -> None:
    filed = people.file()
    etag = people.officer.get(f"/reports/{filed.code}").headers["ETag"]

    def act(part: str, body: dict[str, Any], who: str) -> Any:
        return lambda: getattr(people, who).act(filed.code, part, body, etag=etag)

    answers = at_once(
        live_province,
        MONDAY,
        act("acknowledgement", {}, "officer"),
        act("resolution", {"kind": "answered", "note": "xong"}, "head"),
        act("return", {"reason": "không thuộc"}, "operator"),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412]
    report = people.admin.report(filed.code)
    assert len(report["timeline"]) == 2
    assert report["inside"]["history_holds"]
    assert len(rows()["assignments"]) == (2 if report["status"] == "new" else 1)


def test_a_category_that_ended_leaves_the_report_to_the_operator(
    people: People, edits_reference: None
) -> None:
    assert people.admin.call("DELETE", "/admin/categories/den-duong").status_code == 200
    Snapshot.forget_all()
    body = people.file().answer
    assert body["category"] is None
    assert body["status"] == "new"
    assert body["agency"]["code"] == CENTRE


def test_fifty_photos_are_kept_as_far_as_ten_and_the_rest_rejected(people: People) -> None:
    photos = [pictures.jpeg(40 + n, 30) for n in range(50)]
    answer = people.post_form(LIGHT, photos)
    assert answer.status_code == 201
    states = [photo["state"] for photo in answer.json["photos"]]
    assert states == ["pending"] * 10 + ["rejected"] * 40
    assert all(photo["reason"] for photo in answer.json["photos"][10:])


@pytest.mark.parametrize(
    "bad", [pictures.html(), b"", pictures.zip_named_png(), pictures.jpeg()[:200], b"\x00" * 5000]
)
def test_a_bad_photo_never_costs_the_report(bad: bytes, people: People) -> None:
    answer = people.post_form(LIGHT, [bad, pictures.jpeg()])
    assert answer.status_code == 201
    wrong, right = answer.json["photos"]
    assert wrong["state"] == "rejected"
    assert wrong["reason"]
    assert right["state"] == "pending"


def test_a_report_of_photos_alone_is_enough(people: People) -> None:
    answer = people.post_form({"location": LIGHT["location"]}, [pictures.jpeg()])
    assert answer.status_code == 201
    assert answer.json["status"] == "new"


def test_neither_words_nor_photos_is_not_enough(people: People) -> None:
    answer = people.public.call("POST", "/reports", json={"location": LIGHT["location"]})
    assert (answer.status_code, answer.json["code"]) == (422, "nothing_said")


def test_without_place_or_area_it_is_not_enough(people: People) -> None:
    answer = people.public.call("POST", "/reports", json={"description": "x"})
    assert (answer.status_code, answer.json["code"]) == (422, "place_missing")


def test_an_area_alone_is_a_place(people: People) -> None:
    filed = people.file(location=None, area="25630", category="nap-ho-ga")
    assert filed.answer["agency"]["code"] == COMMITTEE
    assert filed.answer["location"] is None


def test_a_contact_needs_consent(people: People) -> None:
    asked = {**LIGHT, "reporter": {**CONTACT, "consent": False}}
    answer = people.public.call("POST", "/reports", json=asked)
    assert (answer.status_code, answer.json["code"]) == (422, "consent_needed")
    assert count_of_reports() == 0


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (106.1312, 11.2871, None),  # out of bounds for a latitude
        (21.03, 105.85, "point_outside"),  # Hà Nội
        (9.0, 109.0, "point_outside"),  # at sea
    ],
)
def test_a_point_far_outside_the_province_is_refused_in_words(
    lat: float, lon: float, code: str | None, people: People
) -> None:
    sent = {**LIGHT, "location": {"lat": lat, "lon": lon}}
    answer = people.public.call("POST", "/reports", json=sent)
    assert answer.status_code == 422
    assert code is None or answer.json["code"] == code
    assert count_of_reports() == 0


def test_a_point_some_kilometres_outside_is_kept_for_the_operator(people: People) -> None:
    filed = people.file(location={"lat": 11.3, "lon": 105.8})  # beyond the border
    assert (filed.answer["place_fit"], filed.answer["area"]) == ("outside", None)
    assert (filed.answer["status"], filed.answer["agency"]["code"]) == ("new", CENTRE)
    held = people.operator.report(filed.code)["inside"]["assignments"][-1]
    assert "địa bàn" in held["because"]


BY_CHANNEL = {
    "app": {"public", *STAFF},
    "web": {"public", *STAFF},
    "zalo": {"public", *STAFF},
    "email": {"public", *STAFF},
    "hotline": {"operator", "admin"},
    "facilitator": {"facilitator"},
    "patrol": {*STAFF},
}


@pytest.mark.parametrize("channel", BY_CHANNEL)
def test_each_channel_takes_reports_of_those_it_is_for(channel: str, people: People) -> None:
    taken = set()
    for name, caller in people.all().items():
        answer = caller.call("POST", "/reports", json={**LIGHT, "channel": channel})
        if answer.status_code == 201:
            assert answer.json["channel"] == channel
            taken.add(name)
        else:
            assert (answer.status_code, answer.json["code"]) == (403, "channel_of_staff")
    assert taken == BY_CHANNEL[channel]


def test_who_may_not_file_by_a_channel_is_told_who_may(people: People) -> None:
    answer = people.public.call("POST", "/reports", json={**LIGHT, "channel": "hotline"})
    assert answer.json["errors"][0]["field"] == "channel"
    assert "Tổng đài viên" in answer.json["detail"] or "tổng đài viên" in answer.json["detail"]


def test_the_operator_files_for_a_caller(people: People) -> None:
    filed = people.file(people.operator, channel="hotline", reporter=CONTACT)
    assert filed.answer["timeline"][0]["by"] == "operator"
    assert filed.reporter.get(f"/reports/{filed.code}/identity").json["name"] == CONTACT["name"]


def test_a_category_is_suggested_from_words_and_left_to_the_operator(people: People) -> None:
    filed = people.file(category=None, description="Bóng đèn đường hư, tối thui")
    assert filed.answer["category"] is None
    assert filed.answer["status"] == "new"
    assert filed.answer["suggested_category"]["code"] == "den-duong"


def test_an_unknown_field_is_refused_by_name(people: People) -> None:
    answer = people.public.call("POST", "/reports", json={**LIGHT, "colour": "red"})
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json["errors"]] == [
        ("colour", "field_unknown")
    ]


def test_a_third_report_of_a_kind_at_a_place_is_said_to_be_the_third(
    people: People, clock_at: Any
) -> None:
    numbers = []
    for month in (3, 4, 5):
        clock_at(MONDAY.replace(month=month, day=11))
        filed = people.file()
        numbers.append(filed.answer["recurrence_number"])
        people.officer.does(filed.code, "resolution", {"kind": "answered", "note": "xong"})
        filed.reporter.does(filed.code, "feedback", {"fixed": True})
    assert numbers == [1, 2, 3]
    last = people.public.report(filed.code)
    assert last["recurrence_of"] is not None


def test_what_was_closed_more_than_a_year_ago_or_elsewhere_does_not_recur(
    people: People, clock_at: Any
) -> None:
    filed = people.file()
    people.officer.does(filed.code, "resolution", {"kind": "answered", "note": "xong"})
    filed.reporter.does(filed.code, "feedback", {"fixed": True})
    far = {"lat": LIGHT["location"]["lat"] + 0.002, "lon": LIGHT["location"]["lon"]}
    assert people.file(location=far).answer["recurrence_number"] == 1
    assert people.file(category="mat-duong").answer["recurrence_number"] == 1
    clock_at(MONDAY.replace(year=2027, day=20))
    assert people.file().answer["recurrence_number"] == 1


def test_a_report_of_a_restricted_category_is_never_published(people: People) -> None:
    answer = people.post_form({**LIGHT, "category": "lua-dao"}, [pictures.jpeg()])
    filed = people.filed(answer)
    assert filed.reporter.report(filed.code)["photos"]
    for caller in (people.public, people.leader, people.facilitator, people.foreign_officer):
        assert caller.get(f"/reports/{filed.code}").status_code == 404
        assert caller.get("/reports").json["items"] == []
        assert caller.get("/reports", q="đèn").json["items"] == []
    near = people.public.get("/reports/nearby", radius_m=500, **LIGHT["location"])
    assert near.json["items"] == []
    assert people.operator.get("/reports").json["items"]


def test_a_category_with_its_own_answers_keeps_them_with_the_question(people: People) -> None:
    filed = people.file(category="nap-ho-ga", answers={"loai-nap": "dien", "mat-han": True})
    answers = {one["code"]: one["value"] for one in filed.reporter.report(filed.code)["answers"]}
    assert answers == {"loai-nap": "Điện lực", "mat-han": True}
    wrong = people.public.call(
        "POST", "/reports", json={**LIGHT, "category": "nap-ho-ga", "answers": {"loai-nap": "x"}}
    )
    assert wrong.status_code == 422
