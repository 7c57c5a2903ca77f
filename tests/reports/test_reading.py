"""Reading: the public's view and staff's, lists, the queue, what lies near."""

from __future__ import annotations

import base64
import json
import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from geopy.distance import geodesic
from sqlalchemy import insert, select, text

from reports_service.core.db import db
from reports_service.reports import nearby
from reports_service.reports.models import Report
from tests.personas import CONTACT, LIGHT, LIGHTS, MONDAY, UNSORTED, Filed, People
from tests.statements import plan

DAY = timedelta(days=1)
LAT, LON = LIGHT["location"]["lat"], LIGHT["location"]["lon"]
SECRETS = ("0912", "345 678", "hoa@vidu.vn", "079203001234", "Lê Hoà")


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["code"] for item in answer.json["items"]]


def near(metres: float) -> dict[str, float]:
    """A place so far north of the demo's."""
    return {"lat": LAT + metres / 110_600, "lon": LON}


def test_the_public_view_leaks_no_contact(people: People) -> None:
    filed = people.file(
        description="Đèn tắt, gọi 0912 345 678 hay hoa@vidu.vn, CCCD 079203001234",
        address="nhà số 5, 0912345678",
        reporter=CONTACT,
    )
    people.officer.does(filed.code, "acknowledgement", {"note": "đã gọi 0912345678"})
    people.officer.does(filed.code, "question", {"question": "Trụ nào? 0912345678"})
    filed.reporter.does(filed.code, "replies", {"text": "Trụ 5, hoa@vidu.vn"})
    people.officer.does(filed.code, "notes", {"note": "nội bộ: 0912345678"})
    for answer in (
        people.public.get(f"/reports/{filed.code}"),
        people.public.get("/reports"),
        people.public.get("/reports/nearby", lat=LAT, lon=LON),
        people.foreign_officer.get(f"/reports/{filed.code}"),
    ):
        assert answer.status_code == 200
        for secret in SECRETS:
            assert secret not in answer.text
        assert filed.answer["tracking_token"] not in answer.text
        assert "nội bộ" not in answer.text
        assert "inside" not in answer.json
    assert people.public.get("/reports", q="0912345678").json["items"] == []
    inside = people.officer.get(f"/reports/{filed.code}")
    assert "0912 345 678" in inside.text  # what the reporter wrote to the agency
    assert CONTACT["name"] not in inside.text


@pytest.mark.parametrize(
    "written", ["0912 - 345 - 678", "0912, 345, 678", "0912\n345\n678", "hoa at gmail dot com"]
)
def test_the_public_search_does_not_find_what_is_masked(written: str, people: People) -> None:
    filed = people.file(description=f"Đèn tắt, gọi {written}", address=f"ngõ 5; {written}")
    assert codes(people.public.get("/reports", q="đèn tắt")) == [filed.code]
    for sought in ("0912", "09", "345", "678", "gmail", "hoa"):
        assert codes(people.public.get("/reports", q=sought)) == [], sought
    filed.reporter.does(filed.code, "correction", {"description": f"Đèn hỏng, gọi {written}"})
    assert codes(people.public.get("/reports", q="đèn hỏng")) == [filed.code]
    for sought in ("0912", "678", "gmail"):
        assert codes(people.public.get("/reports", q=sought)) == [], sought


def test_the_timeline_outside_lacks_what_is_internal(people: People, filed: Filed) -> None:
    people.officer.does(filed.code, "acknowledgement", {"note": "đã nhận"})
    people.officer.does(filed.code, "notes", {"note": "nội bộ"})
    people.officer.does(filed.code, "extension", {"amount": 1, "reason": "mưa"})
    everyone = ["filed", "acknowledged"]
    staff = ["filed", "acknowledged", "noted", "extension_requested"]
    expected = {
        **dict.fromkeys(people.all(), everyone),
        **dict.fromkeys(("officer", "head", "operator", "admin", "leader"), staff),
    }
    for name, caller in people.all().items():
        timeline = caller.report(filed.code)["timeline"]
        assert [entry["kind"] for entry in timeline] == expected[name], name
        assert all(("facts" in entry) == (expected[name] == staff) for entry in timeline)
    mine = filed.reporter.report(filed.code)["timeline"]
    assert [entry["kind"] for entry in mine] == everyone


