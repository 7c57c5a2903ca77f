"""The form that narrows figures: its choices, what is chosen, and that in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reports_service.agencies import service as agencies
from reports_service.agencies.models import AgencyKind
from reports_service.areas import service as areas
from reports_service.areas.models import Level
from reports_service.categories import service as categories
from reports_service.categories.book import CategoryFacts
from reports_service.core import clock
from reports_service.core.words import named, say
from reports_service.domain.channels import Channel
from reports_service.domain.text import fold
from reports_service.statistics.interface.asking import zone
from reports_service.statistics.scope import ALONE, WITHOUT, Period
from reports_service.web.leader import asked, periods, ways

Options = list[tuple[str, str]]
BELOW: Final = "– "


@dataclass(frozen=True)
class Chosen:
    """A filter that is set, in words, and this page without it."""

    name: str
    value: str
    without: str


def form(
    shown: Period | None, language: str, names: Sequence[str] = asked.FILTERS
) -> dict[str, Any]:
    """What the form needs. ``shown``: the period of the page; None: it could not be read.

    ``names``: the filters that the page knows beside the period.
    """
    given = asked.given()
    options = {name: CHOICES[name](language) for name in names}
    for name, choices in options.items():
        _keep_chosen(choices, given.get(name), name, language)
    today = clock.now().astimezone(zone()).date()
    return {
        "given": _dated(given, shown),
        "options": options,
        "chosen": list(_chosen(options, given, language)),
        "quick": periods.quick(shown, today, language),
        "action": asked.here().partition("?")[0],
        "pages": ways.pages(language),
    }


def _dated(given: asked.Given, shown: Period | None) -> dict[str, str]:
    """What is filled in; where the address names no days, those that are shown."""
    days = {"from": f"{shown.first}", "to": f"{shown.last}"} if shown else {}
    return {**days, **given}


def _chosen(options: dict[str, Options], given: asked.Given, language: str) -> Iterator[Chosen]:
    for name, choices in options.items():
        if name in given:
            value = dict(choices)[given[name]].removeprefix(BELOW)
            without = asked.here(**{name: ""})
            yield Chosen(say(f"sheet_{name}", language), value, without)


def _keep_chosen(choices: Options, value: str | None, name: str, language: str) -> None:
    """What the address names stays chosen, though the list does not offer it."""
    if value is None or value in dict(choices):
        return
    if value == WITHOUT and name in ("category", "area"):
        choices.append((value, say(f"sheet_without_{name}", language)))
        return
    known = dict(choices).get(value.removesuffix(ALONE))
    alone = known and say("sheet_by_itself", language, name=known.removeprefix(BELOW))
    choices.append((value, alone or value))


def _categories(language: str) -> Options:
    """Parents with those below them, in the order of the tree."""
    known = sorted(categories.book(), key=lambda one: (one.position, one.code))
    tops = [one for one in known if one.parent_id is None]
    return [
        (one.code, prefix + named(one.names, language))
        for top in tops
        for prefix, one in (("", top), *((BELOW, child) for child in _below(top, known)))
    ]


def _below(top: CategoryFacts, known: Sequence[CategoryFacts]) -> list[CategoryFacts]:
    return [one for one in known if one.parent_id == top.id]


def _areas(language: str) -> Options:
    """The communes of today by their names."""
    places = areas.present().places.values()
    found = [(one.code, named(one.names, language)) for one in places if one.level == Level.COMMUNE]
    return sorted(found, key=lambda option: fold(option[1]))


def _channels(language: str) -> Options:
    return [(one.value, say(f"channel_{one}", language)) for one in Channel]


def _kinds(language: str) -> Options:
    return [(one.value, say(f"sheet_kind_{one}", language)) for one in AgencyKind]


def _agencies(language: str) -> Options:
    """Those that have not ended, by their names."""
    found = [(one.code, named(one.names, language)) for one in agencies.every()]
    return sorted(found, key=lambda option: fold(option[1]))


CHOICES: Final[Mapping[str, Callable[[str], Options]]] = {
    "category": _categories,
    "area": _areas,
    "channel": _channels,
    "kind": _kinds,
    asked.AGENCY: _agencies,
}
