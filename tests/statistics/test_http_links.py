"""Every number of every table leads to a list that is as long as it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from reports_service.domain.measures import BY_CODE, DEFINITIONS, Day
from tests.statistics import rows
from tests.statistics.rows import Province
from tests.statistics.typical import Headers, get, varied

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


def numbers(row: Any) -> Iterator[tuple[str, int]]:
    """(measure, number) of a row, the promises and the groups inside it too."""
    for code, value in row.items():
        if code in ("hours_to_acknowledge", "hours_to_resolve"):
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


@pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("table", TABLES)
def test_each_number_leads_to_as_many_assignments_as_it_says(
    client: FlaskClient, province: Province, leader: Headers, table: str, filters: str
) -> None:
    rows.write(province, varied())
    joint = "&" if "?" in table else "?"
    status, body = get(client, f"/stats/{table}{joint}{filters}", leader)
    assert status == 200, body
    checked = 0
    for template, row in rows_with_links(body):
        for measure, number in numbers(row):
            link = f"{template.replace('{measure}', measure)}&limit=200"
            answer = client.get(link, headers=leader).get_json()
            assert answer["count"] == number, (template, measure)
            assert len(answer["items"]) == number - answer["restricted"], (template, measure)
            checked += 1
    assert checked > 0 or table == "five-groups"


@pytest.mark.parametrize("table", ["agencies", "categories", "areas", "channels"])
def test_a_table_shows_every_measure(
    client: FlaskClient, province: Province, leader: Headers, table: str
) -> None:
    rows.write(province, varied())
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
    rows.write(province, varied())
    for table in ("categories", "areas", "channels"):
        body = get(client, f"/stats/{table}", leader)[1]
        tops = [row for row in body["items"] if row["parent"] is None and not row["by_itself"]]
        for code in ("received", "duplicates", "recurring", "due", "met", "open", "resolutions"):
            assert sum(row[code] for row in tops) == body["total"][code], (table, code)
        for code in ("promises_due", "promises_kept"):
            assert sum(row["promises"][code] for row in tops) == body["promises"][code]
