"""A calendar, categories on two levels, and policies to choose from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reports_service.categories.models import Category
from reports_service.core import clock
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db
from reports_service.sla import calendars, policies
from reports_service.sla.models import Calendar, Policy
from tests.memory import nothing_remembered

__all__ = ["nothing_remembered"]
OFFICE_HOURS = [["07:30", "11:30"], ["13:30", "17:00"]]
OFFICE_WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), OFFICE_HOURS)
NAMES = {"vi": "Thử", "en": "Trial"}
THREE_DAYS = {"amount": 3, "unit": "working_days"}


@pytest.fixture
def office() -> Calendar:
    """The calendar in force: office hours from Monday to Friday."""
    return calendars.add(SYSTEM, {"code": "office", "names": NAMES, "weekly": OFFICE_WEEK})


@pytest.fixture
def policy() -> Callable[..., Policy]:
    """Call it with a code and conditions: a policy of three working days."""

    def added(code: str, **values: Any) -> Policy:
        plain = {
            "code": code,
            "names": NAMES,
            "acknowledge": {"amount": 8, "unit": "working_hours"},
            "resolve": THREE_DAYS,
            "extension_longest": THREE_DAYS,
        }
        return policies.add(SYSTEM, {**plain, **values})

    return added


@pytest.fixture
def category() -> Callable[..., Category]:
    """Call it with a code and, for one on the second level, its parent."""

    def added(code: str, parent: Category | None = None) -> Category:
        row = Category(
            code=code,
            names=NAMES,
            descriptions={},
            keywords=[],
            questions=[],
            parent_id=parent.id if parent else None,
            created_at=clock.now(),
        )
        db.session.add(row)
        db.session.flush()
        return row

    return added
