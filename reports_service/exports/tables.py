"""What is exported: two tables, their columns, and where each value comes from.

Columns are named one by one, so that nothing leaves because a model got a new one. What each means
is said in the words ``column_<name>``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import aliased

from reports_service.core.words import say
from reports_service.exports import published
from reports_service.reports.models import Assignment, Report


class What(StrEnum):
    """The two tables."""

    REPORTS = "reports"
    ASSIGNMENTS = "assignments"


class Format(StrEnum):
    """The kinds of file."""

    PARQUET = "parquet"
    CSV = "csv"


MEDIA_TYPES: Mapping[str, str] = {
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.CSV: "text/csv; charset=utf-8; header=present",
}


class Kind(StrEnum):
    """What a column holds."""

    CODE = "code"  # one of not too many texts
    TEXT = "text"
    WHOLE = "integer"
    NUMBER = "number"
    FLAG = "boolean"
    MOMENT = "timestamp"  # UTC, to the microsecond
    DAY = "date"


TEXTUAL = frozenset({Kind.CODE, Kind.TEXT})


@dataclass(frozen=True)
class Column:
    """One column. ``make`` turns what stands in ``sources`` into the value; without it, the one
    source is the value.
    """

    name: str
    kind: Kind
    sources: tuple[Any, ...]
    make: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Table:
    """A table in the order of ``moment`` (of opening) and ``id``; ``query`` lacks its columns.

    ``restricted``: counts the rows that are left out, for their report is restricted.
    """

    columns: Sequence[Column]
    moment: Any
    id: Any
    query: Select[Any]
    restricted: Select[Any]


def _codes(name: str, source: Any, make: Callable[..., Any] | None = None) -> Column:
    return Column(name, Kind.CODE, (source,), make)


def _moments(model: Any, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name, Kind.MOMENT, (getattr(model, name),)) for name in names)


def _plain(kind: Kind, model: Any, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind, (getattr(model, name),)) for name in names)


_into, _earlier = aliased(Report), aliased(Report)

REPORTS = Table(
    columns=(
        Column("code", Kind.TEXT, (Report.code,), published.report_code),
        *_plain(Kind.CODE, Report, "status", "priority", "channel"),
        _codes("category", Report.category_id, published.category_code),
        _codes("area", Report.area_id, published.area_code),
        _codes("area_at_filing", Report.area_at_filing_id, published.area_code),
        _codes("agency", Report.agency_id, published.agency_code),
        Column("lat", Kind.NUMBER, (Report.lat, Report.category_id), published.rounded),
        Column("lon", Kind.NUMBER, (Report.lon, Report.category_id), published.rounded),
        Column("location_precision_m", Kind.WHOLE, (Report.category_id,), published.precision_m),
        *_plain(Kind.CODE, Report, "place_fit"),
        Column("duplicate_of", Kind.TEXT, (_into.code,), published.report_code),
        Column("recurrence_of", Kind.TEXT, (_earlier.code,), published.report_code),
        *_plain(Kind.WHOLE, Report, "recurrence_number", "followers_count", "questions_asked"),
        *_moments(Report, "created_at", "updated_at", "status_since", "promised_by"),
        *_moments(Report, "expected_by", "resolved_at", "closed_at"),
        *_plain(Kind.CODE, Report, "resolution_kind"),
        *_plain(Kind.DAY, Report, "planned_for"),
        Column("version", Kind.WHOLE, (Report.event_seq,)),
    ),
    moment=Report.created_at,
    id=Report.id,
    query=select()
    .select_from(Report)
    .outerjoin(_into, (_into.id == Report.merged_into_id) & _into.restricted.is_(False))
    .outerjoin(_earlier, (_earlier.id == Report.recurrence_of_id) & _earlier.restricted.is_(False))
    .where(Report.restricted.is_(False)),
    restricted=select(func.count(Report.id)).where(Report.restricted == true()),
)

ASSIGNMENTS = Table(
    columns=(
        Column("report", Kind.TEXT, (Report.code,), published.report_code),
        *_plain(Kind.WHOLE, Assignment, "number"),
        _codes("agency", Assignment.agency_id, published.agency_code),
        _codes("category", Assignment.category_id, published.category_code),
        _codes("area", Assignment.area_id, published.area_code),
        *_plain(Kind.CODE, Assignment, "channel"),
        *_plain(Kind.FLAG, Assignment, "triage"),
        *_moments(Assignment, "opened_at", "acknowledge_by", "own_resolve_by", "resolve_by"),
        *_moments(Assignment, "acknowledged_at", "resolved_at", "ended_at", "paused_at"),
        *_plain(Kind.CODE, Assignment, "outcome", "resolution_kind"),
        *_plain(Kind.NUMBER, Assignment, "acknowledge_working_s", "acknowledge_elapsed_s"),
        *_plain(Kind.NUMBER, Assignment, "resolve_working_s", "resolve_elapsed_s"),
        *_plain(Kind.WHOLE, Assignment, "extensions_granted"),
        *_moments(Assignment, "reopened_at"),
        *_plain(Kind.WHOLE, Assignment, "rating"),
        *_moments(Assignment, "rated_at"),
    ),
    moment=Assignment.opened_at,
    id=Assignment.id,
    query=select()
    .select_from(Assignment)
    .join(Report, Report.id == Assignment.report_id)
    .where(Report.restricted.is_(False)),
    restricted=select(func.count(Assignment.id))
    .join(Report, Report.id == Assignment.report_id)
    .where(Report.restricted == true()),
)

TABLES = {What.REPORTS: REPORTS, What.ASSIGNMENTS: ASSIGNMENTS}
PROVINCE = "province"  # the first column of both, the deployment's code


def columns_of(what: str, language: str) -> list[dict[str, str]]:
    """Name, type and meaning of each column of a table, as it stands in its files."""
    named = [(column.name, column.kind) for column in TABLES[What(what)].columns]
    return [
        {"name": name, "type": kind.value, "description": say(f"column_{name}", language)}
        for name, kind in ((PROVINCE, Kind.CODE), *named)
    ]
