"""A small province of squares, and administrators who may change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from reports_service.accounts import service as accounts
from reports_service.areas import importing
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.domain.roles import Role

SEEDS = Path(__file__).parents[2] / "config" / "seeds" / "tay_ninh"


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Rolled back revisions would let an earlier test's areas pass for this one's."""
    Snapshot.forget_all()
    yield
    Snapshot.forget_all()


@pytest.fixture
def demo_province() -> int:
    """Tây Ninh as a mosaic; how many areas."""
    return importing.draw_demo(SEEDS, committees={})


@pytest.fixture
def signed_in() -> Callable[[Role], dict[str, str]]:
    """Call it with a role: the headers of a session of such an account."""

    def headers(role: Role) -> dict[str, str]:
        account = accounts.add(
            SYSTEM,
            {
                "email": f"{role}@areas.example",
                "name": "An",
                "role": role,
                "agency": None,
                "language": "vi",
                "password": "long enough for a test",
            },
        )
        db.session.flush()
        from_now = accounts.sign_in(account, timedelta(hours=1))
        return {"Authorization": f"Bearer {from_now.token}"}

    return headers
