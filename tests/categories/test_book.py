"""The tree of categories in memory: found, suggested, ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from reports_service.categories import service
from reports_service.categories.models import Category
from reports_service.core import clock
from reports_service.core.auth import SYSTEM
from reports_service.core.reference import Snapshot
from tests.statements import statements

NewCategory = Callable[..., Category]


@pytest.fixture(autouse=True)
def tree(category: NewCategory) -> None:
    category("streets", keywords=["hạ tầng"])
    category("lights", "streets", keywords=["đèn đường", "đèn tắt"], position=2)
    category("roads", "streets", keywords=["ổ gà", "đường hư"], position=1)
    category("waste", keywords=["rác"])


def test_a_path_runs_from_the_category_to_its_parent() -> None:
    book = service.book()
    lights, streets = book.by_code("lights"), book.by_code("streets")
    assert lights and streets
    assert lights.path == (lights.id, streets.id)
    assert book.by_id(lights.id) is lights
    assert book.by_code("nowhere") is None


def test_a_category_counts_with_all_below_it() -> None:
    book = service.book()
    codes = {one.code for one in book if one.id in book.with_descendants("streets")}
    assert codes == {"streets", "lights", "roads"}
    assert book.with_descendants("nowhere") == set()
    with pytest.raises(service.CategoryUnknown):
        service.with_children("nowhere")


def test_parents_come_before_children_and_these_in_their_order() -> None:
    assert [one.code for one in service.serving()] == ["streets", "waste", "roads", "lights"]


def test_an_ended_category_is_read_still_and_takes_nothing_new(
    moved_clock: Callable[[datetime], None],
) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    service.end(SYSTEM, "lights", tomorrow)
    Snapshot.forget_all()
    assert service.active("lights").code == "lights"
    moved_clock(tomorrow)
    with pytest.raises(service.CategoryUnknown):
        service.active("lights")
    assert service.book().by_code("lights") is not None
    assert "lights" not in [one.code for one in service.serving()]
    assert service.suggest("đèn đường tắt", "vi") == []


@pytest.mark.parametrize("text", ["Đèn đường tắt ba đêm", "DEN DUONG tat ba dem"])
def test_words_suggest_a_category_with_marks_or_without(text: str) -> None:
    best = service.suggest(text, "vi")[0]
    assert (best.category.code, best.matched) == ("lights", ("đèn đường",))
    assert best.score > 0


def test_at_most_as_many_are_suggested_as_asked_for() -> None:
    text = "rác, ổ gà, đèn đường, hạ tầng"
    assert len(service.suggest(text, "vi")) == 3
    assert len(service.suggest(text, "vi", limit=1)) == 1


def test_the_name_of_a_category_suggests_it() -> None:
    assert service.suggest("kind waste", "en")[0].category.code == "waste"


def test_reading_asks_the_database_nothing_once_it_is_warm() -> None:
    service.book()
    with statements() as sent:
        service.suggest("rác trước nhà", "vi")
        service.serving("rac")
        service.active("waste")
    assert sent == []
