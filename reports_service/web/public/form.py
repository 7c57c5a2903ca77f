"""The form that narrows the public list and map: its choices, and what is chosen in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import request

from reports_service.agencies import service as agencies
from reports_service.areas import service as areas
from reports_service.areas.models import Level
from reports_service.categories import service as categories
from reports_service.core.db import db
from reports_service.core.words import named, say
from reports_service.domain.text import fold
from reports_service.reports.published import State
from reports_service.web.public import asked
from reports_service.web.public.asked import Since

Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Chosen:
    """A filter that is set, in words, and this page without it."""

    words: str
    without: str


def form(language: str) -> dict[str, Any]:
    """What the form needs: fields as they came, choices, and what is chosen."""
    given = asked.given()
    options = {
        "state": [(str(one), say(f"public_state_{one}", language)) for one in State],
        "category": category_options(language),
        "area": area_options(language),
        "agency": agency_options(language),
        "period": [(str(one), say(f"public_since_{one}", language)) for one in Since],
    }
    return {
        "given": {"period": Since.QUARTER.value, **given},
        "options": options,
        "chosen": list(_chosen(given, options, language)),
        "more": bool(given.keys() - {"q", "bbox"}),
        "action": request.path,
    }


def category_options(language: str) -> Options:
    """What can be reported: each parent before those below it."""
    serving = categories.serving()
    tops = [one for one in serving if one.parent_id is None]
    return [
        (one.code, prefix + named(one.names, language))
        for top in tops
        for prefix, one in (
            ("", top),
            *(("– ", child) for child in serving if child.parent_id == top.id),
        )
    ]


def area_options(language: str) -> Options:
    """The communes of today by their names."""
    communes = (one for one in areas.present().places.values() if one.level == Level.COMMUNE)
    return _sorted([(one.code, named(one.names, language)) for one in communes])


def agency_options(language: str) -> Options:
    """The agencies that have not ended, by their names."""
    found = db.session.scalars(agencies.listing())
    return _sorted([(one.code, named(one.names, language)) for one in found])


def _sorted(options: Options) -> Options:
    return sorted(options, key=lambda option: fold(option[1]))


def _chosen(given: dict[str, str], options: dict[str, Options], language: str) -> Iterator[Chosen]:
    for name, value in given.items():
        words = dict(options.get(name, ())).get(value, value).removeprefix("– ")
        if name == "bbox":
            words = say("public_in_view", language)
        elif name in ("q", "from", "to"):
            words = say(f"public_chosen_{name}", language, value=value)
        yield Chosen(words, asked.with_filters(request.path, **{name: None}))
