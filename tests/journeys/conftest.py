"""A journey runs on the demo province, from filing to figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.memory import nothing_remembered
from tests.monday import app

__all__ = ["app", "nothing_remembered"]

At = Callable[[str], None]


def local_moment(written: str) -> datetime:
    """``2026-04-22 09:00`` in Tây Ninh."""
    return datetime.fromisoformat(f"{written}+07:00")


@pytest.fixture
def at(moved_clock: Callable[[datetime], None]) -> At:
    """Move on to a local moment: ``at("2026-04-22 09:00")``."""

    def move(local: str) -> None:
        moved_clock(local_moment(local))

    return move
