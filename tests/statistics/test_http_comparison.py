"""Figures beside those of the period before and of the same period a year before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.statistics import rows
from tests.statistics.rows import Province
from tests.statistics.typical import DAY, NOW, Headers, filed, get, resolved, row_of

NOVEMBER = "from=2026-11-01&to=2026-11-30"
IN_NOVEMBER = NOW - 10 * DAY
IN_OCTOBER = NOW - 40 * DAY
A_YEAR_AGO = IN_NOVEMBER - timedelta(days=365)


@pytest.fixture
def two_months(province: Province) -> Province:
    """November: one of two in time. October: all four. A year before: nothing due; one case of
    long before that.
    """
    past = [filed(resolved(by=IN_OCTOBER), category="rac") for _ in range(4)]
    past.append(filed(resolved(by=NOW - 800 * DAY), category="rac"))
    now = [filed(resolved(by=IN_NOVEMBER, late=late), category="rac") for late in (False, True)]
    rows.write(province, past + now)
    return province


@pytest.mark.parametrize("table", ["agencies", "categories", "areas", "channels"])
def test_the_total_stands_beside_the_month_before(
    client: FlaskClient, two_months: Province, leader: Headers, table: str
) -> None:
    body = get(client, f"/stats/{table}?{NOVEMBER}&compare=both", leader)[1]
    assert [one["against"] for one in body["compared_with"]] == ["previous", "last_year"]
    assert body["compared_with"][0]["period"]["from"] == "2026-10-01"
    assert body["compared_with"][1]["period"]["to"] == "2025-11-30"
    previous, last_year = body["total"]["previous"], body["total"]["last_year"]
    assert (previous["due"], previous["on_time_rate"]) == (4, 1.0)
    assert previous["hours_to_resolve"] == 95
    assert previous["change"]["on_time_rate"] == -50.0
    assert previous["change"]["due"] == -0.5
    assert previous["change"]["hours_to_resolve"] == pytest.approx(1 / 95)
    assert previous["satisfaction"] is previous["change"]["satisfaction"] is None
    assert (last_year["due"], last_year["on_time_rate"]) == (0, None)
    assert set(last_year["change"].values()) == {None}


def test_each_row_is_compared_with_its_own_past(
    client: FlaskClient, two_months: Province, leader: Headers
) -> None:
    body = get(client, f"/stats/agencies?{NOVEMBER}&compare=previous", leader)[1]
    row = row_of(body, "long-hoa")
    assert (row["due"], row["previous"]["due"]) == (2, 4)
    assert "last_year" not in row
    assert row_of(body, "tan-ninh")["previous"]["change"]["due"] is None
    one = get(client, f"/stats/agencies/long-hoa?{NOVEMBER}&compare=previous", leader)[1]
    assert one["previous"] == row["previous"]
    categories = get(client, f"/stats/categories?{NOVEMBER}&compare=previous", leader)[1]
    found = {row["category"]["code"]: row for row in categories["items"] if row["category"]}
    assert found["rac"]["previous"]["due"] == 4
    assert found["ha-tang"]["previous"]["due"] == 0


def test_how_counts_grew_since_a_time_before_the_first_report_is_not_said(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    """October began without the service: its shares stand, how much came in says nothing."""
    cases = [filed(resolved(by=by), category="rac") for by in (IN_OCTOBER, IN_NOVEMBER)]
    rows.write(province, cases)
    path = f"/stats/agencies?{NOVEMBER}&compare=previous"
    body = get(client, path, leader)[1]
    change = body["total"]["previous"]["change"]
    assert (change["received"], change["due"], change["on_time_rate"]) == (None, None, 0.0)
    assert row_of(body, "long-hoa")["previous"]["change"]["due"] is None
    (note,) = body["notes"]
    assert "01/10/2026–31/10/2026" in note
    assert "01/10/2026–31/10/2026" in get(client, f"{path}&lang=en", leader)[1]["notes"][0]


def test_nothing_is_compared_unless_it_is_asked_for(
    client: FlaskClient, two_months: Province, leader: Headers
) -> None:
    body = get(client, f"/stats/agencies?{NOVEMBER}", leader)[1]
    assert body["compared_with"] == []
    assert "previous" not in body["total"]


def test_a_comparison_with_nonsense_is_refused(client: FlaskClient, leader: Headers) -> None:
    status, problem = get(client, "/stats/agencies?compare=tomorrow", leader)
    assert status == 422
    assert (problem["errors"][0]["field"], problem["errors"][0]["code"]) == (
        "compare",
        "not_one_of",
    )
