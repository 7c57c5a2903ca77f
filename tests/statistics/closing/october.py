"""A month of work that has ended, and what may still happen to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reports_service.accounts.models import Account
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.domain.roles import Role
from reports_service.reports.models import Assignment
from reports_service.statistics.closing.months import Month
from tests.statistics import rows, typical
from tests.statistics.rows import Filed, Province
from tests.statistics.typical import DAY

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OCTOBER = Month(2026, 10)
IN_OCTOBER = datetime(2026, 10, 14, 3, tzinfo=UTC)
NOW = datetime(2026, 11, 12, 3, tzinfo=UTC)  # a Thursday


def resolved(
    agency: str = "long-hoa", at: datetime = IN_OCTOBER, *, late: bool = False, **more: Any
) -> Filed:
    """A report due at ``at``, resolved an hour before, or after it."""
    held = typical.resolved(agency, late, at, **more)
    return Filed([held], promised_by=at, status="closed", resolved_at=held.ended_at)


def still_open(agency: str = "long-hoa", at: datetime = IN_OCTOBER, **more: Any) -> Filed:
    """A report that was due at ``at`` and is open."""
    return Filed([typical.still_open(agency, at, at - 4 * DAY)], promised_by=at, **more)


def some_work(province: Province, at: datetime = IN_OCTOBER) -> list[Filed]:
    """Eight assignments due in the month: six at one committee, a few elsewhere."""
    filed = [resolved(at=at) for _ in range(5)]
    filed += [resolved(at=at, late=True), resolved("so-xay-dung", at), still_open("tan-ninh", at)]
    rows.write(province, filed)
    db.session.commit()
    return filed


def assignment_of(filed: Filed) -> Assignment:
    """The row of its only assignment."""
    return db.session.scalars(select(Assignment).where(Assignment.report_id == filed.id)).one()


def account(name: str, role: Role, agency_id: int | None = None, language: str = "vi") -> Account:
    """An account that mail can reach."""
    made = Account(
        email=f"{name}@demo.example",
        name=name.title(),
        role=role,
        agency_id=agency_id,
        language=language,
        password_hash="-",
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    return made
