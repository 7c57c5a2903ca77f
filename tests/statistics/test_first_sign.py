"""How long citizens waited for a first sign of life: each report once, whoever held it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from reports_service.core.db import db, unit_of_work
from reports_service.statistics.cells import recount, turns
from reports_service.statistics.cells.models import Turn
from tests.statistics import rows
from tests.statistics.rows import Filed, Held, Province
from tests.statistics.typical import DAY, NOW, SETTLED, Headers, filed, get, passed_on, still_open

HOUR = timedelta(hours=1)
MEASURE = "hours_to_first_sign"


@pytest.fixture
def province(moved_clock: Callable[[datetime], None]) -> Province:
    moved_clock(NOW)
    return rows.settle(SETTLED)


def taken_up(held: Held, after: timedelta) -> Held:
    return replace(held, acknowledged_at=held.opened_at + after, worked=0.5)


def waits(client: FlaskClient, leader: Headers, path: str = "agencies") -> Any:
    return get(client, f"/stats/{path}?from=2026-11-20", leader)[1]["total"][MEASURE]


def test_it_counts_from_filing_to_the_first_who_took_it_up_and_once(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    """The second agency's own acknowledgement is no sign any more, and the first one gave none."""
    first, second = passed_on("tan-ninh"), replace(still_open("long-hoa"), opened_at=NOW - 3 * DAY)
    late = Filed([first, taken_up(second, 2 * HOUR)], promised_by=NOW)
    soon = Filed([taken_up(passed_on(), HOUR), taken_up(second, 9 * HOUR)], promised_by=NOW)
    rows.write(province, [late, soon])
    shown = waits(client, leader)
    assert (shown["n"], shown["still_open"], shown["note"]) == (2, 0, None)
    assert shown["elapsed"]["median"] == pytest.approx((1 + 26) / 2)
    assert "working" not in shown  # citizens wait through nights and holidays


def test_who_still_waits_counts_as_longest_and_what_ended_without_a_sign_not_at_all(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    ended = replace(still_open(), outcome="withdrawn", ended_at=NOW - DAY)
    rows.write(
        province,
        [
            *(filed(taken_up(still_open(), HOUR)) for _ in range(3)),
            filed(still_open()),
            filed(ended, status="withdrawn"),
        ],
    )
    for path in ("agencies", "categories", "channels"):
        shown = waits(client, leader, path)
        assert (shown["n"], shown["still_open"]) == (4, 1)
        assert shown["elapsed"] == {"median": 1.0, "p90": None}
        assert "chưa ai nhận" in shown["note"]


def test_it_is_of_no_single_agency(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, [filed(taken_up(still_open(), HOUR))])
    assert MEASURE not in get(client, "/stats/agencies/long-hoa", leader)[1]
    status, said = get(client, f"/stats/assignments?measure={MEASURE}&agency=long-hoa", leader)
    assert (status, said["code"]) == (422, "measure_of_no_agency")


def test_figures_of_an_older_layout_are_made_anew_before_they_are_read(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, [filed(taken_up(still_open(), HOUR))])
    with unit_of_work():
        db.session.execute(update(Turn).values(layout=0))
    status, said = get(client, "/stats/agencies", leader)
    assert (status, said["code"]) == (503, "figures_not_ready")
    while recount.catch_up():
        continue
    state = turns.state()
    assert state is not None
    assert state.layout
    assert waits(client, leader)["n"] == 1
