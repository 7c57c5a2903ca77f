"""Every number of every table leads to a list that is as long as it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from reports_service.core import clock
from reports_service.domain.measures import BY_CODE, DEFINITIONS, Day
from tests.statistics import rows
from tests.statistics.rows import Province
from tests.statistics.typical import NOW, SETTLED, WITH_HOURS, Headers, get, varied

FILTERS = {
    "no filter": "from=2026-11-20",
    "one filter": "from=2026-11-28&category=ha-tang",
    "two filters": "from=2026-11-20&area=80&channel=app",
}
TABLES = (
    "agencies",
    "agencies/tan-ninh",
    "categories",
    "areas",
    "channels",
    "trend?by=week",
    "trend?by=week&agency=tan-ninh",
    "backlog",
    "five-groups",
)
COUNTED = sorted({one.listed for one in DEFINITIONS})


@pytest.fixture(scope="module", autouse=True)
def written(stage: Connection) -> Province:
    """A province in which something is to be counted everywhere."""
    with clock.moved_to(NOW):
        province = rows.settle(SETTLED)
        rows.write(province, varied())
    return province


@pytest.fixture
def province(written: Province, moved_clock: Callable[[datetime], None]) -> Province:
    moved_clock(NOW)
    return written


def numbers(row: Any) -> Iterator[tuple[str, int]]:
    """(measure, number) of a row, the promises and the groups inside it too."""
    for code, value in row.items():
        if code in WITH_HOURS:
            yield code, value["n"]
        elif code in COUNTED:
            yield code, value
        elif code == "promises":
            yield from numbers(value)


def rows_with_links(body: Any) -> Iterator[tuple[str, Any]]:
    """(template, row) of the total and of every row of an answer."""
    if "total" in body and "assignments" in body:
        total = {**body["total"], "promises": body.get("promises", {})}
        yield body["assignments"], total
    if "agency" in body:
        yield body["assignments"], body
    for row in [*body.get("items", ()), *body.get("by_category", ())]:
        yield row["assignments"], row


def numbers_of(body: Any) -> Iterator[tuple[str, str, int]]:
    """(link, measure, number) of all that an answer counts."""
    for template, row in rows_with_links(body):
        for measure, number in numbers(row):
            yield f"{template.replace('{measure}', measure)}&limit=200", measure, number


@pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS)
def test_each_number_leads_to_as_many_assignments_as_it_says(
    client: FlaskClient, province: Province, leader: Headers, filters: str
) -> None:
    said: dict[str, int] = {}  # one list stands behind numbers of several tables
    empty: dict[object, str] = {}  # of thousands one for each measure, one for each way to narrow
    for table in TABLES:
        joint = "&" if "?" in table else "?"
        status, body = get(client, f"/stats/{table}{joint}{filters}", leader)
        assert status == 200, body
        counted = list(numbers_of(body))
        assert any(number for _, _, number in counted) or table == "five-groups"
        for link, measure, number in counted:
            assert said.setdefault(link, number) == number, (table, link)
            if not number:
                empty.setdefault(measure, link)
                empty.setdefault(frozenset(parse_qs(urlsplit(link).query)), link)
    for link, number in said.items():
        if number or link in empty.values():
            answer = client.get(link, headers=leader).get_json()
            assert answer["count"] == number, link
            assert len(answer["items"]) == number - answer["restricted"], link


@pytest.mark.parametrize("table", ["agencies", "categories", "areas", "channels"])
def test_a_table_shows_every_measure(
    client: FlaskClient, province: Province, leader: Headers, table: str
) -> None:
    body = get(client, f"/stats/{table}", leader)[1]
    shown = {**body["total"], **body["promises"]}
    assert set(shown) == {one.code for one in DEFINITIONS if one.code != "rank"}
    for row in body["items"]:
        own = {code for code in row if code in BY_CODE and BY_CODE[code].day is not Day.PROMISED}
        assert own >= {one.code for one in DEFINITIONS if one.day is Day.NOW}
        assert list(row)[-1] == "assignments"


def test_rows_of_an_axis_add_up_to_the_total(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    for table in ("categories", "areas", "channels"):
        body = get(client, f"/stats/{table}", leader)[1]
        tops = [row for row in body["items"] if row["parent"] is None and not row["by_itself"]]
        for code in ("received", "duplicates", "recurring", "due", "met", "open", "resolutions"):
            assert sum(row[code] for row in tops) == body["total"][code], (table, code)
        for code in ("promises_due", "promises_kept"):
            assert sum(row["promises"][code] for row in tops) == body["promises"][code]