def test_an_agency_that_held_the_report_still_sees_inside_and_acts_no_more(
    people: People, filed: Filed
) -> None:
    people.officer.does(filed.code, "return", {"reason": "không thuộc"})
    report = people.officer.report(filed.code)
    assert "inside" in report
    assert report["actions"] == ["follow"]
    assert people.officer.act(filed.code, "notes", {"note": "x"}).status_code == 403


def test_the_place_is_shown_as_roughly_as_the_category_wants(
    people: People, edits_reference: None
) -> None:
    found = people.admin.get("/admin/categories", limit=200).json["items"]
    rough = next(
        one["code"]
        for one in found
        if one["location_precision_m"] and one["visibility"] == "public"
    )
    filed = people.file(category=rough)
    public = people.public.report(filed.code)["location"]
    assert public != LIGHT["location"]
    metres = geodesic((LAT, LON), (public["lat"], public["lon"])).meters
    assert 0 < metres < 2000
    assert people.public.report(filed.code)["address"] is None
    assert filed.reporter.report(filed.code)["location"] == LIGHT["location"]
    assert people.operator.report(filed.code)["location"] == LIGHT["location"]


def test_what_one_may_do_is_said_to_each(people: People, filed: Filed) -> None:
    assert "acknowledge" in people.officer.report(filed.code)["actions"]
    assert "acknowledge" not in people.foreign_officer.report(filed.code)["actions"]
    assert "withdraw" in filed.reporter.report(filed.code)["actions"]
    assert people.public.report(filed.code)["actions"] == ["follow"]


def test_words_come_in_the_readers_language(people: People, filed: Filed) -> None:
    english = people.public.call(
        "GET", f"/reports/{filed.code}", headers={"Accept-Language": "en-GB,en;q=0.9"}
    )
    assert english.json["status_name"] == "assigned"
    assert english.json["category"]["name"] == "Street lights"
    assert english.headers["Content-Language"] == "en"
    assert people.public.report(filed.code)["status_name"] == "đã chuyển xử lý"
    other = people.public.call("GET", "/reports/1", headers={"Accept-Language": "fr"})
    assert other.headers["Content-Language"] == "vi"


@pytest.fixture
def several(people: People, clock_at: Any) -> list[Filed]:
    """Five reports of several kinds, an hour apart."""
    changes: list[dict[str, Any]] = [
        {},
        {"category": "nap-ho-ga", "description": "Mất nắp hố ga 🕳️ trước trường"},
        {"location": near(5_000), "description": "Đèn hư ở đường Nguyễn Huệ"},
        {**UNSORTED, "address": "Quảng trường"},
        {"description": "Trụ điện nghiêng"},
    ]
    filed = []
    for hour, change in enumerate(changes):
        clock_at(MONDAY + timedelta(hours=hour))
        filed.append(people.file(**change))
    people.officer.does(filed[0].code, "acknowledgement")
    return filed


def chosen(several: list[Filed], *places: int) -> set[str]:
    return {several[place].code for place in places}


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ({}, (0, 1, 2, 3, 4)),
        ({"status": "in_progress"}, (0,)),
        ({"status": "in_progress,new"}, (0, 3)),
        ({"category": "den-duong"}, (0, 2, 4)),
        ({"category": "ha-tang-do-thi"}, (0, 1, 2, 4)),
        ({"agency": LIGHTS, "area": "25630"}, (0, 4)),
        ({"area": "25630", "category": "nap-ho-ga"}, (1,)),
        ({"created_from": "2026-03-09T03:00:00Z", "created_to": "2026-03-09T05:00:00Z"}, (1, 2)),
        ({"created_from": "2026-03-09T10:00:00+07:00", "status": "new"}, (3,)),
        ({"bbox": f"{LON - 0.01},{LAT - 0.01},{LON + 0.01},{LAT + 0.01}"}, (0, 1, 3, 4)),
        ({"q": "nguyen hue"}, (2,)),
        ({"q": "NGUYỄN HUỆ"}, (2,)),
        ({"q": unicodedata.normalize("NFD", "Nguyễn Huệ")}, (2,)),
        ({"q": "den"}, (0, 2)),
        ({"q": "quảng trườ"}, (3,)),
        ({"q": "🕳️"}, (1,)),
        ({"q": "đường đèn"}, (2,)),
        ({"q": "không có"}, ()),
        ({"q": "100%_"}, ()),
        ({"q": "\" OR '*"}, ()),
    ],
)
def test_the_list_is_filtered(
    query: dict[str, str], places: tuple[int, ...], people: People, several: list[Filed]
) -> None:
    assert set(codes(people.public.get("/reports", **query))) == chosen(several, *places)


