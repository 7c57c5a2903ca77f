"""The reports whose records fail a check, newest first, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from flask import url_for

from reports_service.agencies import service as agencies
from reports_service.core.words import named, say
from reports_service.domain.quality import BY_CODE, Basis
from reports_service.reports.codes import grouped
from reports_service.statistics.monthly.numbers import moment
from reports_service.statistics.quality import asking
from reports_service.statistics.quality.schemas import FailingQuery
from reports_service.statistics.quality.service import Behind, Listed
from reports_service.web.leader import asked, numbers, periods
from reports_service.web.leader.behind import Item, item
from reports_service.web.leader.marks import Mark
from reports_service.web.leader.numbers import Number, Sentence


def failing(language: str) -> dict[str, Any]:
    """What the page shows. Raises as the interface does."""
    answer = asking.failing(asked.read(FailingQuery))
    found: Behind = answer["behind"]
    return {
        "scope": answer["scope"],
        "title": _title(answer["check"], found, language),
        "measure": answer["check"],
        "definition": say(f"quality_definition_{answer['check']}", language),
        "said": list(_said(answer, language)),
        "restricted": found.restricted and numbers.whole(found.restricted, language),
        "listed": [_item(one, language) for one in found.items],
        "next": _address(cursor=found.next_cursor) if found.next_cursor else None,
        "marks": list(_marks(answer, found, language)),
        "as_of": say("leader_quality_listed", language),
        "back": url_for("leader.quality", **asked.filters()),
        "files": [],
    }


def _title(check: str, found: Behind, language: str) -> str:
    return say(
        "leader_behind", language, measure=say(f"quality_check_{check}", language),
        count=numbers.whole(found.count, language), counted=say("counted_assignments", language),
    )  # fmt: skip


def _said(answer: Mapping[str, Any], language: str) -> Iterator[str]:
    """The days, or the night, and the agency that narrow the list."""
    scope, kept = answer["scope"], answer["kept"]
    if BY_CODE[answer["check"]].basis is Basis.OPENED:
        yield periods.name(answer["counted"] or scope.period, language)
    elif kept.night is not None:
        yield say("leader_quality_night", language, day=periods.day(kept.night))
    if scope.agency_id is not None:
        yield named(agencies.known(scope.agency_id).names, language)


def _marks(answer: Mapping[str, Any], found: Behind, language: str) -> Iterator[Mark]:
    yield from (Mark(words, "soon") for words in answer["notes"])
    if found.kept is not None and found.kept != found.count:
        at = moment(answer["kept"].night_at, answer["scope"].period.zone)
        then = numbers.whole(found.kept, language)
        yield Mark(say("leader_quality_changed", language, at=at, then=then), "soon")


def _item(one: Listed, language: str) -> Item:
    shown = item(one.assignment, None, language)
    if one.other is None:
        return shown
    metres = numbers.whole(round(one.other.metres), language)
    if one.other.code is None:
        hidden = Number(say("leader_quality_hidden", language))
        return replace(shown, before=_near(hidden, metres, language))
    code = grouped(one.other.code)
    number = Number(code, url_for("web.report", code=code))
    return replace(shown, before=_near(number, metres, language))


def _near(other: Number, metres: str, language: str) -> Sentence:
    return Sentence.of("leader_quality_near", language, other, metres=metres)


def _address(**others: str) -> str:
    return url_for("leader.failing", **{**asked.given(), **others})
