"""The figures equal a count by hand over random histories; each number's list is as long as it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports_service.core.reference import Snapshot
from reports_service.domain.measures import CITIZENS_VIEW, DEFINITIONS, Unit, of_agencies
from reports_service.statistics import lists, service
from reports_service.statistics.scope import Scope, scope_of
from tests.statistics import by_hand, histories, rows
from tests.statistics.by_hand import Asked
from tests.statistics.histories import NOW
from tests.statistics.rows import AGENCIES, CATEGORIES, Filed, Held

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LAST = NOW.astimezone(ZONE).date()
COUNTS = [measure.code for measure in of_agencies(Unit.COUNT)]
HISTORIES = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
LISTS = settings(HISTORIES, max_examples=8)  # each asks for a hundred lists
filters = st.fixed_dictionaries(
    {
        "first": st.sampled_from([LAST - timedelta(days=days) for days in (2, 3, 4)]),
        "last": st.sampled_from([LAST + timedelta(days=days) for days in (-2, -1, 0, 40)]),
        "category": st.sampled_from([None, None, "ha-tang", "den-duong"]),
        "area": st.sampled_from([None, None, "80", "25630"]),
        "channel": st.sampled_from([None, None, "hotline"]),
        "kind": st.sampled_from([None, None, None, "committee"]),
    }
)


def fits(report: Filed, asked: Mapping[str, Any]) -> bool:
    """Whether a report is of the category, area and channel that were asked for."""
    kinds = {
        asked["category"],
        *(c for c, above in CATEGORIES.items() if above == asked["category"]),
    }
    places = {"80", "25630", "25459"} if asked["area"] == "80" else {asked["area"]}
    return (
        (asked["category"] is None or report.category in kinds)
        and (asked["area"] is None or report.area in places)
        and asked["channel"] in (None, report.channel)
    )


def of_kind(held: Held, asked: Mapping[str, Any]) -> bool:
    return asked["kind"] in (None, AGENCIES[held.agency])


@given(filed=histories.provinces(), asked=filters)
@HISTORIES
def test_figures_equal_a_count_by_hand(
    app: Flask, filed: list[Filed], asked: dict[str, Any]
) -> None:
    Snapshot.forget_all()
    with rows.taken_back():
        rows.write(rows.settle(NOW), filed)
        scope = scope_of(asked, NOW, ZONE)
        table = service.table(scope)
        _compare(table, filed, asked)
        _compare_backlog(service.backlog_of(scope), table)


@given(filed=histories.provinces(), asked=filters)
@LISTS
def test_the_list_behind_each_number_is_as_long_as_the_number_says(
    app: Flask, filed: list[Filed], asked: dict[str, Any]
) -> None:
    Snapshot.forget_all()
    with rows.taken_back():
        rows.write(rows.settle(NOW), filed)
        scope = scope_of(asked, NOW, ZONE)
        _compare_lists(scope, service.table(scope))


def _compare(table: Mapping[str, Any], filed: list[Filed], asked: dict[str, Any]) -> None:
    when = Asked(asked["first"], asked["last"], ZONE, NOW)
    expected_codes = {code for code, kind in AGENCIES.items() if asked["kind"] in (None, kind)}
    assert {row["agency"].code for row in table["items"]} == expected_codes
    for row in table["items"]:
        code = row["agency"].code
        expected = by_hand.figures(
            filed, when, lambda report, held, code=code: held.agency == code and fits(report, asked)
        )
        _compare_row(row, *expected)
    counts, sample = by_hand.figures(
        filed, when, lambda report, held: of_kind(held, asked) and fits(report, asked)
    )
    received = [
        report
        for report in filed
        if fits(report, asked)
        and when.covers(report.held[0].opened_at)
        and of_kind(report.held[-1], asked)
    ]
    counts["received"] = len(received)
    counts["duplicates"] = sum(report.status == "duplicate" for report in received)
    counts["recurring"] = sum(report.recurs for report in received)
    _compare_row(table["total"], counts, sample)
    whose = [one for one in filed if fits(one, asked) and of_kind(one.held[-1], asked)]
    promised = by_hand.promises(whose, when)
    assert {code: table["promises"][code] for code in promised} == promised


def _compare_row(
    row: Mapping[str, Any], counts: Counter[str], sample: Mapping[str, list[float]]
) -> None:
    assert {code: row[code] for code in COUNTS} == {code: counts[code] for code in COUNTS}
    for code, part, whole in (
        ("on_time_rate", "met", ["due"]),
        ("on_time_rate_with_extensions", "met_with_extensions", ["due_with_extensions"]),
        ("acknowledged_on_time_rate", "acknowledged_on_time", ["acknowledgements_due"]),
        ("reopened_rate", "reopened", ["resolutions"]),
        ("no_reply_share", "no_reply", ["due", "no_reply"]),
        ("satisfaction", "stars", ["satisfaction_n"]),
    ):
        below = sum(counts[name] for name in whole)
        assert row[code] == (counts[part] / below if below else None), code
    for code, short in (("hours_to_acknowledge", "ack"), ("hours_to_resolve", "res")):
        hours = row[code]
        assert hours.n == len(sample[f"{short}_e"])
        for spread, values in ((hours.working, f"{short}_w"), (hours.elapsed, f"{short}_e")):
            for found, percent in ((spread.median, 50), (spread.p90, 90)):
                expected = by_hand.percentile(sample[values], percent)
                assert found == (None if expected is None else pytest.approx(expected))


def _compare_lists(scope: Scope, table: Mapping[str, Any]) -> None:
    """Each number of the total and of the first row equals the length of its list."""
    for measure in DEFINITIONS:
        of_all = {**table["total"], **table["promises"]}
        _compare_list(scope, measure.code, None, of_all)
        if table["items"] and measure.day not in CITIZENS_VIEW:
            row = table["items"][0]
            _compare_list(scope, measure.code, row["agency"], row)


def _compare_list(scope: Scope, code: str, agency: Any, row: Mapping[str, Any]) -> None:
    listed = next(measure.listed for measure in DEFINITIONS if measure.code == code)
    found = lists.behind(scope, code, agency, cursor=None, limit=200)
    number = row[listed].n if listed.startswith("hours_") else row[listed]
    assert found.count == number, code
    assert len(found.items) == found.count - found.restricted, code
    assert not any(one.assignment.report.restricted for one in found.items)
    for share, part in (
        ("due", "met"),
        ("due_with_extensions", "met_with_extensions"),
        ("acknowledgements_due", "acknowledged_on_time"),
    ):
        if code == share and not found.restricted:
            assert sum(one.met is True for one in found.items) == row[part]
            assert all(one.met is not None for one in found.items)


def _compare_backlog(backlog: Mapping[str, Any], table: Mapping[str, Any]) -> None:
    held = {row["agency"].code: row for row in table["items"] if row["open"]}
    assert {row["agency"].code for row in backlog["items"]} == set(held)
    for row in backlog["items"]:
        now, figures = row["backlog"], held[row["agency"].code]
        assert (now.open, now.overdue, now.paused) == (
            figures["open"],
            figures["overdue"],
            figures["paused"],
        )
        assert sum(bucket.count for bucket in now.age) == now.open
        assert sum(bucket.count for bucket in now.overdue_for) == now.overdue


def test_one_agency_shows_the_same_row_and_rank_as_the_table(app: Flask) -> None:
    province = rows.settle(NOW)
    day = timedelta(days=1)
    met = Held(
        "long-hoa", NOW - 5 * day, NOW - day, NOW - day, NOW - 4 * day,
        outcome="resolved", ended_at=NOW - 2 * day, acknowledged_at=NOW - 4 * day, worked=0.5,
    )  # fmt: skip
    missed = replace(met, agency="tan-ninh", ended_at=NOW)
    rows.write(
        province,
        [
            Filed([replace(one)], promised_by=NOW, category=category)
            for one in (met, missed)
            for category in ("den-duong", "rac", None)
            for _ in range(2)
        ],
    )
    scope = scope_of({}, NOW, ZONE)
    table = {row["agency"].code: row for row in service.table(scope)["items"]}
    assert (table["long-hoa"]["rank"], table["tan-ninh"]["rank"]) == (1, 2)
    assert table["so-xay-dung"]["rank"] is None
    for code in AGENCIES:
        row = service.one_agency(scope, province.agencies[code])
        figures = table[code].keys() - {"agency"}
        assert {name: row[name] for name in figures} == {
            name: table[code][name] for name in figures
        }
        assert sum(part["due"] for part in row["by_category"]) == row["due"]
    one = service.one_agency(scope, province.agencies["long-hoa"])
    assert [part["received"] for part in one["by_category"]] == [2, 2, 2]
    assert one["hours_to_resolve"].elapsed.median == 72
    assert one["hours_to_resolve"].working.median == 36


def test_local_midnight_begins_the_new_day(app: Flask) -> None:
    """A deadline at 00:00 in Vietnam is the new day's, a microsecond before the old day's."""
    province = rows.settle(NOW)
    midnight, day = NOW - timedelta(days=1), (NOW - timedelta(days=1)).astimezone(ZONE).date()
    for deadline in (midnight, midnight - timedelta(microseconds=1)):
        held = Held("long-hoa", NOW - timedelta(days=3), deadline, deadline, acknowledge_by=NOW)
        rows.write(province, [Filed([held], promised_by=deadline)])
    for first, last in ((day, day), (day - timedelta(days=1), day - timedelta(days=1))):
        table = service.table(scope_of({"first": first, "last": last}, NOW, ZONE))
        assert table["total"]["due"] == 1
        assert table["promises"]["promises_due"] == 1


def test_an_extension_moves_the_rate_beside_the_headline_and_not_the_headline(app: Flask) -> None:
    province = rows.settle(NOW)
    own, longer = NOW - timedelta(days=2), NOW - timedelta(days=1)
    held = Held(
        "long-hoa",
        NOW - timedelta(days=4),
        own,
        longer,
        acknowledge_by=own,
        outcome="resolved",
        ended_at=longer,
        acknowledged_at=own,
        worked=1.0,
        extensions=1,
    )
    rows.write(province, [Filed([held], promised_by=own)])
    total = service.table(scope_of({}, NOW, ZONE))["total"]
    assert (total["on_time_rate"], total["on_time_rate_with_extensions"]) == (0, 1)
    assert total["extended"] == 1
