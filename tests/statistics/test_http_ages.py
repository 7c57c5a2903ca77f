"""How old and how late the backlog is: each bucket leads to a list that is as long as it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from reports_service.core.db import db, unit_of_work
from reports_service.domain.measures import AGE_LIMITS_DAYS
from reports_service.sla import service as sla
from reports_service.statistics.cells import turns
from reports_service.statistics.cells.models import Standing
from tests.statistics import rows
from tests.statistics.rows import Filed, Held, Province
from tests.statistics.test_http_files import above, fetched, table_of
from tests.statistics.typical import DAY, NOW, Headers, filed, get, still_open, varied

EDGE = timedelta(microseconds=1)
FILTERS = {
    "no filter": "",
    "one filter": "?category=ha-tang",
    "two filters": "?area=80&channel=app",
}
FILTERED = (
    {"category": "ha-tang", "area": "25630"},
    {"category": "den-duong", "area": "80", "channel": "zalo"},
    {"category": "rac", "area": "25459"},
)


def held(opened_at: datetime, by: datetime | None, agency: str = "long-hoa") -> Held:
    return Held(agency, opened_at, by, by, acknowledge_by=opened_at + DAY)


def at_the_edges() -> list[Filed]:
    """Just before, at and just after each limit of days: opened, and due."""
    moments = [
        NOW - days * DAY + edge
        for days in (0, *AGE_LIMITS_DAYS)
        for edge in (-EDGE, 0 * EDGE, EDGE)
    ]
    opened = [held(at, NOW + DAY) for at in moments if at <= NOW]
    due = [held(NOW - 40 * DAY, at, "tan-ninh") for at in moments]
    paused = [held(NOW - 3 * DAY, None)]
    every = [*opened, *due, *paused]
    return [filed(one, **FILTERED[place % 3]) for place, one in enumerate(every)]


def buckets(body: Any) -> Iterator[Any]:
    """Every bucket of the total and of each agency."""
    for row in (body["total"], *body["items"]):
        yield from row["age"]
        yield from row["overdue_for"]


@pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS)
def test_each_bucket_leads_to_as_many_assignments_as_it_says(
    client: FlaskClient, province: Province, leader: Headers, filters: str
) -> None:
    rows.write(province, [*at_the_edges(), *varied()])
    body = get(client, f"/stats/backlog{filters}", leader)[1]
    total = body["total"]
    assert sum(one["count"] for one in total["age"]) == total["open"] > 0
    assert sum(one["count"] for one in total["overdue_for"]) == total["overdue"] > 0
    for bucket in buckets(body):
        answer = client.get(f"{bucket['assignments']}&limit=200", headers=leader).get_json()
        assert answer["count"] == bucket["count"], bucket
        assert len(answer["items"]) == bucket["count"] - answer["restricted"], bucket


def test_the_backlog_is_right_while_figures_are_made_anew(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    """What is kept of each agency is gone meanwhile, and the assignments are asked."""
    rows.write(province, varied())
    before = get(client, "/stats/backlog", leader)[1]
    turn = turns.take(to_build=True)
    assert turn is not None
    with unit_of_work():
        turns.begin_to_build(turn, NOW.year, sla.zone())
        db.session.execute(delete(Standing))
    meanwhile = get(client, "/stats/backlog", leader)[1]
    assert before["total"]["open"] > 0
    assert (meanwhile["total"], meanwhile["items"]) == (before["total"], before["items"])


def test_a_bucket_holds_its_first_moment_and_not_its_last(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, at_the_edges())
    for row in get(client, "/stats/backlog", leader)[1]["items"]:
        if row["agency"]["code"] == "long-hoa":
            # of each limit: just before it and at it in the one, just after it in the other
            assert [one["count"] for one in row["age"]] == [3, 3, 3 + 1, 3, 2]
        else:
            assert [one["count"] for one in row["overdue_for"]] == [2, 3, 3, 3, 2]


def test_an_open_end_has_no_limit_and_both_spans_may_be_asked_for(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, at_the_edges())
    backlog = get(client, "/stats/backlog", leader)[1]
    last = parse_qs(urlsplit(backlog["total"]["overdue_for"][-1]["assignments"]).query)
    assert (last["measure"], last["overdue_from_days"]) == (["overdue"], ["30"])
    assert "overdue_to_days" not in last
    for query, count in (
        ("measure=open&age_from_days=31", 15),
        ("measure=open&age_from_days=30&age_to_days=31", 2),
        ("measure=open&age_from_days=31&overdue_from_days=7&overdue_to_days=30", 3),
        ("measure=overdue&age_from_days=31&overdue_to_days=1", 2),
        ("measure=open&overdue_from_days=0", 13),
        ("measure=paused&age_from_days=3&age_to_days=4", 1),
        ("measure=paused&age_to_days=3", 0),
    ):
        status, body = get(client, f"/stats/assignments?{query}", leader)
        assert (status, body["count"]) == (200, count), query


def test_a_list_says_which_days_it_was_narrowed_to(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, at_the_edges())
    query = "measure=open&agency=long-hoa&age_from_days=3&age_to_days=7"
    body = get(client, f"/stats/assignments?{query}", leader)[1]
    assert body["filters"] == {"age_from_days": "3", "age_to_days": "7", "agency": "long-hoa"}
    for ending in ("csv", "xlsx"):
        assert fetched(client, f"assignments.{ending}?{query}", leader)
    content = fetched(client, f"assignments.csv?{query}", leader).data
    assert len(table_of(content)) == body["count"] == 4
    said = above(content)
    assert (said["Đã giữ ít nhất (ngày)"], said["Đã giữ chưa tới (ngày)"]) == ("3", "7")


def test_pages_of_a_narrowed_list_lead_through_all_of_it(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, [filed(still_open()) for _ in range(5)])
    path = "/stats/assignments?measure=overdue&overdue_from_days=1&overdue_to_days=3&limit=2"
    seen, body = [], get(client, path, leader)[1]
    seen += body["items"]
    while body["next_cursor"]:
        body = get(client, f"{path}&cursor={body['next_cursor']}", leader)[1]
        seen += body["items"]
    assert len({one["report"] for one in seen}) == body["count"] == 5


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("measure=open&age_from_days=3&age_to_days=3", "age_to_days", "age_backwards"),
        ("measure=open&age_from_days=7&age_to_days=3", "age_to_days", "age_backwards"),
        ("measure=overdue&overdue_from_days=7&overdue_to_days=3", "overdue_to_days",
         "age_backwards"),
        ("measure=open&age_from_days=-1", "age_from_days", "out_of_range"),
        ("measure=open&age_to_days=0", "age_to_days", "out_of_range"),
        ("measure=overdue&overdue_from_days=36501", "overdue_from_days", "out_of_range"),
        (f"measure=open&age_from_days={'9' * 30}", "age_from_days", "out_of_range"),
        ("measure=open&age_from_days=x", "age_from_days", "field_not_integer"),
        ("measure=open&age_from_days=", "age_from_days", "field_not_integer"),
        ("measure=open&age_from_days=1.5", "age_from_days", "field_not_integer"),
        (f"measure=open&age_from_days={'9' * 5000}", "age_from_days", "field_not_integer"),
        ("measure=open&age_from_days=1&age_from_days=2", "age_from_days", "asked_twice"),
        ("measure=due&age_from_days=1", "age_from_days", "age_of_no_measure"),
        ("measure=received&overdue_to_days=1", "overdue_to_days", "age_of_no_measure"),
        ("measure=paused&overdue_from_days=1", "overdue_from_days", "age_of_no_measure"),
    ],
)  # fmt: skip
def test_days_that_cannot_be_meant_are_refused_in_words(
    client: FlaskClient, leader: Headers, query: str, field: str, code: str
) -> None:
    for ending, language in product(("", ".csv", ".xlsx"), ("vi", "en")):
        path = f"/stats/assignments{ending}?{query}&lang={language}"
        status, problem = get(client, path, leader)
        assert status == 422, problem
        (wrong,) = problem["errors"]
        assert (wrong["field"], wrong["code"]) == (field, code), path
        assert wrong["detail"], path


def test_the_widest_span_that_is_taken_can_be_counted(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, [filed(still_open())])
    widest = "age_from_days=0&age_to_days=36500&overdue_from_days=0&overdue_to_days=36500"
    assert get(client, f"/stats/assignments?measure=open&{widest}", leader)[1]["count"] == 1
    beyond = get(client, "/stats/assignments?measure=open&age_from_days=36500", leader)
    assert (beyond[0], beyond[1]["count"]) == (200, 0)
