"""Nothing that an earlier test's rolled back rows left in memory; a province, and its leader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from reports_service.domain.roles import Role
from tests.memory import nothing_remembered
from tests.sessions import signed_in
from tests.statistics import rows
from tests.statistics.rows import Province
from tests.statistics.typical import NOW, SETTLED

__all__ = ["nothing_remembered"]


@pytest.fixture
def province(moved_clock: Callable[[datetime], None]) -> Province:
    """A small province, looked at on 4 December 2026 at 11:00 in Vietnam."""
    moved_clock(NOW)
    return rows.settle(SETTLED)


@pytest.fixture
def leader(province: Province) -> dict[str, str]:
    """The headers of a leader's session."""
    return signed_in(Role.LEADER)
