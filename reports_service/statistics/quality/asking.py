"""From a query to the quality of records that answers it: for JSON and for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reports_service.agencies.models import Agency
from reports_service.core import clock
from reports_service.core.auth import answer_in, current_actor, current_language
from reports_service.core.words import say
from reports_service.domain.quality import CHECKS
from reports_service.statistics.interface.asking import zone
from reports_service.statistics.interface.notes import notes
from reports_service.statistics.periods import remarked
from reports_service.statistics.quality import service
from reports_service.statistics.quality.kept import Kept
from reports_service.statistics.scope import Scope, scope_of
from reports_service.statistics.service import figures_at_hand

Query = Mapping[str, Any]


def quality(query: Query) -> dict[str, Any]:
    """Each agency's checks.

    Raises ``AgencyUnknown``, ``FiguresNotYours``, ``FilterEnded``, ``FiguresNotBegun``.
    """
    scope, agency = _asked(query)
    found = service.table(scope.period, agency)
    return {**found, **_of_itself(scope, found["kept"])}


def failing(query: Query) -> dict[str, Any]:
    """A page of what fails a check. Raises as ``quality`` does, and ``CursorInvalid``."""
    scope, agency = _asked(query)
    paging = {name: query[name] for name in ("cursor", "limit")}
    found = service.behind(scope.period, query["check"], agency, **paging)
    return {**found, **_of_itself(scope, found["kept"])}


def definitions(query: Query) -> dict[str, Any]:
    """All checks."""
    _speak(query)
    return {"as_of": clock.now(), "items": CHECKS, "next_cursor": None}


def _asked(query: Query) -> tuple[Scope, Agency | None]:
    _speak(query)
    agency = figures_at_hand(current_actor(), query["agency"])
    scope = remarked(scope_of(query, clock.now(), zone()), query)
    return (scope.of_agency(agency) if agency else scope), agency


def _of_itself(scope: Scope, kept: Kept) -> dict[str, Any]:
    """What an answer says of itself: which days, which of them were counted, what to know."""
    return {
        "scope": scope,
        "counted": kept.part_of(scope.period),
        "notes": [*notes(scope), *_notes(scope, kept)],
    }


def _notes(scope: Scope, kept: Kept) -> Iterator[str]:
    why = kept.why_less(scope.period)
    if why:
        first = kept.first.isoformat() if kept.first else ""
        yield say(why, current_language(), first=first)


def _speak(query: Query) -> None:
    if query["lang"]:
        answer_in(query["lang"])
