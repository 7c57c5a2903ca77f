"""Nothing that an earlier test's rolled back rows left in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reports_service.core.reference import Snapshot


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    Snapshot.forget_all()
    yield
    Snapshot.forget_all()
