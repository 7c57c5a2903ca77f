"""The quality of records as tables for spreadsheets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reports_service.core.auth import current_language
from reports_service.core.words import LANGUAGES, named, say
from reports_service.domain.quality import CHECKS, Check
from reports_service.domain.roles import Permission
from reports_service.statistics.interface.asked import AskedOnce
from reports_service.statistics.interface.columns import at, said
from reports_service.statistics.interface.downloads import Offer
from reports_service.statistics.interface.spreadsheets import Column, Kind, Sheet
from reports_service.statistics.interface.tables import Table
from reports_service.statistics.quality import asking
from reports_service.statistics.quality.asking import Query
from reports_service.statistics.quality.schemas import HOUR_S, QualityQuery
from reports_service.statistics.scope import Scope

Row = dict[str, Any]


def quality(query: Query) -> Table:
    """All of them, then every agency: of each check how many fail it, out of how many."""
    answer = asking.quality(query)
    scope: Scope = answer["scope"]
    columns = [
        Column(said("sheet_code"), Kind.TEXT, at("code")),
        Column(said("sheet_agency"), Kind.TEXT, at("name")),
        *(one for check in CHECKS for one in _of_check(check)),
        Column(said("quality_median"), Kind.DECIMAL, at("median_hours")),
        Column(said("quality_p90"), Kind.DECIMAL, at("p90_hours")),
    ]
    total = _row({"code": None, "name": said("sheet_total")}, answer["total"])
    rows = [total, *map(_of_agency, answer["items"])]
    days = (scope.period.first.isoformat(), scope.period.last.isoformat())
    sheet = Sheet(said("quality_sheet"), _about(answer), columns, rows, scope.period.zone)
    return Table(sheet, ("quality", *days), beside=(_explained(),))


def definitions(query: Query) -> Table:
    """Each check in words, in both languages."""
    asking.definitions(query)
    return Table(_explained(), ("quality-definitions",))


OFFERS = (
    Offer("quality", QualityQuery, quality, Permission.SEE_FIGURES_OF_OWN_AGENCY),
    Offer("quality/definitions", AskedOnce, definitions, None),
)


def _about(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Which days, until when, and why not all of them."""
    scope, kept = answer["scope"], answer["kept"]
    period = scope.period
    counted_at = kept.night_at and f"{kept.night_at.astimezone(period.zone):%d/%m/%Y %H:%M:%S}"
    return [
        (said("quality_sheet"), ""),
        (said("sheet_period"), f"{period.first:%d/%m/%Y} – {period.last:%d/%m/%Y}"),
        (said("sheet_zone"), period.zone.key),
        (said("sheet_as_of"), counted_at or ""),
        *((said("sheet_note"), note) for note in answer["notes"]),
    ]


def _of_check(check: Check) -> list[Column]:
    name = said(f"quality_check_{check.code}")
    return [
        Column(name, Kind.COUNT, _figure(check, "count")),
        Column(said("quality_out_of", check=name), Kind.COUNT, _figure(check, "of")),
        Column(said("quality_share", check=name), Kind.SHARE, _figure(check, "share")),
    ]


def _figure(check: Check, name: str) -> Callable[[Row], Any]:
    return lambda row: getattr(row["checks"][check.code], name)


def _of_agency(item: Mapping[str, Any]) -> Row:
    last_act = item["last_act"]
    agency = {"code": item["agency"].code, "name": named(item["agency"].names, current_language())}
    return {
        **_row(agency, item["groups"]),
        "median_hours": _hours(last_act.median_s),
        "p90_hours": _hours(last_act.p90_s),
    }


def _row(agency: Row, groups: Any) -> Row:
    figures = (one["figure"] for group in groups for one in group["checks"])
    return {**agency, "checks": {figure.check.code: figure for figure in figures}}


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / HOUR_S


def _explained() -> Sheet:
    columns = [
        Column(said("sheet_code"), Kind.TEXT, lambda one: one.code),
        *(
            Column(f"{said(f'quality_{part}')} ({language})", Kind.TEXT, _words(part, language))
            for language in LANGUAGES
            for part in ("check", "definition")
        ),
        Column(said("sheet_formula"), Kind.TEXT, lambda one: f"{one.found} / {one.of}"),
    ]
    return Sheet(said("sheet_definitions"), (), columns, CHECKS, asking.zone())


def _words(part: str, language: str) -> Callable[[Check], str]:
    return lambda one: say(f"quality_{part}_{one.code}", language)
