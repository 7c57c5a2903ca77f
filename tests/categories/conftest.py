"""Categories on two levels, with questions of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from reports_service.accounts import service as accounts
from reports_service.agencies import service as agencies
from reports_service.agencies.models import AgencyKind
from reports_service.categories import service
from reports_service.categories.models import Category
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.domain.roles import Role

OPTIONS = [
    {"code": "dien", "vi": "Điện", "en": "Electricity"},
    {"code": "nuoc", "vi": "Nước", "en": "Water"},
]


def question(code: str, kind: str, **values: Any) -> dict[str, Any]:
    """An extra question as administrators write it."""
    options = OPTIONS if kind in ("choice", "multi_choice") else []
    label = {"vi": f"Câu hỏi {code}", "en": f"Question {code}"}
    plain = {"code": code, "kind": kind, "label": label, "required": False, "options": options}
    return plain | values


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Rolled back revisions would let an earlier test's categories pass for this one's."""
    Snapshot.forget_all()
    yield
    Snapshot.forget_all()


@pytest.fixture
def category() -> Callable[..., Category]:
    """Call it with a code and what else it says: a saved category."""

    def saved(code: str, parent: str | None = None, **values: Any) -> Category:
        plain: dict[str, Any] = {
            "code": code,
            "parent": parent,
            "names": {"vi": f"Loại {code}", "en": f"Kind {code}"},
            "descriptions": {"vi": "Mô tả", "en": "Description"},
            "keywords": [],
            "questions": [],
        }
        added = service.add(SYSTEM, plain | values)
        Snapshot.forget_all()
        return added

    return saved


@pytest.fixture
def signed_in() -> Callable[[Role], dict[str, str]]:
    """Call it with a role: the headers of a session of such an account."""

    def headers(role: Role) -> dict[str, str]:
        agency = None
        if role in (Role.OFFICER, Role.HEAD):
            names = {"vi": "Sở Xây dựng", "en": "Department of Construction"}
            plain = {"code": "so-xay-dung", "names": names, "kind": AgencyKind.DEPARTMENT}
            agency = agencies.add(SYSTEM, plain).code
        values = {"name": "An", "language": "vi", "password": "long enough to try"}
        place = {"email": f"{role}@categories.example", "role": role, "agency": agency}
        account = accounts.add(SYSTEM, values | place)
        db.session.flush()
        return {"Authorization": f"Bearer {accounts.sign_in(account, timedelta(hours=1)).token}"}

    return headers
