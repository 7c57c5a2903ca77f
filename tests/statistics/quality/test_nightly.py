"""What a night counts equals a count by hand; it is kept once, and earlier days stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from reports_service.core import clock
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.domain.quality import CHECKS, RECOUNTED_DAYS, Basis, on
from reports_service.reports.models import Assignment
from reports_service.statistics.quality import nightly, service
from reports_service.statistics.quality.models import QualityCount, QualityDay, SeenTwice
from reports_service.statistics.scope import Period
from tests.statements import statements
from tests.statistics import by_hand as figures_by_hand
from tests.statistics import rows
from tests.statistics.histories import NOW
from tests.statistics.quality import flawed
from tests.statistics.quality.flawed import Flaws
from tests.statistics.rows import AGENCIES, Filed, Held

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TODAY = NOW.astimezone(ZONE).date()
YESTERDAY = TODAY - timedelta(days=1)
DAY = timedelta(days=1)
FLAWS = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)


def the_last(days: int) -> Period:
    return Period(YESTERDAY - timedelta(days=days - 1), YESTERDAY, ZONE)


def held(agency: str = "long-hoa", opened_at: datetime = NOW - 2 * DAY, **more: object) -> Filed:
    by = opened_at + 3 * DAY
    one = Held(agency, opened_at, by, by, acknowledge_by=opened_at + DAY, **more)  # type: ignore[arg-type]
    return Filed([one], promised_by=by, category="rac", area="25630")


def kept() -> list[tuple[object, ...]]:
    """All that was counted, in order."""
    every = select(QualityCount).order_by(
        QualityCount.day, QualityCount.agency_id, QualityCount.check_code
    )
    return [
        (one.day, one.agency_id, one.check_code, one.found, one.out_of, one.median_s)
        for one in db.session.scalars(every.execution_options(populate_existing=True))
    ]


@given(facts=flawed.provinces(), first=st.integers(0, 6), last=st.integers(0, 3))
@FLAWS
def test_counts_and_lists_equal_a_count_by_hand(
    app: Flask, facts: list[Flaws], first: int, last: int
) -> None:
    begin, end = YESTERDAY - timedelta(days=first + last), YESTERDAY - timedelta(days=last)
    Snapshot.forget_all()
    with rows.taken_back(), clock.moved_to(NOW):
        flawed.write(rows.settle(NOW), facts)
        nightly.count(ZONE)
        for period, basis in ((Period(begin, end, ZONE), Basis.OPENED), (the_last(7), Basis.NOW)):
            hand = flawed.by_hand(facts, period.first, period.last, ZONE, NOW)
            _compare(service.table(period, None), hand, basis)
            _compare_lists(period, hand, basis)


def _compare(table: dict, hand: flawed.Counted, basis: Basis) -> None:
    assert {row["agency"].code for row in table["items"]} == set(AGENCIES)
    for row in table["items"]:
        code = row["agency"].code
        for figure in (one["figure"] for group in row["groups"] for one in group["checks"]):
            if figure.check.basis is basis:
                key = (code, figure.check.code)
                assert (figure.count, figure.of) == (hand.found[key], hand.of[key]), key
                expected = hand.found[key] / hand.of[key] if hand.of[key] else None
                assert figure.share == expected
        ages = hand.ages[code]
        for found, percent in ((row["last_act"].median_s, 50), (row["last_act"].p90_s, 90)):
            expected = figures_by_hand.percentile(ages, percent)
            if basis is Basis.NOW:
                assert found == (None if expected is None else pytest.approx(expected))


def _compare_lists(period: Period, hand: flawed.Counted, basis: Basis) -> None:
    for code in on(basis):
        found = service.behind(period, code, None, cursor=None, limit=200)["behind"]
        expected = sum(number for (_, check), number in hand.found.items() if check == code)
        assert (found.count, found.kept) == (expected, expected), code
        assert len(found.items) == found.count - found.restricted


def test_a_night_that_is_counted_twice_is_kept_once(
    app: Flask, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(NOW + timedelta(minutes=5))
    rows.write(rows.settle(NOW), [held(), held("tan-ninh", NOW - 9 * DAY)])
    db.session.commit()
    assert nightly.count_once(ZONE)
    first = kept()
    assert first
    assert not nightly.count_once(ZONE)
    nightly.count(ZONE)
    assert kept() == first
    nights = select(QualityDay.day).where(QualityDay.night_at.is_not(None))
    assert db.session.scalars(nights).all() == [YESTERDAY]


def test_the_next_local_day_is_another_night(
    app: Flask, moved_clock: Callable[[datetime], None]
) -> None:
    rows.write(rows.settle(NOW), [held()])
    db.session.commit()
    for hours in (0, 12, 23.9, 24):
        moved_clock(NOW + timedelta(hours=hours))
        nightly.count_once(ZONE)
    taken = select(QualityDay.day).where(QualityDay.night_at.is_not(None)).order_by(QualityDay.day)
    assert db.session.scalars(taken).all() == [YESTERDAY, TODAY]


def test_a_day_of_two_months_ago_is_counted_anew_and_an_older_one_stays(
    app: Flask, moved_clock: Callable[[datetime], None]
) -> None:
    """Of two assignments, one opened on the last recounted day and one the day before it."""
    moved_clock(NOW)
    at = NOW - timedelta(days=RECOUNTED_DAYS)  # the first moment of the first recounted day
    rows.write(rows.settle(NOW), [held(opened_at=at), held(opened_at=at - DAY)])
    db.session.commit()
    nightly.count(ZONE, since=date(2020, 1, 1))
    for row in db.session.scalars(select(Assignment)):
        row.outcome, row.ended_at = "transferred", NOW
    db.session.commit()
    nightly.count(ZONE)
    passed_on = select(QualityCount.day, QualityCount.found).where(
        QualityCount.check_code == "wrong_unit"
    )
    counted = {row.day: row.found for row in db.session.execute(passed_on)}
    first = YESTERDAY - timedelta(days=RECOUNTED_DAYS - 1)
    assert counted == {first: 1, first - DAY: 0}
    nightly.count(ZONE, since=first - DAY)
    assert {row.found for row in db.session.execute(passed_on)} == {1}


def test_counting_since_ever_begins_with_the_first_assignment(
    app: Flask, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(NOW)
    rows.write(rows.settle(NOW), [held(opened_at=NOW - 90 * DAY)])
    db.session.commit()
    days = nightly.count(ZONE, since=date(1900, 1, 1))
    assert (days[0], days[-1]) == (TODAY - timedelta(days=90), YESTERDAY)


def test_what_was_opened_today_waits_for_its_night(
    app: Flask, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(NOW + timedelta(hours=8))
    rows.write(rows.settle(NOW), [held(opened_at=NOW), held(opened_at=NOW - DAY)])
    db.session.commit()
    nightly.count(ZONE)
    table = service.table(Period(TODAY - timedelta(days=29), TODAY, ZONE), None)
    row = next(row for row in table["items"] if row["agency"].code == "long-hoa")
    checks = {one["figure"].check.code: one["figure"] for g in row["groups"] for one in g["checks"]}
    assert (checks["ended_before_opened"].of, checks["silent"].of) == (1, 1)


def test_a_duplicate_that_was_merged_leaves_the_list_and_the_count_of_the_next_night(
    app: Flask, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(NOW)
    first, second = held(), held(opened_at=NOW - DAY)
    facts = [Flaws(first, point=(11.3, 106.1)), Flaws(second, point=(11.3001, 106.1))]
    flawed.write(rows.settle(NOW), facts)
    db.session.commit()
    nightly.count(ZONE)
    listed = service.behind(the_last(7), "possible_duplicate", None, cursor=None, limit=9)["behind"]
    assert [one.other.code for one in listed.items] == [first.code]
    assert listed.items[0].other.metres == pytest.approx(11.06, abs=0.01)
    row = db.session.get_one(Assignment, second.held[0].id)
    row.outcome, row.ended_at = "merged", NOW
    row.report.status, row.report.is_open = "duplicate", False
    db.session.commit()
    now = service.behind(the_last(7), "possible_duplicate", None, cursor=None, limit=9)["behind"]
    assert (now.count, now.kept) == (0, 1)
    moved_clock(NOW + DAY)
    nightly.count(ZONE)
    assert db.session.scalar(select(func.count()).select_from(SeenTwice)) == 0


def test_a_night_asks_as_often_for_many_rows_as_for_few(
    app: Flask, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(NOW)
    province = rows.settle(NOW)
    rows.write(province, [held()])
    db.session.commit()
    nightly.count(ZONE)
    with statements() as few:
        nightly.count(ZONE)
    facts = [
        Flaws(held(agency, NOW - timedelta(days=2, seconds=n)), point=(11.3, 106.1))
        for agency in AGENCIES
        for n in range(10)
    ]
    flawed.write(province, facts)
    db.session.commit()
    with statements() as many:
        nightly.count(ZONE)
    # The pairs that were found are written by one more statement, one category is walked.
    assert len(many) <= len(few) + 4
    assert len(few) < 2 * RECOUNTED_DAYS


def test_every_check_is_kept_under_its_own_code(
    app: Flask, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(NOW)
    flawed.write(rows.settle(NOW), [Flaws(held(), fit="near")])
    db.session.commit()
    nightly.count(ZONE)
    assert {str(one[2]) for one in kept()} <= {check.code for check in CHECKS}
