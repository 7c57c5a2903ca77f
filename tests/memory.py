"""What a process remembers of the database, forgotten: fixtures that a folder's conftest takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reports_service.core.reference import Snapshot


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Rolled back revisions would let an earlier test's rows pass for this one's."""
    Snapshot.forget_all()
    yield
    Snapshot.forget_all()


@pytest.fixture(scope="module", autouse=True)
def fresh_memory() -> Iterator[None]:
    """Nothing of another folder's database is remembered, and nothing is left to it."""
    Snapshot.forget_all()
    yield
    Snapshot.forget_all()


@pytest.fixture
def edits_reference() -> Iterator[None]:
    """For tests that change rules, categories, calendars: what was changed is forgotten after."""
    yield
    Snapshot.forget_all()
