"""A province after the end of a month with some work in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.statistics import rows
from tests.statistics.closing import october
from tests.statistics.rows import Filed, Province
from tests.statistics.typical import SETTLED


@pytest.fixture
def province(moved_clock: Callable[[datetime], None]) -> Province:
    moved_clock(october.NOW)
    return rows.settle(SETTLED)


@pytest.fixture
def work(province: Province) -> list[Filed]:
    return october.some_work(province)
