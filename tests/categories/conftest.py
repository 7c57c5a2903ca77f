"""Categories on two levels, with questions of every kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reports_service.categories import service
from reports_service.categories.models import Category
from reports_service.core.auth import SYSTEM
from reports_service.core.reference import Snapshot
from tests.memory import nothing_remembered

__all__ = ["nothing_remembered"]
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
