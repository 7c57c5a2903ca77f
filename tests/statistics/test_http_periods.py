"""Periods that have not begun, are not over, or lie before everything; figures that lag."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from reports_service.statistics.comparison import Against, earlier_period
from reports_service.statistics.scope import Scope, scope_of
from tests.statistics import rows
from tests.statistics.rows import Province
from tests.statistics.typical import NOW, Headers, filed, get, resolved, still_open

TABLES = ("agencies", "agencies/long-hoa", "categories", "areas", "channels", "trend", "backlog",
          "five-groups", "assignments")  # fmt: skip
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def path(table: str, query: str) -> str:
    number = "&measure=received" if table.startswith("assignments") else ""
    return f"/stats/{table}?{query}{number}"


@pytest.mark.parametrize("ending", ["", ".csv", ".xlsx"])
@pytest.mark.parametrize("table", TABLES)
def test_a_period_that_has_not_begun_is_refused(
    client: FlaskClient, province: Province, leader: Headers, table: str, ending: str
) -> None:
    for query, field in (("from=2026-12-05&to=2026-12-31", "from"), ("to=2027-02-01", "to")):
        status, problem = get(client, path(f"{table}{ending}", query), leader)
        assert (status, problem["code"]) == (422, "period_not_begun")
        assert problem["errors"][0]["field"] == field
        assert "04/12/2026" in problem["detail"]


@pytest.mark.parametrize("table", TABLES)
def test_a_period_that_is_not_over_says_so(
    client: FlaskClient, province: Province, leader: Headers, table: str
) -> None:
    rows.write(province, [filed(resolved())])
    status, body = get(client, path(table, "from=2026-12-01&to=2026-12-31"), leader)
    assert status == 200
    (note,) = (one for one in body["notes"] if "31/12/2026" in one)
    assert note.endswith("mới có số liệu đến hôm nay (04/12/2026).")


def test_a_period_before_everything_says_since_when_there_is_something(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, [filed(resolved())])
    long_ago = "from=2024-01-01&to=2024-01-31"
    body = get(client, f"/stats/agencies?{long_ago}", leader)[1]
    (note,) = body["notes"]
    assert note.startswith("Chưa có phản ánh nào trước ngày 28/11/2026")
    csv = client.get(f"/api/v1/stats/categories.csv?{long_ago}", headers=leader)
    assert note in csv.text
    assert get(client, "/stats/agencies?from=2026-11-28", leader)[1]["notes"] == []


def scope(first: str, last: str) -> Scope:
    days = {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
    return scope_of(days, NOW, ZONE)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("of", "previous", "last_year"),
    [
        # a month, a quarter and a year that run; then one that is over, and some days
        (("2026-12-01", "2026-12-31"), ("2026-11-01", "2026-11-04"), ("2025-12-01", "2025-12-04")),
        (("2026-10-01", "2026-12-31"), ("2026-07-01", "2026-09-03"), ("2025-10-01", "2025-12-04")),
        (("2026-01-01", "2026-12-31"), ("2025-01-01", "2025-12-04"), ("2025-01-01", "2025-12-04")),
        (("2026-11-01", "2026-11-30"), ("2026-10-01", "2026-10-31"), ("2025-11-01", "2025-11-30")),
        (("2026-12-02", "2026-12-11"), ("2026-11-22", "2026-11-24"), ("2025-12-02", "2025-12-04")),
    ],
)
def test_what_runs_is_compared_with_as_many_days_as_have_begun(
    of: tuple[str, str], previous: tuple[str, str], last_year: tuple[str, str]
) -> None:
    for against, then in ((Against.PREVIOUS, previous), (Against.LAST_YEAR, last_year)):
        period = earlier_period(scope(*of), against)
        assert (period.first.isoformat(), period.last.isoformat()) == then


def test_a_month_that_runs_is_not_held_against_a_whole_one(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    in_november = [datetime(2026, 11, day, 4, tzinfo=NOW.tzinfo) for day in (2, 4, 5, 20)]
    rows.write(province, [filed(resolved(by=by)) for by in in_november])
    december = "from=2026-12-01&to=2026-12-31&compare=both"
    body = get(client, f"/stats/agencies?{december}", leader)[1]
    assert body["total"]["previous"]["due"] == 2
    assert body["period"]["to"] == "2026-12-31"
    assert body["compared_with"][0]["period"]["to"] == "2026-11-04"
    assert any("4 ngày đầu" in note for note in body["notes"])


def test_figures_that_lag_say_so_and_the_list_is_of_now(
    client: FlaskClient,
    province: Province,
    leader: Headers,
    moved_clock: Callable[[datetime], None],
) -> None:
    rows.write(province, [filed(resolved())])
    rows.file(province, [filed(still_open())])
    moved_clock(NOW + timedelta(seconds=10))
    assert get(client, "/stats/agencies", leader)[1]["notes"] == []
    moved_clock(NOW + timedelta(minutes=2))
    for table in ("agencies", "agencies/long-hoa", "areas", "trend", "backlog", "five-groups"):
        body = get(client, f"/stats/{table}", leader)[1]
        assert body["as_of"] == "2026-12-04T04:00:00Z"
        lag = "mới gồm các thay đổi đến 11:00:00 04/12/2026, trong khi bây giờ là 11:02:00"
        assert any(lag in note for note in body["notes"]), table
    body = get(client, "/stats/assignments?measure=received", leader)[1]
    assert (body["listed_at"], body["count"]) == ("2026-12-04T04:02:00Z", 2)
    assert body["notes"] == [
        "Danh sách được đọc lúc 11:02:00 04/12/2026; số trong bảng có thể chậm hơn, "
        "mới tính đến 11:00:00 04/12/2026."
    ]
    csv = client.get("/api/v1/stats/assignments.csv?measure=received", headers=leader)
    assert "Danh sách đọc lúc,04/12/2026 11:02:00" in csv.text
