"""/areas, /geocode and /admin/areas as others call them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from reports_service.domain.roles import Role
from tests.areas.squares import collection, feature, square
from tests.sessions import signed_in
from tests.statements import statements

LONG_HOA = {"code": "25630", "name": "Phường Long Hoa", "level": "commune"}


def get(client: FlaskClient, path: str, **headers: str) -> tuple[int, Any]:
    answer = client.get(f"/api/v1{path}", headers=headers)
    return answer.status_code, answer.get_json()


def test_a_point_answers_its_areas_smallest_first(client: FlaskClient, demo_province: int) -> None:
    status, body = get(client, "/areas?lat=11.2871&lon=106.1312")
    assert (status, body["next_cursor"]) == (200, None)
    assert body["items"] == [
        LONG_HOA,
        {"code": "80", "name": "Tỉnh Tây Ninh", "level": "province"},
    ]
    english = get(client, "/areas?lat=11.2871&lon=106.1312", **{"Accept-Language": "en"})[1]
    assert english["items"][0]["name"] == "Long Hoa Ward"


def test_a_point_outside_has_no_areas(client: FlaskClient, demo_province: int) -> None:
    assert get(client, "/areas?lat=21.03&lon=105.85") == (200, {"items": [], "next_cursor": None})


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("lat=nan&lon=106", "field_not_finite"),
        ("lat=inf&lon=106", "field_not_finite"),
        ("lat=11", "field_required"),
        ("lon=106", "field_required"),
        ("lat=abc&lon=106", "field_not_number"),
        ("lat=1e400&lon=106", "field_not_finite"),
        ("lat=500&lon=106", "out_of_range"),
        ("lat=95&lon=106", "coordinates_invalid"),
        ("lat=106.1312&lon=11.2871", "point_swapped"),
        ("where=here", "field_unknown"),
        ("level=planet", "not_one_of"),
        ("limit=0", "out_of_range"),
        ("cursor=%00", "cursor_invalid"),
        ("parent=%00", "text_invalid"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused_in_words(
    client: FlaskClient, demo_province: int, query: str, code: str
) -> None:
    status, body = get(client, f"/areas?{query}")
    assert 400 <= status < 500
    assert code in {body["code"], *(e["code"] for e in body["errors"])}
    assert body["detail"]


def test_all_areas_are_listed_page_by_page(client: FlaskClient, demo_province: int) -> None:
    codes, cursor = [], ""
    while cursor is not None:
        body = get(client, f"/areas?limit=40&cursor={cursor}")[1]
        codes += [item["code"] for item in body["items"]]
        cursor = body["next_cursor"]
    assert len(codes) == len(set(codes)) == demo_province
    assert codes == sorted(codes)
    assert len(get(client, "/areas?level=province")[1]["items"]) == 1
    assert len(get(client, "/areas?parent=80&limit=200")[1]["items"]) == 96


def test_addresses_are_found_by_the_areas_names(client: FlaskClient, demo_province: int) -> None:
    status, body = get(client, "/geocode?q=long%20hoa")
    assert (status, body["source"], body["note"]) == (200, "areas", None)
    assert body["items"][0]["area"] == {"code": "25630", "name": "Phường Long Hoa"}
    status, body = get(client, "/geocode/reverse?lat=11.2871&lon=106.1312")
    assert body["items"][0]["address"] == "Phường Long Hoa, Tỉnh Tây Ninh"


@pytest.mark.parametrize(
    "path", ["/geocode", "/geocode?q=", "/geocode?q=%00", "/geocode/reverse?lat=nan&lon=1"]
)
def test_a_question_without_words_is_refused(client: FlaskClient, path: str) -> None:
    assert get(client, path)[0] == 422


def test_a_silent_geocoder_is_said_in_words_and_is_no_error(
    client: FlaskClient, demo_province: int
) -> None:
    client.application.config["GEOCODER_URL"] = "http://127.0.0.1:9"
    try:
        status, body = get(client, "/geocode?q=ch%E1%BB%A3")
    finally:
        client.application.config["GEOCODER_URL"] = None
    assert (status, body["items"]) == (200, [])
    assert "không trả lời" in body["note"]


def test_an_administrator_imports_renames_and_ends(client: FlaskClient, demo_province: int) -> None:
    headers = signed_in(Role.ADMIN)
    new = collection(feature("99999", square(106.2, 11.1), province_code="80"))
    answer = client.post("/api/v1/admin/areas?valid_from=2026-01-01", json=new, headers=headers)
    assert (answer.status_code, answer.get_json()["added"]) == (200, 1)
    names = {"vi": "Xã Mới", "en": "New Commune"}
    one = "/api/v1/admin/areas/99999"
    changed = client.patch(one, json={"names": names}, headers=headers).get_json()
    assert (changed["names"], changed["parent"]) == (names, "80")
    ended = client.delete(f"{one}?date=2026-06-01", headers=headers).get_json()
    assert (ended["valid_from"], ended["valid_to"]) == ("2026-01-01", "2026-06-01")
    listed = client.get("/api/v1/admin/areas?code=99999", headers=headers).get_json()
    assert [area["valid_to"] for area in listed["items"]] == ["2026-06-01"]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/25630", {"committee": "nobody"}, "code_unknown"),
        ("/25630", {"names": {"vi": "a"}}, "invalid"),
        ("/25630", {"boundary": 1}, "invalid"),
        ("/none", {"committee": None}, "area_unknown"),
        ("/a%00b", {"committee": None}, "area_unknown"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    client: FlaskClient,
    demo_province: int,
    path: str,
    body: dict[str, Any],
    code: str,
) -> None:
    answer = client.patch(f"/api/v1/admin/areas{path}", json=body, headers=signed_in(Role.ADMIN))
    assert (400 <= answer.status_code < 500, answer.get_json()["code"]) == (True, code)


def test_an_area_cannot_end_before_it_began(client: FlaskClient, demo_province: int) -> None:
    headers = signed_in(Role.ADMIN)
    answer = client.delete("/api/v1/admin/areas/25630?date=2025-07-01", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "area_ends_too_early")


@pytest.mark.parametrize(
    "body",
    [
        {"type": "FeatureCollection", "features": []},
        {"type": "Feature"},
        collection(feature("a", square(11, 106))),
        collection(feature("a", {"type": "Polygon", "coordinates": [[["x"]]]})),
        [],
    ],
)
def test_a_wrong_import_changes_nothing(client: FlaskClient, body: Any) -> None:
    headers = signed_in(Role.ADMIN)
    answer = client.post(
        "/api/v1/admin/areas",
        data=json.dumps(body),
        headers=headers,
        content_type="application/json",
    )
    assert answer.status_code == 422
    assert client.get("/api/v1/admin/areas", headers=headers).get_json()["items"] == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN][:2])
def test_others_may_not_administer(client: FlaskClient, role: Role) -> None:
    assert client.get("/api/v1/admin/areas").status_code == 401
    assert client.get("/api/v1/admin/areas", headers=signed_in(role)).status_code == 403


def test_a_long_list_takes_no_more_queries_than_a_short_one(
    client: FlaskClient, demo_province: int
) -> None:
    headers = signed_in(Role.ADMIN)
    client.get("/api/v1/admin/areas?limit=1", headers=headers)
    counts = []
    for limit in (2, 90):
        with statements() as asked:
            client.get(f"/api/v1/admin/areas?limit={limit}", headers=headers)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_swapped_point_in_a_query_blames_a_parameter_of_the_query(
    client: FlaskClient, demo_province: int
) -> None:
    for path in ("areas", "geocode/reverse"):
        answer = client.get(f"/api/v1/{path}?lat=106.1&lon=11.2")
        assert answer.status_code == 422
        assert [error["field"] for error in answer.get_json()["errors"]] == ["lat"]
