"""Checking everything looks at closed months too: what was edited in them is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from reports_service.core.auth import SYSTEM
from reports_service.core.db import db
from reports_service.statistics.closing import freezing, service
from reports_service.statistics.closing.models import ClosedPeriod, PeriodCorrection
from reports_service.statistics.verification import closed, wording
from reports_service.statistics.verification.differences import Difference, Kind
from tests.statistics import rows
from tests.statistics.closing import october
from tests.statistics.closing.october import OCTOBER, ZONE
from tests.statistics.rows import Filed, Province


@pytest.fixture
def period(work: list[Filed]) -> ClosedPeriod:
    return service.close(SYSTEM, OCTOBER, ZONE)


def found() -> list[Difference]:
    db.session.expire_all()
    return list(closed.other_months(ZONE))


def missed_after_all(province: Province, filed: Filed) -> None:
    row = october.assignment_of(filed)
    row.resolved_at = row.ended_at = october.IN_OCTOBER + timedelta(hours=2)
    db.session.commit()
    rows.write(province, [])


def test_a_closed_month_as_it_was_frozen_is_in_order(period: ClosedPeriod) -> None:
    assert found() == []


@pytest.mark.parametrize("hashed_anew", [False, True])
def test_what_was_edited_is_named_also_with_its_hash(
    period: ClosedPeriod, hashed_anew: bool
) -> None:
    content = period.content.replace('"met":6', '"met":8')
    assert content != period.content
    values: dict[str, Any] = {"content": content}
    if hashed_anew:
        values["sha256"] = freezing.digest(content.encode())
    db.session.execute(update(ClosedPeriod).values(**values))
    (named,) = found()
    assert (named.kind, named.month, named.correction) == (Kind.CLOSED_EDITED, "2026-10", 0)
    assert wording.about(named, "vi") == "Tháng đã chốt 10/2026:"


def test_figures_that_changed_lawfully_are_no_fault(
    province: Province, work: list[Filed], period: ClosedPeriod
) -> None:
    missed_after_all(province, work[0])
    (named,) = found()
    assert named.kind is Kind.CLOSED_DIFFERS
    assert named.found > 0
    assert "chưa có đính chính" in wording.sentence(named, "vi", ZONE)


def test_the_reason_of_a_correction_is_sealed_too(
    province: Province, work: list[Filed], period: ClosedPeriod
) -> None:
    missed_after_all(province, work[0])
    service.correct(SYSTEM, OCTOBER, "Nhập muộn", ZONE)
    assert found() == []
    db.session.execute(update(PeriodCorrection).values(reason="Đúng hạn cả"))
    (named,) = found()
    assert (named.kind, named.correction) == (Kind.CLOSED_EDITED, 1)


def test_a_closed_month_that_was_removed_is_missed(period: ClosedPeriod) -> None:
    db.session.execute(delete(ClosedPeriod))
    (named,) = found()
    assert (named.kind, named.month) == (Kind.CLOSED_MISSING, "2026-10")


def test_a_correction_that_was_removed_is_missed(
    province: Province, work: list[Filed], period: ClosedPeriod
) -> None:
    missed_after_all(province, work[0])
    service.correct(SYSTEM, OCTOBER, "Nhập muộn", ZONE)
    db.session.execute(delete(PeriodCorrection))
    db.session.expire_all()
    lost = next(one for one in found() if one.kind is Kind.CORRECTION_LOST)
    assert (lost.month, lost.correction) == ("2026-10", 1)
    assert wording.sentence(lost, "en", ZONE) != wording.sentence(lost, "vi", ZONE)
