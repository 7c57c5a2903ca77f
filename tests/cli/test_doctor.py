"""What the doctor finds where nobody notes changes for the feed any more."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from reports_service.cli.doctor import examine
from reports_service.core.db import db

LOST = {
    "sqlite": "DROP TRIGGER events_wait",
    "postgresql": "DROP TRIGGER events_wait ON events",
}
ASLEEP = "ALTER TABLE events DISABLE TRIGGER events_wait"  # SQLite cannot


def changes_noted() -> tuple[bool, str]:
    """Whether the doctor finds changes noted, and the words."""
    (found,) = (one for one in examine() if one.what == "changes")
    return found.well, found.words("en")


def test_the_doctor_sees_that_changes_are_noted(live_database: Flask) -> None:
    well, words = changes_noted()
    assert well
    assert words.startswith("✓ ")


def test_the_doctor_misses_a_lost_trigger(live_database: Flask) -> None:
    engine = db.engine.dialect.name
    for broken in [ASLEEP, LOST[engine]] if engine == "postgresql" else [LOST[engine]]:
        with db.engine.begin() as connection:
            connection.execute(text(broken))
        well, words = changes_noted()
        assert not well
        assert "events_wait" in words


@pytest.mark.parametrize(("url", "warned"), [("https://1022.example", True), ("http://x", False)])
def test_the_doctor_warns_of_demo_accounts_where_citizens_come(
    url: str, warned: bool, live_province: Flask
) -> None:
    live_province.config["PUBLIC_URL"] = url
    found = [one for one in examine() if one.what == "demo"]
    assert [one.well for one in found] == ([False] if warned else [])
