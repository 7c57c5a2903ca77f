"""The list behind a number is counted once, and as long as the number says on every page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reports_service.core import clock
from reports_service.core.db import db
from reports_service.domain.measures import CITIZENS_VIEW, DEFINITIONS
from reports_service.reports.models import Assignment
from reports_service.statistics import lists, reading
from reports_service.statistics.scope import Scope, scope_of
from tests.statements import statements
from tests.statistics import rows
from tests.statistics.rows import Province
from tests.statistics.typical import NOW, Headers, get, varied

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def asked() -> Scope:
    return scope_of({}, reading.as_of(), ZONE, asked_at=clock.now())


def counted(sent: list[str]) -> list[str]:
    return [one for one in sent if "count(assignments.id)" in one]


def test_a_list_is_counted_for_its_first_page_alone(province: Province) -> None:
    rows.write(province, varied())
    first = lists.behind(asked(), "received", None, cursor=None, limit=2)
    pages, after = [first], first.next_cursor
    with statements() as sent:
        while after:
            pages.append(lists.behind(asked(), "received", None, cursor=after, limit=2))
            after = pages[-1].next_cursor
    assert len(pages) > 2
    assert counted(sent) == []
    assert {(one.count, one.restricted) for one in pages} == {(first.count, first.restricted)}
    assert sum(len(one.items) for one in pages) == first.count - first.restricted


def test_a_list_of_the_moment_of_the_figures_takes_their_number(province: Province) -> None:
    rows.write(province, varied())
    with statements() as sent:
        lists.behind(asked(), "due", None, cursor=None, limit=2)
    (hidden,) = counted(sent)
    assert "restricted" in hidden


def test_a_list_has_as_many_rows_as_the_figures_say(province: Province) -> None:
    rows.write(province, varied())
    scope, long_hoa = asked(), province.agencies["long-hoa"]
    for one in DEFINITIONS:
        for agency in [None] if one.day in CITIZENS_VIEW else [None, long_hoa]:
            number, restricted = lists.size_behind(scope, one.code, agency)
            found = len(list(lists.all_behind(scope, one.code, agency)))
            assert number - restricted == found, one.code


def test_rows_that_the_figures_do_not_hold_yet_are_counted_themselves(province: Province) -> None:
    rows.write(province, varied())
    late = replace(asked(), as_of=NOW - timedelta(seconds=1))
    with statements() as sent:
        number, _ = lists.size_behind(late, "resolutions", None)
    assert len(counted(sent)) == 2
    resolved = select(func.count()).where(Assignment.resolved_at.is_not(None))
    assert number == db.session.scalar(resolved)


@pytest.mark.parametrize("cursor", ["x", "1.2", "1.2.", "1.2.x", "-1.2.W10", "1.2.3.4", "9" * 99])
def test_a_cursor_that_no_list_gave_out_is_refused(
    client: FlaskClient, province: Province, leader: Headers, cursor: str
) -> None:
    status, body = get(client, f"/stats/assignments?measure=due&cursor={cursor}", leader)
    assert (status, body["code"]) == (422, "cursor_invalid")


@pytest.mark.parametrize(
    "other",
    ["measure=due", "measure=received&agency=long-hoa", "measure=received&channel=app",
     "measure=received&from=2026-03-01"],
)  # fmt: skip
def test_a_cursor_of_another_list_is_refused(
    client: FlaskClient, province: Province, leader: Headers, other: str
) -> None:
    rows.write(province, varied())
    path = "/stats/assignments?limit=2&"
    cursor = get(client, f"{path}measure=received", leader)[1]["next_cursor"]
    assert get(client, f"{path}measure=received&cursor={cursor}", leader)[0] == 200
    status, body = get(client, f"{path}{other}&cursor={cursor}", leader)
    assert (status, body["code"]) == (422, "cursor_invalid")


def test_no_number_is_shown_that_a_cursor_made_up(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, varied())
    path = "/stats/assignments?measure=received&limit=2"
    cursor = get(client, path, leader)[1]["next_cursor"]
    _, _, rest = cursor.partition(".")
    status, body = get(client, f"{path}&cursor=999999.{rest}", leader)
    assert (status, body["code"]) == (422, "cursor_invalid")


def test_cursors_lead_through_all_pages_of_a_list(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, varied())
    seen: list[Any] = []
    path = "/stats/assignments?measure=received&limit=3"
    body = get(client, path, leader)[1]
    while True:
        seen += [(one["report"], one["opened_at"], one["agency"]["code"]) for one in body["items"]]
        if body["next_cursor"] is None:
            break
        body = get(client, f"{path}&cursor={body['next_cursor']}", leader)[1]
    assert len(seen) == len(set(seen)) == body["count"] - body["restricted"]


def test_of_each_report_its_last_assignment_is_listed(province: Province) -> None:
    facts = varied()
    rows.write(province, facts)
    for code in ("received", "promises_due"):
        listed = list(lists.all_behind(asked(), code, None))
        shown = {one.assignment.report_id: one.assignment.id for one in listed}
        last = {one.id: one.held[-1].id for one in facts if not one.restricted}
        assert len(shown) == len(listed) > 0
        assert shown.items() <= last.items()
