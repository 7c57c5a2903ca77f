"""What is restricted is nobody's but of those who handle it: every readable address is asked for it
by everybody, and so is a public twin, which shows that the looking finds what there is to find.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from reports_service.core import clock
from reports_service.domain.roles import Role
from tests import pictures
from tests.people.everywhere import Sought, answer_to, found_by, told_by
from tests.personas import API, LIGHTS, MONDAY, STAFF, Caller, Filed, People, work_outbox

REFERRAL = {"to": "Thanh tra tỉnh", "reason": "Tố cáo", "restricted": True}
ANSWERED = {"kind": "answered"}
ONE = "/api/v1/reports/<code>"
PHOTOS = "/api/v1/photos/<uuid:photo_id>/<any(large, small, original):size>"
# Where anybody finds a report that is public.
PUBLIC_PLACES = {
    ONE, PHOTOS, "/api/v1/reports", "/api/v1/reports/nearby", "/reports", "/r/<code>",
    "/agencies/<code>", "/areas/<code>", "/map/clusters.json", "/map/reports/<code>.json",
    "/feeds/reports.xml", "/feeds/agencies/<code>.xml", "/feeds/areas/<code>.xml",
    "/feeds/categories/<code>.xml",
}  # fmt: skip
# Where leaders find the reports behind a figure.
DRILL_DOWN = {
    "/api/v1/stats/assignments", "/api/v1/stats/assignments.csv", "/api/v1/stats/backlog",
    "/figures/reports", "/figures/assignments.csv",
}  # fmt: skip
INBOX = {"/inbox", "/api/v1/inbox"}
CENTRE = {"operator", "admin"}
HANDLING = {"officer", "head"}


def seen(filed: Filed, word: str) -> Sought:
    return Sought(filed, word, tuple(one["id"] for one in filed.answer["photos"]))


def photographed(people: People, word: str, **changes: str) -> Sought:
    said = {"description": f"Chuyện {word} ở đây", **changes}
    return seen(people.file_with_photos(pictures.jpeg(64, 48), **said), word)


@pytest.fixture(scope="module", autouse=True)
def everybody(app: Flask, stage: Connection) -> People:
    with clock.moved_to(MONDAY):
        return People(app)


@pytest.fixture
def people(everybody: People) -> People:
    return everybody


@pytest.fixture(scope="module")
def subjects(everybody: People) -> Mapping[str, Sought]:
    with clock.moved_to(MONDAY):
        return handled_and_not(everybody)


def handled_and_not(people: People) -> Mapping[str, Sought]:
    """A public report; one of a restricted category, handled by the lights company; and one that
    the company had until it turned out to be a denunciation.
    """
    twin = photographed(people, "zanzibar")
    handled = photographed(people, "xylophone", category="gay-roi")
    people.operator.does(handled.code, "assignment", {"agency": LIGHTS, "reason": "thử"})
    referred = photographed(people, "quagmire")
    people.officer.does(referred.code, "acknowledgement", {"note": "đã nhận"})
    work_outbox()
    people.operator.does(referred.code, "referral", REFERRAL)
    work_outbox()
    return {"twin": twin, "handled": handled, "referred": referred}


def callers() -> list[Any]:
    """Everybody; on each engine those who together open every address there is, as tests/web runs
    on one engine only.
    """
    on_each = {"public", "officer", "leader", "operator", "admin"}
    marks = {name: [] if name in on_each else [pytest.mark.any_engine] for name in STAFF}
    return [pytest.param("public"), *(pytest.param(name, marks=marks[name]) for name in STAFF)]


@pytest.mark.parametrize("name", callers())
def test_only_those_who_handle_a_restricted_report_find_it_anywhere(
    app: Flask, people: People, subjects: Mapping[str, Sought], name: str
) -> None:
    role = None if name == "public" else Role(name.removeprefix("foreign_"))
    found = found_by(app, people.all()[name], role, subjects)
    assert found["twin"] >= PUBLIC_PLACES
    if name in ("leader", "operator", "admin"):
        assert found["twin"] >= DRILL_DOWN
    assert (ONE in found["handled"]) == (name in CENTRE | HANDLING)
    assert (ONE in found["referred"]) == (name in CENTRE)
    if name not in CENTRE | HANDLING:
        assert found["handled"] == set()
    if name not in CENTRE:
        # The notice of the day when it was theirs stays; it says no more than they knew.
        assert found["referred"] <= (INBOX if name in HANDLING else set())
    # Not even who may see it finds it where it would be published, or in lists of figures.
    published = PUBLIC_PLACES - {ONE, "/api/v1/reports"} | DRILL_DOWN
    assert (found["handled"] | found["referred"]) & published == set()


def test_its_reporter_sees_it_with_the_token_and_with_no_other(
    people: People, subjects: Mapping[str, Sought]
) -> None:
    for name in ("handled", "referred"):
        filed = subjects[name].filed
        assert subjects[name].word in filed.reporter.report(filed.code)["description"]
        stranger = subjects["twin"].filed.reporter
        assert stranger.get(f"/reports/{filed.code}").status_code == 404


def test_strangers_cannot_act_on_it_or_learn_from_trying(
    people: People, subjects: Mapping[str, Sought]
) -> None:
    unknown = "000-000-0000"
    for name in ("handled", "referred"):
        code = subjects[name].code
        for who in ("foreign_head", "foreign_officer", *(HANDLING if name == "referred" else ())):
            caller = people.all()[who]
            for part, kind in (("acknowledgement", {}), ("notes", {}), ("resolution", ANSWERED)):
                body = {"note": "thử", **kind}
                real, none = (caller.act(one, part, body, etag='"x"') for one in (code, unknown))
                assert (real.status_code, real.json["code"]) == (404, none.json["code"])
        follow = people.public.call("POST", f"/reports/{code}/followers", json={})
        assert (follow.status_code, follow.json["code"]) == (404, "report_unknown")


def test_a_bulk_act_says_of_it_what_it_says_of_a_code_that_nobody_has(
    people: People, subjects: Mapping[str, Sought]
) -> None:
    codes = [subjects["handled"].code, "000-000-0000"]
    body = {"action": "acknowledge", "codes": codes, "note": ""}
    answer = people.foreign_head.call("POST", "/bulk", json=body)
    assert len({str(one).replace(one["report"], "") for one in _outcomes(answer.json)}) == 1


def _outcomes(said: object) -> list[dict[str, str]]:
    items = said["items"] if isinstance(said, dict) else said
    assert isinstance(items, list)
    return [{"report": one["code"], "said": str(one["problem"]["code"])} for one in items]


def test_files_for_other_systems_do_not_hold_it(
    people: People, subjects: Mapping[str, Sought]
) -> None:
    period = {"from": "2026-03-09", "to": "2026-03-09"}
    for what in ("reports", "assignments"):
        wish = {"what": what, "format": "csv", **period}
        export = people.admin.call("POST", "/exports", json=wish).json
        work_outbox()
        path = f"{API}/exports/{export['id']}/parts/1"
        told = told_by(answer_to(people.admin, path, {})).decode()
        assert subjects["twin"].code in told
        for name in ("handled", "referred"):
            assert not [mark for mark in subjects[name].marks if mark in told]


def test_what_follows_changes_is_told_to_forget_it_and_nothing_else(
    people: People, subjects: Mapping[str, Sought]
) -> None:
    key = people.admin.call("POST", "/admin/api-keys", json={"name": "m", "scopes": ["changes"]})
    machine = Caller(people.client, f"Bearer {key.json['key']}")
    items = machine.get("/changes", limit=200).json["items"]
    by_report = {one["report"] for one in items}
    assert subjects["twin"].code in by_report
    assert subjects["handled"].code not in by_report
    told = [one for one in items if one["report"] == subjects["referred"].code]
    assert [(one["kind"], one["state"]) for one in told] == [("removed", None)]


def test_its_pictures_open_by_a_signed_address_alone(
    people: People, subjects: Mapping[str, Sought]
) -> None:
    for name in ("handled", "referred"):
        sought = subjects[name]
        (picture,) = people.operator.report(sought.code)["photos"]
        signed = picture["urls"]["large"]
        assert people.client.get(signed, buffered=True).status_code == 200
        for size in ("large", "small", "original"):
            bare = people.client.get(f"{API}/photos/{sought.pictures[0]}/{size}")
            assert bare.status_code == 404


def test_who_files_near_it_is_not_led_to_it(people: People, subjects: Mapping[str, Sought]) -> None:
    body = {"text": "quagmire xylophone zanzibar", "lat": 11.2871, "lon": 106.1312}
    answer = people.public.call("POST", "/suggestions/category", json=body)
    told = answer.get_data()
    assert not [m for n in ("handled", "referred") for m in subjects[n].marks if m.encode() in told]
    again = people.file()
    assert subjects["referred"].code not in str(people.public.report(again.code))
