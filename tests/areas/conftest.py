"""A small province of squares, which administrators may change."""

from __future__ import annotations

import pytest

from reports_service.areas import importing
from tests.memory import nothing_remembered
from tests.province import SEEDS

__all__ = ["nothing_remembered"]


@pytest.fixture
def demo_province() -> int:
    """Tây Ninh as a mosaic; how many areas."""
    return importing.draw_demo(SEEDS, committees={})
