"""What the centre's triage and a head's re-classification are in the figures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from reports_service.core.db import db
from reports_service.reports.models import Assignment, Report
from tests.monday import Clock
from tests.personas import LIGHTS, MONDAY, UNSORTED, Filed, People


def assignments(filed: Filed) -> list[Assignment]:
    """The assignments of a report, first to last."""
    code = filed.code.replace("-", "")
    query = select(Assignment).join(Report, Assignment.report_id == Report.id)
    return list(db.session.scalars(query.where(Report.code == code).order_by(Assignment.number)))


@pytest.fixture
def unsorted(people: People) -> Filed:
    """A report that no rule could place."""
    return people.file(**UNSORTED)


def test_finding_the_right_agency_is_the_centres_result_and_is_timed(
    people: People, unsorted: Filed, clock_at: Clock
) -> None:
    clock_at(MONDAY + timedelta(hours=2))
    people.operator.does(unsorted.code, "assignment", {"agency": LIGHTS, "reason": "đúng nơi"})
    triage, handling = assignments(unsorted)
    assert (triage.outcome, triage.triage) == ("triaged", True)
    assert triage.resolve_working_s == triage.acknowledge_working_s == 2 * 3600
    assert (handling.outcome, handling.resolve_working_s) == (None, None)


def test_rejecting_is_the_centres_result_too(
    people: People, unsorted: Filed, clock_at: Clock
) -> None:
    clock_at(MONDAY + timedelta(hours=1))
    people.operator.does(unsorted.code, "rejection", {"reason": "Không phải phản ánh"})
    (triage,) = assignments(unsorted)
    assert (triage.outcome, triage.resolve_elapsed_s) == ("rejected", 3600)


def test_reclassifying_a_new_report_to_an_agency_is_triage(people: People, unsorted: Filed) -> None:
    people.operator.does(unsorted.code, "classification", {"category": "den-duong"})
    assert [one.outcome for one in assignments(unsorted)] == ["triaged", None]


def test_a_head_who_reclassifies_a_report_away_transfers_it(people: People, filed: Filed) -> None:
    people.head.does(filed.code, "classification", {"category": "mat-duong"})
    assert [one.outcome for one in assignments(filed)] == ["transferred", None]


def test_an_operator_who_reclassifies_puts_right_what_was_not_the_agencys_doing(
    people: People, filed: Filed
) -> None:
    people.operator.does(filed.code, "classification", {"category": "mat-duong"})
    assert [one.outcome for one in assignments(filed)] == ["reclassified", None]
