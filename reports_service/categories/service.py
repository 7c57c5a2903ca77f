"""Categories: found, suggested from words, added, changed, ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from reports_service.categories.answers import answers_snapshot, check_questions
from reports_service.categories.book import REFERENCE, CategoryBook, CategoryFacts, book
from reports_service.categories.models import Category
from reports_service.core import audit, clock, endings, reference
from reports_service.core.auth import Actor
from reports_service.core.codes import named
from reports_service.core.db import db
from reports_service.domain import suggestion
from reports_service.domain.errors import Conflict, Invalid, NotFound
from reports_service.domain.text import fold

__all__ = [
    "REFERENCE",
    "CategoryBook",
    "CategoryFacts",
    "Suggestion",
    "active",
    "add",
    "answers_snapshot",
    "book",
    "bring_back",
    "by_code",
    "change",
    "end",
    "listing",
    "serving",
    "suggest",
    "with_children",
]


class CategoryUnknown(NotFound):
    """No category has this code, or it has ended."""

    code = "category_unknown"


class CategoryExists(Conflict):
    """The code is taken, perhaps by a category that has ended."""

    code = "category_exists"


class CategoryTooDeep(Invalid):
    """The tree has two levels."""

    code = "category_too_deep"


class CategoryHasChildren(Conflict):
    """A category ends after those below it."""

    code = "category_has_children"


@dataclass(frozen=True)
class Suggestion:
    """A category that may be meant, and the words that say so."""

    category: CategoryFacts
    score: float
    matched: tuple[str, ...]


def active(code: str) -> CategoryFacts:
    """The category with this code, if reports are taken under it. Raises ``CategoryUnknown``."""
    category = book().by_code(code)
    if category is None or not category.serves(clock.now()):
        raise CategoryUnknown(field="category", category=code)
    return category


def with_children(code: str) -> set[int]:
    """The ids of a category and all below it, ended ones too. Raises ``CategoryUnknown``."""
    ids = book().with_descendants(code)
    if not ids:
        raise CategoryUnknown(field="category", category=code)
    return ids


def serving(sought: str | None = None) -> list[CategoryFacts]:
    """What can be reported, or what of it is named like ``sought``, marks and case aside."""
    found = book().serving(clock.now())
    if not sought:
        return found
    wanted = fold(sought)
    return [one for one in found if any(wanted in fold(word) for word in _words(one))]


def suggest(text: str, language: str, limit: int = 3) -> list[Suggestion]:
    """What may be meant, best first; only categories that reports are taken under."""
    categories = book()
    now = clock.now()
    serving_ids = {one.id: len(one.path) for one in categories if one.serves(now)}
    keywords = {key: categories.keywords[key] for key in serving_ids}
    found = suggestion.suggest(text, keywords, serving_ids)
    suggested = []
    for one in found[:limit]:
        category = categories.by_id(one.key)
        assert category is not None
        suggested.append(Suggestion(category, one.score, one.matched))
    return suggested


def listing() -> Select[Category]:
    """All categories that have not ended, for administrators."""
    return (
        select(Category)
        .where(or_(Category.ended_at.is_(None), Category.ended_at > clock.now()))
        .options(joinedload(Category.parent))
    )


def by_code(code: str) -> Category:
    """The row with this code, ended or not. Raises ``CategoryUnknown``."""
    category = db.session.scalar(
        select(Category).where(Category.code == code).options(joinedload(Category.parent))
    )
    if category is None:
        raise CategoryUnknown(field="category", category=code)
    return category


def add(actor: Actor, values: Mapping[str, Any]) -> Category:
    """A new category; ``parent`` is a code or None.

    Raises ``CategoryExists``, ``CategoryTooDeep``, ``CategoryUnknown`` for the parent, and
    ``QuestionRefused``.
    """
    if db.session.scalar(select(Category.id).where(Category.code == values["code"])):
        raise CategoryExists(category=values["code"])
    category = Category(created_at=clock.now(), **_columns(values))
    db.session.add(category)
    audit.record(actor, "added", "category", category.code, **values)
    _changed()
    return category


def change(actor: Actor, code: str, values: Mapping[str, Any]) -> Category:
    """Other names, questions or limits, for reports to come. Raises as ``add`` does."""
    category = by_code(code)
    before = {name: _plain(category, name) for name in values}
    columns = _columns(values, category)
    for name, value in columns.items():
        setattr(category, name, value)
    audit.record(actor, "changed", "category", code, before=before, after=dict(values))
    _changed()
    return category


def end(actor: Actor, code: str, at: datetime | None = None) -> Category:
    """End a category: it takes nothing new. Raises ``CategoryHasChildren``."""
    category = by_code(code)
    ends_at = at or clock.now()
    below = listing().where(Category.parent_id == category.id)
    if any(one.ended_at is None or one.ended_at > ends_at for one in db.session.scalars(below)):
        raise CategoryHasChildren(category=code)
    category.ended_at = ends_at
    audit.record(actor, "ended", "category", code, at=ends_at.isoformat())
    _changed()
    return category


def bring_back(actor: Actor, code: str) -> Category:
    """Take an end back: reports are taken under it again.

    Raises ``CategoryUnknown``, ``HasNotEnded``, and ``NeededHasEnded`` where the one above has
    ended or is to end: none outlives what it is part of.
    """
    category = by_code(code)
    endings.take_back(actor, "category", category, code)
    if category.parent is not None and category.parent.ended_at is not None:
        raise endings.NeededHasEnded(key=code, what="needed_parent", needed=category.parent.code)
    _changed()
    return category


def _columns(values: Mapping[str, Any], category: Category | None = None) -> dict[str, Any]:
    columns = {name: value for name, value in values.items() if name != "parent"}
    check_questions(values.get("questions", ()))
    if "parent" in values:
        columns["parent"] = _parent(values["parent"], category) if values["parent"] else None
    return columns


def _going_on(code: str) -> Category:
    category = by_code(code)
    if category.ended_at is not None and category.ended_at <= clock.now():
        raise CategoryUnknown(field="category", category=code)
    return category


def _parent(code: str, child: Category | None) -> Category:
    parent = named(_going_on, code, field="parent")
    has_children = child is not None and db.session.scalar(
        select(Category.id).where(Category.parent_id == child.id)
    )
    if parent.parent_id is not None or has_children or parent is child:
        raise CategoryTooDeep(field="parent", category=code)
    return parent


def _plain(category: Category, name: str) -> Any:
    value = getattr(category, name)
    return value.code if isinstance(value, Category) else value


def _words(facts: CategoryFacts) -> tuple[str, ...]:
    return (*facts.names.values(), *facts.keywords, facts.code)


def _changed() -> None:
    db.session.flush()
    reference.changed(REFERENCE)
