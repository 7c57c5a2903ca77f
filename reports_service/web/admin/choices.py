"""What administrators choose from: agencies, categories, areas and the codes of the trade."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select

from reports_service.agencies import service as agencies
from reports_service.areas import service as areas
from reports_service.categories import service as categories
from reports_service.core.db import db
from reports_service.core.words import LANGUAGES, named, say
from reports_service.sla import ladders
from reports_service.web.admin.inputs import Options


def codes(values: Iterable[Any], prefix: str) -> Callable[[str], Options]:
    """Codes of the trade, each said by the words ``prefix`` and the code name."""
    return lambda language: [(str(one), say(f"{prefix}{one}", language)) for one in values]


def all_agencies(language: str) -> Options:
    """Agencies that can be given work, by name."""
    return _by_name(db.session.scalars(agencies.listing()), language)


def all_categories(language: str) -> Options:
    """Categories that go on, each below its parent."""
    known = {one.id: one for one in db.session.scalars(categories.listing()).unique()}

    def path(one: Any) -> tuple[str, ...]:
        above = path(known[one.parent_id]) if one.parent_id in known else ()
        return (*above, named(one.names, language))

    return [(one.code, " › ".join(path(one))) for one in sorted(known.values(), key=path)]


def all_areas(language: str) -> Options:
    """Areas that go on, by name."""
    return _by_name(db.session.scalars(areas.listing()).unique(), language)


def all_ladders(language: str) -> Options:
    """Ladders that go on, by name."""
    return _by_name(db.session.scalars(ladders.listing()), language)


def all_languages(_: str) -> Options:
    """The languages that notices are written in."""
    return [(one, {"vi": "Tiếng Việt", "en": "English"}[one]) for one in LANGUAGES]


def _by_name(rows: Iterable[Any], language: str) -> Options:
    return sorted(
        ((one.code, named(one.names, language)) for one in rows), key=lambda pair: pair[1]
    )


def names_of(model: Any, language: str) -> dict[str, str]:
    """Names by code of all rows of a kind, ended ones too."""
    rows = db.session.execute(select(model.code, model.names))
    return {code: named(names, language) for code, names in rows}
