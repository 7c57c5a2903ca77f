"""Tests of exports run on the demo province, with its people signed in."""

from __future__ import annotations

import pytest

from tests.memory import fresh_memory
from tests.monday import app, clock_at, people
from tests.personas import Caller, People

__all__ = ["app", "clock_at", "fresh_memory", "people"]


@pytest.fixture
def machine(people: People) -> Caller:
    """Another system, whose key is for changes and exports."""
    body = {"name": "Trung tâm dữ liệu", "scopes": ["changes", "exports"]}
    key = people.admin.call("POST", "/admin/api-keys", json=body).json["key"]
    return Caller(people.client, f"Bearer {key}")
