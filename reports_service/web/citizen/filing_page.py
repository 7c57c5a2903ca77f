"""What the form of a report shows: kinds of matter, communes, questions, and what is near."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reports_service.areas import service as areas
from reports_service.areas.models import Level
from reports_service.attachments.inspection import Limits
from reports_service.categories import service as categories
from reports_service.categories.models import Visibility
from reports_service.categories.service import CategoryFacts
from reports_service.core.auth import Actor
from reports_service.core.words import catalogue, named
from reports_service.domain.text import fold
from reports_service.reports import nearby, presenting

# What the module of the page says by itself; the page carries the words, scripts have none.
SPOKEN: Final = (
    "filing_say_photo_ready",
    "filing_say_photo_working",
    "filing_say_photo_as_it_is",
    "filing_say_photo_bad",
    "filing_say_photo_many",
    "filing_say_photo_alt",
    "filing_say_remove",
    "filing_say_photo_place",
    "filing_say_use_photo_place",
    "filing_say_looking",
    "filing_say_found",
    "filing_say_found_roughly",
    "filing_say_outside",
    "filing_say_place_kept",
    "filing_say_denied",
    "filing_say_not_found",
    "filing_say_not_possible",
    "filing_say_map_away",
    "filing_say_search",
    "filing_say_search_hint",
    "filing_say_none_named_so",
    "filing_say_suggested",
    "filing_say_all_kinds",
    "filing_say_metres",
    "filing_say_no_photos",
    "filing_say_photos_count",
    "filing_say_anonymous",
    "filing_say_change",
    "filing_say_sending",
    "filing_say_draft",
    "filing_say_draft_go_on",
    "filing_say_draft_drop",
)


@dataclass(frozen=True)
class Kind:
    """A kind of matter to choose; ``sought`` are its words without marks, for the search."""

    code: str
    name: str
    about: str
    sought: str
    restricted: bool


@dataclass(frozen=True)
class Question:
    """An extra question as a field. ``options``: value, words, no hint."""

    name: str
    kind: str
    label: str
    options: list[tuple[str, str, None]]


def kinds(language: str) -> list[tuple[str, list[Kind]]]:
    """What can be reported, below the name of each group; a group itself is its last kind."""
    serving = categories.serving()
    below: dict[int | None, list[CategoryFacts]] = {}
    for one in serving:
        below.setdefault(one.parent_id, []).append(one)
    return [
        (
            named(top.names, language),
            [_kind(one, language) for one in (*below.get(top.id, ()), top)],
        )
        for top in below.get(None, ())
    ]


def _kind(facts: CategoryFacts, language: str) -> Kind:
    words = (*facts.names.values(), *facts.keywords)
    return Kind(
        facts.code,
        named(facts.names, language),
        named(facts.descriptions, language),
        " | ".join(dict.fromkeys(fold(word) for word in words)),
        facts.visibility == Visibility.RESTRICTED,
    )


def communes(language: str) -> list[tuple[str, str]]:
    """The communes of today, by name: code and name."""
    places = areas.present().places.values()
    found = [(p.code, named(p.names, language)) for p in places if p.level == Level.COMMUNE]
    return sorted(found, key=lambda one: fold(one[1].partition(" ")[2] or one[1]))


def questions(code: str, language: str) -> list[Question]:
    """The extra questions of a category; none for a code that there is not."""
    category = categories.book().by_code(code)
    return [_question(asked, language) for asked in (category.questions if category else ())]


def all_questions(language: str) -> dict[str, list[Question]]:
    """The questions of each category that has some."""
    asking = (one.code for one in categories.serving() if one.questions)
    return {code: questions(code, language) for code in asking}


def _question(asked: Mapping[str, Any], language: str) -> Question:
    options: Iterable[Mapping[str, str]] = asked.get("options", ())
    return Question(
        f"answers.{asked['code']}",
        asked["kind"],
        named(asked["label"], language),
        [(option["code"], named(option, language), None) for option in options],
    )


def near(point: tuple[float, float], code: str, language: str, limits: Limits) -> list[Any]:
    """Open reports of the same category near a point, as anybody may see them."""
    anybody = Actor(language=language)
    shown = []
    for one in nearby.open_near(*point, code or None, None):
        eye = presenting.onlooker(one.report, anybody, language, limits)
        metres = round(one.distance_m)
        shown.append({**presenting.summary(one.report, eye), "metres": metres})
    return shown


def spoken(language: str) -> dict[str, str]:
    """The words that the module of the page says; its placeholders are filled there."""
    return {word.removeprefix("filing_say_"): catalogue()[word][language] for word in SPOKEN}
