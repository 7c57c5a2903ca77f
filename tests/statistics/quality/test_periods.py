"""Periods that quality cannot be told of: refused or remarked on as by the other tables."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.statistics import rows
from tests.statistics.rows import Province
from tests.statistics.typical import Headers, filed, get, resolved

ADDRESSES = ("quality?", "quality.csv?", "quality.xlsx?", "quality/assignments?check=wrong_unit&")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("from=2026-12-05&to=2026-12-31", "from", "period_not_begun"),
        ("to=2027-02-01", "to", "period_not_begun"),
        ("from=2026-12-02&to=2026-12-01", "to", "period_backwards"),
        ("from=1926-12-01&to=2026-12-01", "from", "period_too_long"),
        ("from=1899-12-31", "from", "out_of_range"),
        ("from=2026-11-01&from=2026-11-02", "from", "asked_twice"),
        ("agency=khong-co", "agency", "agency_unknown"),
    ],
)
def test_a_period_that_cannot_be_meant_is_refused_in_words(
    client: FlaskClient, province: Province, leader: Headers, address: str, query: str, field: str,
    code: str,
) -> None:  # fmt: skip
    for language in ("vi", "en"):
        status, problem = get(client, f"/stats/{address}{query}&lang={language}", leader)
        assert status in (404, 422), problem
        assert problem["errors"][0]["field"] == field
        assert code in (problem["code"], problem["errors"][0]["code"])
        assert problem["detail"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_refusal_of_the_future_says_what_day_it_is(
    client: FlaskClient, province: Province, leader: Headers, address: str
) -> None:
    problem = get(client, f"/stats/{address}from=2026-12-05&to=2026-12-31", leader)[1]
    assert "05/12/2026" in problem["detail"]
    assert "04/12/2026" in problem["detail"]


@pytest.mark.parametrize("table", ["quality?", "quality/assignments?check=wrong_unit&"])
def test_the_notes_are_those_of_the_other_tables(
    client: FlaskClient, province: Province, leader: Headers, table: str
) -> None:
    rows.write(province, [filed(resolved())])
    for period in ("from=2026-12-01&to=2026-12-31", "from=2024-01-01&to=2024-01-31"):
        (note,) = get(client, f"/stats/agencies?{period}", leader)[1]["notes"]
        status, body = get(client, f"/stats/{table}{period}", leader)
        assert (status, body["notes"][0]) == (200, note)
    csv = client.get("/api/v1/stats/quality.csv?from=2026-12-01&to=2026-12-31", headers=leader)
    assert "mới có số liệu đến hôm nay (04/12/2026)" in csv.text