def test_a_code_is_found_by_search(people: People, several: list[Filed]) -> None:
    assert codes(people.public.get("/reports", q=several[2].code)) == [several[2].code]


@pytest.mark.parametrize(
    "query",
    [
        {"bbox": "1,2,3"},
        {"bbox": "nan,0,1,1"},
        {"bbox": "107,11,106,12"},
        {"status": "gone"},
        {"category": "no-such"},
        {"agency": "no-such"},
        {"area": "00000"},
        {"created_from": "10000-01-01T00:00:00Z"},
        {"created_from": "hôm qua"},
        {"sort": "best"},
        {"limit": "0"},
        {"limit": "x"},
        {"limit": "100000"},
        {"q": "\x00"},
        {"q": "x" * 5000},
        {"colour": "red"},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(query: dict[str, str], people: People) -> None:
    answer = people.public.get("/reports", **query)
    assert answer.status_code in (404, 422)
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("sort", ["newest", "oldest", "updated"])
def test_pages_are_complete_and_in_order(
    sort: str, people: People, several: list[Filed], clock_at: Any
) -> None:
    clock_at(MONDAY + DAY)
    for _ in range(4):
        people.file()  # of one moment: the order must be total
    whole = codes(people.public.get("/reports", sort=sort))
    seen, cursor, pages = [], None, 0
    while True:
        query = {"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})}
        answer = people.public.get("/reports", **query)
        seen += codes(answer)
        pages += 1
        cursor = answer.json["next_cursor"]
        if cursor is None:
            break
    assert seen == whole
    assert pages == 5


def test_a_page_stays_put_while_new_reports_come(people: People, several: list[Filed]) -> None:
    first = people.public.get("/reports", limit=2)
    people.file()
    second = people.public.get("/reports", limit=2, cursor=first.json["next_cursor"])
    assert not set(codes(first)) & set(codes(second))
    assert set(codes(second)) <= {one.code for one in several}


def cursor_of(values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "ế",
        "====",
        cursor_of([]),
        cursor_of({}),
        cursor_of([1, 2]),
        cursor_of(["2026-01-01", 1]),
        cursor_of([{"t": "2026-01-01T00:00:00"}, 1]),
        cursor_of([{"t": "2026-01-01T00:00:00+00:00"}, "1"]),
        cursor_of([{"t": "2026-01-01T00:00:00+00:00"}, True]),
        cursor_of([{"t": "2026-01-01T00:00:00+00:00"}, 10**30]),
        cursor_of([{"t": 5}, 1]),
        cursor_of([{}, 1]),
        cursor_of([None, None]),
        cursor_of([[1], 1]),
        "A" * 5000,
    ],
)
@pytest.mark.parametrize("path", ["/reports", "/queue", "/agencies"])
def test_a_cursor_that_was_never_given_out_is_refused(
    path: str, cursor: str, people: People
) -> None:
    answer = people.officer.get(path, cursor=cursor)
    assert answer.status_code == 422, answer.text


def test_reports_nearby_come_nearest_first_with_their_distance(people: People) -> None:
    filed = {metres: people.file(location=near(metres)) for metres in (30, 5, 200)}
    people.file(category="mat-duong", location=near(1))
    closed = people.file(location=near(2))
    people.operator.does(closed.code, "resolution", {"kind": "answered", "note": "x"})
    found = people.public.get("/reports/nearby", lat=LAT, lon=LON, category="den-duong")
    assert codes(found) == [filed[5].code, filed[30].code]
    assert [round(item["distance_m"]) for item in found.json["items"]] == [5, 30]
    wider = people.public.get("/reports/nearby", lat=LAT, lon=LON, radius_m=500)
    assert len(codes(wider)) == 4
    for query in ({"lat": 91, "lon": 0}, {"lat": "x", "lon": 0}, {"lat": 1}, {"lat": "nan"}):
        assert people.public.get("/reports/nearby", **query).status_code == 422


def test_what_is_near_is_sought_among_open_reports_of_the_category_only(people: People) -> None:
    people.file()
    row = dict(db.session.execute(select(Report.__table__)).mappings().one())
    ended = [
        {**row, "id": row["id"] + n, "code": f"{n:010d}", "is_open": False} for n in range(1, 999)
    ]
    db.session.execute(insert(Report), ended)
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ANALYZE reports"))  # SQLite does without
    sought = nearby.open_in_box(LAT, LON, row["category_id"], 50)
    assert "ix_reports_open_place" in plan(sought)


def test_the_queue_shows_the_own_agencys_work_most_urgent_first(
    people: People, clock_at: Any
) -> None:
    late = people.file()
    clock_at(MONDAY + 3 * DAY)
    calm = people.file()
    clock_at(MONDAY + 4 * DAY)
    urgent = people.file()
    people.operator.does(urgent.code, "classification", {"priority": "emergency"})
    mine = people.file()
    people.officer.does(mine.code, "acknowledgement")
    waiting = people.file()
    people.officer.does(waiting.code, "acknowledgement")
    people.officer.does(waiting.code, "question", {"question": "?"})
    people.file(category="nap-ho-ga")  # another agency's
    clock_at(MONDAY + 7 * DAY + timedelta(hours=9))
    expected = [urgent.code, late.code, calm.code, mine.code, waiting.code]
    queue = people.officer.get("/queue")
    assert codes(queue) == expected
    assert [item["overdue"] for item in queue.json["items"]] == [True, True, False, False, False]
    assert codes(people.officer.get("/queue", state="overdue")) == expected[:2]
    unacknowledged = codes(people.officer.get("/queue", state="unacknowledged"))
    assert unacknowledged == [urgent.code, late.code, calm.code]
    assert set(codes(people.officer.get("/queue", state="mine"))) == {mine.code, waiting.code}
    assert codes(people.head.get("/queue", state="mine")) == []
    clock_at(MONDAY + 8 * DAY + timedelta(hours=9))
    assert calm.code in codes(people.officer.get("/queue", state="due_soon"))
    assert codes(people.foreign_officer.get("/queue")) == []
    assert people.officer.get("/queue", state="strange").status_code == 422
    cursor, seen = None, []
    while len(seen) < 5:
        page = people.officer.get("/queue", limit=1, **({"cursor": cursor} if cursor else {}))
        seen += codes(page)
        cursor = page.json["next_cursor"]
    assert seen == expected
    assert cursor is None


def test_the_centres_queue_is_what_nobody_answers_for(people: People) -> None:
    new = people.file(**UNSORTED)
    people.file()
    assert codes(people.operator.get("/queue")) == [new.code]


def test_an_unknown_code_is_not_found_in_words(people: People) -> None:
    for code in ("1", "0000000000", "483-920-1157", "x" * 300, "²" * 10, "%00"):
        answer = people.public.get(f"/reports/{code}")
        assert answer.status_code == 404
        assert answer.json["code"] in ("report_unknown", "address_unknown")


def test_open_stands_for_every_status_of_work_still_to_be_done(people: People) -> None:
    new, taken = people.file(), people.file()
    people.officer.act(taken.code, "acknowledgement", {})
    for status, found in (
        ("open", {new.code, taken.code}),
        ("open,closed", {new.code, taken.code}),
        ("closed", set()),
        ("in_progress,closed", {taken.code}),
    ):
        items = people.public.get("/reports", status=status).json["items"]
        assert {one["code"] for one in items} == found, status
