"""Events that are older than the feed of changes: told first, once each, none of them lost."""

from __future__ import annotations

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, select

from reports_service import create_app
from reports_service.core.db import db, unit_of_work
from reports_service.reports import changes
from reports_service.reports.models import Change, Event, OldEvents
from tests.databases import Databases
from tests.exports.test_changes import apply, file_quickly, follow, pages
from tests.personas import Caller, People

OLD = 5


@pytest.fixture(scope="module")
def province_template(databases: Databases, province_template: str) -> str:
    """A province whose events were there when the feed came into the world."""
    databases.add_template("old_events", file_before_the_feed, of=province_template)
    return "old_events"


def file_before_the_feed(url: str) -> None:
    app = create_app("test", SQLALCHEMY_DATABASE_URI=url)
    with app.app_context():
        for _ in range(OLD):
            file_quickly(app)
        db.session.rollback()
        flask_migrate.downgrade(revision="0002")
        flask_migrate.upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def old_events(live_province: Flask) -> list[int]:
    """The ids of these events."""
    return list(db.session.scalars(select(Event.id).order_by(Event.id)))


def told() -> list[int]:
    """The events that have a place, in the order of their places."""
    return list(db.session.scalars(select(Change.event_id).order_by(Change.number)))


def place(at_once: int) -> None:
    with unit_of_work():
        changes.place_waiting(at_once)


def test_the_migration_itself_tells_of_none(old_events: list[int]) -> None:
    assert len(old_events) == OLD
    assert told() == []
    assert changes.any_waiting()


def test_all_of_them_are_told_once_before_what_is_new(
    live_province: Flask, old_events: list[int], people: People, machine: Caller
) -> None:
    new = people.file()
    found = follow(machine)
    assert len(found) == OLD + 1 == len(apply(found))
    assert found[-1]["report"] == new.code
    assert told()[:OLD] == old_events
    assert follow(machine, pages(machine)[-1]["next_cursor"]) == []


def test_they_are_placed_a_few_at_a_time_and_gone_on_with(
    live_province: Flask, old_events: list[int]
) -> None:
    for placed in (2, 4):
        place(2)
        assert told() == old_events[:placed]
        assert changes.any_waiting()
    file_quickly(live_province)
    place(2)
    assert told() == old_events
    place(2)
    newest = db.session.scalar(select(func.max(Event.id)))
    assert told() == [*old_events, newest]
    assert not changes.any_waiting()


def test_as_many_as_are_placed_at_once_are_the_end_too(old_events: list[int]) -> None:
    place(OLD)
    place(OLD)
    assert told() == old_events
    assert not changes.any_waiting()


def test_what_waits_by_itself_is_not_told_as_old_too(
    live_province: Flask, old_events: list[int]
) -> None:
    """Its id was drawn before the feed was there, and its commit came after."""
    file_quickly(live_province)
    with unit_of_work():
        late = db.session.scalar(select(func.max(Event.id)))
        db.session.get_one(OldEvents, 1).up_to = late
    while changes.any_waiting():
        place(2)
    assert told() == [*old_events, late]


def test_a_page_says_that_old_events_are_to_come(old_events: list[int], machine: Caller) -> None:
    place(1)
    assert [page["more"] for page in pages(machine, limit=2)][-1] is False
    assert len(told()) == OLD


def test_an_empty_database_has_no_old_events(live_database: Flask) -> None:
    assert db.session.scalar(select(func.count()).select_from(OldEvents)) == 0
