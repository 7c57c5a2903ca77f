"""What tests of notices share."""

from __future__ import annotations

import pytest

from tests.notifications.province import Province, found_province


@pytest.fixture
def province() -> Province:
    """The small province, its report filed by somebody with an address."""
    return found_province()
