"""The tree of categories in memory, as every filing needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select

from reports_service.categories.models import Category
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.domain.routing import fold_word

REFERENCE = "categories"


@dataclass(frozen=True)
class CategoryFacts:
    """A category as it is read. ``path``: its id and its parent's, leaf first."""

    id: int
    code: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    parent_id: int | None
    path: tuple[int, ...]
    keywords: tuple[str, ...]
    questions: tuple[Mapping[str, Any], ...]
    visibility: str
    priority: str
    location_precision_m: int
    duplicate_radius_m: int
    after_photo: bool
    retention_days: int
    position: int
    ended_at: datetime | None

    def serves(self, at: datetime) -> bool:
        """Whether reports of this category are taken at that moment."""
        return self.ended_at is None or self.ended_at > at


class CategoryBook:
    """All categories, ended ones too: what was filed under them is read still."""

    def __init__(self, facts: Iterable[CategoryFacts]) -> None:
        self._by_code = {one.code: one for one in facts}
        self._by_id = {one.id: one for one in self._by_code.values()}

    def __iter__(self) -> Iterator[CategoryFacts]:
        return iter(self._by_code.values())

    def by_code(self, code: str) -> CategoryFacts | None:
        """The category with this code."""
        return self._by_code.get(code)

    def by_id(self, category_id: int) -> CategoryFacts | None:
        """The category with this id."""
        return self._by_id.get(category_id)

    def serving(self, at: datetime) -> list[CategoryFacts]:
        """Those that reports are taken under, parents before children."""
        found = [one for one in self if one.serves(at)]
        return sorted(found, key=lambda one: (len(one.path), one.position, one.code))

    def with_descendants(self, code: str) -> set[int]:
        """The ids of a category and of all below it; empty for an unknown code."""
        top = self._by_code.get(code)
        return {one.id for one in self if top and top.id in one.path}

    @cached_property
    def keywords(self) -> Mapping[int, tuple[tuple[str, str], ...]]:
        """Id -> (folded keyword, as written): names and keywords of each category."""
        return {
            one.id: tuple({fold_word(word): word for word in _said(one)}.items()) for one in self
        }


def _said(facts: CategoryFacts) -> Iterator[str]:
    yield from facts.keywords
    yield from facts.names.values()


def _load() -> CategoryBook:
    rows = db.session.scalars(select(Category)).all()
    parents = {row.id: row.parent_id for row in rows}
    return CategoryBook([_facts(row, parents) for row in rows])


def _facts(row: Category, parents: Mapping[int, int | None]) -> CategoryFacts:
    return CategoryFacts(
        id=row.id,
        code=row.code,
        names=row.names,
        descriptions=row.descriptions,
        parent_id=row.parent_id,
        path=tuple(_path(row.id, parents)),
        keywords=tuple(row.keywords),
        questions=tuple(row.questions),
        visibility=row.visibility,
        priority=row.priority,
        location_precision_m=row.location_precision_m,
        duplicate_radius_m=row.duplicate_radius_m,
        after_photo=row.after_photo,
        retention_days=row.retention_days,
        position=row.position,
        ended_at=row.ended_at,
    )


def _path(category_id: int, parents: Mapping[int, int | None]) -> Iterator[int]:
    here: int | None = category_id
    while here is not None:
        yield here
        here = parents.get(here)


BOOK = Snapshot(REFERENCE, load=_load)


def book() -> CategoryBook:
    """The categories as they were at most two seconds ago."""
    return BOOK.current()
