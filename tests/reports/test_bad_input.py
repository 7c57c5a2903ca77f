"""What nobody should send: each gets a 4xx problem in words, and nothing is half written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests import pictures
from tests.personas import LIGHT, Filed, People, form, rows

JSON = {"Content-Type": "application/json"}
DEEP = "[" * 10_000 + "]" * 10_000
BOUNDARY = {"Content-Type": "multipart/form-data; boundary=b"}


def body(**changes: Any) -> str:
    return json.dumps({**LIGHT, **changes})


def raw(text: str, **values: str) -> str:
    """The JSON of a filing in which some values stand as they are written."""
    shown = {name: f"@{name}@" for name in values}
    dumped = json.dumps({**LIGHT, **shown})
    for name, value in values.items():
        dumped = dumped.replace(f'"@{name}@"', value)
    return dumped + text


BODIES: dict[str, tuple[str | bytes, dict[str, str]]] = {
    "a text of 10 MB": (body(description="x" * 10_000_000), JSON),
    "a text of 6,000 characters": (body(description="x" * 6_000), JSON),
    "a null byte": (body(description="a\x00b"), JSON),
    "a raw null byte": ('{"description": "a\x00b"}', JSON),
    "half of a surrogate pair": (raw("", description='"\\ud83d"'), JSON),
    "NaN": (raw("", location='{"lat": NaN, "lon": 106.1}'), JSON),
    "infinity": (raw("", location='{"lat": 1e999, "lon": 106.1}'), JSON),
    "swapped coordinates": (body(location={"lat": 106.1312, "lon": 11.2871}), JSON),
    "far at sea": (body(location={"lat": 9.0, "lon": 112.0}), JSON),
    "null island": (body(location={"lat": 0, "lon": 0}), JSON),
    "a point that is a word": (body(location={"lat": "here", "lon": True}), JSON),
    "coordinates in quotes": (body(location={"lat": "11.2871", "lon": "106.1312"}), JSON),
    "a phone number that is none": (body(reporter={"phone": "12", "consent": True}), JSON),
    "half a point": (body(location={"lat": 11.2}), JSON),
    "a point that is a list": (body(location=[11.2, 106.1]), JSON),
    "10,000 levels": (DEEP, JSON),
    "10,000 levels inside": (raw("", answers=f'{{"a": {DEEP}}}'), JSON),
    "500 levels inside": (raw("", answers=f'{{"a": {"[" * 500 + "]" * 500}}}'), JSON),
    "10,000 objects": ('{"a":' * 10_000 + "1" + "}" * 10_000, JSON),
    "wrong content type": (body(), {"Content-Type": "text/plain"}),
    "no content type": (body(), {"Content-Type": ""}),
    "XML": ("<report/>", {"Content-Type": "application/xml"}),
    "a form": ("description=x", {"Content-Type": "application/x-www-form-urlencoded"}),
    "no JSON": ("{", JSON),
    "JSON and more": (raw("}"), JSON),
    "bytes that are no text": (b"\xff\xfe{}", JSON),
    "nothing": ("", JSON),
    "a list": ("[]", JSON),
    "a word": ('"x"', JSON),
    "null": ("null", JSON),
    "an unknown field": (body(colour="red"), JSON),
    "an unknown field below": (body(location={**LIGHT["location"], "alt": 3}), JSON),
    "a category that never was": (body(category="không-có"), JSON),
    "an area that never was": (body(location=None, area="99999"), JSON),
    "a channel that never was": (body(channel="pigeon"), JSON),
    "an answer to no question": (body(answers={"màu": "đỏ"}), JSON),
    "too many answers": (body(answers={str(n): n for n in range(1_000)}), JSON),
    "an address that is none": (body(reporter={"email": "x@", "consent": True}), JSON),
    "an upload that is no id": (body(uploads=["x"]), JSON),
    "a multipart body that breaks off": (
        b'--b\r\nContent-Disposition: form-data; name="re',
        BOUNDARY,
    ),
    "a multipart body without boundary": (b"--b", {"Content-Type": "multipart/form-data"}),
    "a multipart body of nothing": (b"", BOUNDARY),
    "a multipart part that is no JSON": (
        b'--b\r\nContent-Disposition: form-data; name="report"\r\n\r\n{\r\n--b--\r\n',
        BOUNDARY,
    ),
    "a multipart body without report": (
        b'--b\r\nContent-Disposition: form-data; name="photos"\r\n\r\nx\r\n--b--\r\n',
        BOUNDARY,
    ),
}


def assert_problem(answer: TestResponse) -> None:
    assert 400 <= answer.status_code < 500, answer.text[:500]
    assert answer.mimetype == "application/problem+json"
    problem = answer.json
    assert problem["status"] == answer.status_code
    for name in ("type", "title", "detail", "code", "request_id"):
        assert problem[name], name
    assert "{" not in problem["detail"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("what", BODIES)
def test_a_bad_filing_is_refused_in_words_and_leaves_nothing(what: str, people: People) -> None:
    sent, headers = BODIES[what]
    before = rows()
    for language in ("vi", "en"):
        answer = people.public.call(
            "POST", "/reports", data=sent, headers={**headers, "Accept-Language": language}
        )
        assert_problem(answer)
        assert answer.headers["Content-Language"] == language
    assert rows() == before


@pytest.mark.parametrize("phone", ["12", "1234567", "1" * 16, "số của tôi", "0912+345678"])
def test_a_phone_number_that_is_none_is_refused_by_name(phone: str, people: People) -> None:
    contact = {"phone": phone, "consent": True}
    answer = people.public.call("POST", "/reports", json={**LIGHT, "reporter": contact})
    (blamed,) = answer.json["errors"]
    assert (blamed["field"], blamed["code"]) == ("reporter.phone", "phone_invalid")


@pytest.mark.parametrize("phone", ["0912 345 678", "+84.912.345.678", "(028) 3822-1234"])
def test_a_phone_number_is_taken_as_people_write_it(phone: str, people: People) -> None:
    contact = {"phone": phone, "consent": True}
    answer = people.public.call("POST", "/reports", json={**LIGHT, "reporter": contact})
    assert answer.status_code == 201


ACTS = ("acknowledgement", "question", "resolution", "return", "classification", "moderation")


@pytest.mark.parametrize("part", [*ACTS, "extension", "assignment", "merge", "notes"])
def test_a_bad_act_is_refused_in_words_and_leaves_nothing(
    part: str, people: People, filed: Filed
) -> None:
    etag = people.operator.report(filed.code)["etag"]
    before = rows()
    for what in ("10,000 levels", "no JSON", "a list", "wrong content type", "a null byte"):
        sent, headers = BODIES[what]
        for caller in (people.officer, people.operator):
            answer = caller.call(
                "POST", f"/reports/{filed.code}/{part}", data=sent, headers=headers, etag=etag
            )
            assert_problem(answer)
    assert rows() == before


@pytest.mark.parametrize(
    "date", ["10000-01-01", "9999-12-31T23:59:59Z", "0000-00-00", "2026-02-30", "x" * 500, 5, None]
)
def test_a_date_that_cannot_be_meant_is_refused(date: Any, people: People, filed: Filed) -> None:
    before = rows()
    plan = {"kind": "planned", "note": "x", "planned_for": date}
    assert_problem(people.officer.act(filed.code, "resolution", plan))
    assert rows() == before


def test_a_date_far_ahead_in_a_filter_is_refused(people: People) -> None:
    for moment in ("10000-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14"):
        assert_problem(people.public.get("/reports", created_from=moment))


def test_a_truncated_upload_is_refused_or_its_photo_is(people: People) -> None:
    whole = people.client.post("/api/v1/reports", data=form(LIGHT, [pictures.jpeg()]))
    assert whole.status_code == 201
    before = rows()
    part = b'--b\r\nContent-Disposition: form-data; name="report"\r\n\r\n' + body().encode()
    photo = (
        b'\r\n--b\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\n'
        + pictures.jpeg()[:900]
    )
    for cut in (part[:-20], part, part + photo, part + photo + b"\r\n--b"):
        answer = people.public.call("POST", "/reports", data=cut, headers=BOUNDARY)
        assert_problem(answer)
    assert rows() == before


def test_emoji_and_combining_marks_are_kept_as_typed(people: People) -> None:
    text = "Đèn 👨‍👩‍👧‍👦 tắt ở ngõ ho\u0300a \u202etrái"
    filed = people.file(description=text)
    assert filed.reporter.report(filed.code)["description"] == text
    for sought in ("👨‍👩‍👧‍👦", "ngõ hòa", "ngo hoa"):
        found = people.public.get("/reports", q=sought).json["items"]
        assert [one["code"] for one in found] == [filed.code], sought


@pytest.mark.parametrize("path", ["/nowhere", "/reports/1/2/3", "/reports/x/nothing"])
def test_an_address_that_is_none_gets_a_problem_too(path: str, people: People) -> None:
    assert_problem(people.public.get(path))
    assert_problem(people.public.call("PATCH", "/reports"))
    assert_problem(people.public.call("DELETE", "/sessions"))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["den-duong", "25630", "app", "hoa@vidu.vn", "0" * 300, "1e400"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(), below, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from([*LIGHT, "area", "reporter", "answers", "uploads", "nothing"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(FIELDS, VALUES, max_size=4))
def test_whatever_is_filed_is_taken_or_refused_never_a_fault(
    changes: dict[str, Any], people: People
) -> None:
    sent = json.dumps({**LIGHT, **changes})
    answer = people.public.call("POST", "/reports", data=sent, headers=JSON)
    if answer.status_code != 201:
        assert_problem(answer)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(min_size=1, max_size=40))
def test_whatever_is_sought_is_answered(q: str, people: People) -> None:
    assert people.public.get("/reports", q=q).status_code in (200, 422)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    part=st.sampled_from([*ACTS, "extension", "assignment", "merge", "bulk", "correction"]),
    sent=st.dictionaries(
        st.sampled_from(["note", "reason", "kind", "amount", "unit", "agency", "into", "category"]),
        VALUES,
        max_size=3,
    ),
)
def test_whatever_staff_send_is_taken_or_refused_never_a_fault(
    part: str, sent: dict[str, Any], people: People, filed: Filed
) -> None:
    data = json.dumps(sent)
    etag = people.operator.report(filed.code)["etag"]
    answer = people.operator.call(
        "POST", f"/reports/{filed.code}/{part}", data=data, headers=JSON, etag=etag
    )
    if answer.status_code not in (200, 201):
        assert_problem(answer)


def test_too_large_a_body_is_told_how_much_is_taken(people: People) -> None:
    sent, headers = BODIES["a text of 10 MB"]
    answer = people.public.call("POST", "/reports", data=sent, headers=headers)
    assert answer.status_code == 413
    assert "B" in answer.json["detail"].split("tối đa")[1]
