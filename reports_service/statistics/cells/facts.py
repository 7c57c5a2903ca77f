"""Assignments and reports as the tables hold them now, as rows of sheets with their addresses.

Which counts a row stands in is asked of the database by the same conditions that list what is
behind a figure (``statistics.counting``): there is one rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Double,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from reports_service.core.db import db
from reports_service.domain.channels import Channel
from reports_service.domain.lifecycle import Status
from reports_service.domain.measures import Day
from reports_service.reports.models import Assignment, Report
from reports_service.statistics import counting, promises
from reports_service.statistics.cells import store
from reports_service.statistics.cells.layout import (
    FLAGS,
    FRACTION,
    ROW_OF,
    UNKNOWN,
    Kind,
)
from reports_service.statistics.cells.local_months import LocalMonths

EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)  # every deadline has passed by then
AT_ONCE: Final = 20_000
MICROS: Final = 1_000_000  # in a second
Array = NDArray[Any]
CHANNELS: Final = {channel.value: place for place, channel in enumerate(Channel, start=1)}


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one kind of sheet: of which agency and month each is, and the row itself."""

    kind: Kind
    agency: Array
    month: Array
    rows: Array


def of_reports(report_ids: Sequence[int], months: LocalMonths) -> list[Rows]:
    """All rows of these reports, in every kind of sheet."""
    return [
        *_read(_assignments().where(Assignment.report_id.in_(report_ids)), _of_assignments, months),
        *_read(_reports().where(Report.id.in_(report_ids)), _of_reports, months),
    ]


def of_agency(agency_id: int, months: LocalMonths) -> Iterator[Rows]:
    """All rows of an agency, some thousands at a time."""
    yield from _read(
        _assignments().where(Assignment.agency_id == agency_id), _of_assignments, months
    )
    yield from _read(_reports().where(Report.agency_id == agency_id), _of_reports, months)


def _read(query: Select[Any], arranged: Any, months: LocalMonths) -> Iterator[Rows]:
    names = [column["name"] for column in query.column_descriptions]
    for part in store.rows_in_parts(query, AT_ONCE):
        columns = dict(zip(names, zip(*part, strict=True), strict=True))
        yield from arranged(columns, months)


def _assignments() -> Select[Any]:
    """What sheets need of assignments. Moments come raw: making each a datetime costs too much."""
    flags = _assignment_flags()
    return select(
        Assignment.id.label("id"),
        Assignment.report_id.label("report"),
        Assignment.number.label("number"),
        Assignment.agency_id.label("agency"),
        func.coalesce(Assignment.category_id, 0).label("category"),
        func.coalesce(Assignment.area_id, 0).label("area"),
        Assignment.channel.label("channel"),
        *(raw(counting.MOMENT[day]).label(kind.name) for kind, day in _DAYS.items()),
        *(_bits(flags[kind]).label(f"{kind.name}_flags") for kind in _DAYS),
        func.coalesce(Assignment.rating, 0).label("stars"),
        *_LENGTHS,
        Report.agency_id.label("report_agency"),
        raw(Report.created_at).label("filed"),
        raw(Report.promised_by).label("promised"),
    ).join(Report, Report.id == Assignment.report_id)


_DAYS: Final[Mapping[Kind, Day]] = {
    Kind.OPENED: Day.OPENED,
    Kind.DUE: Day.DUE,
    Kind.DUE_WITH_EXTENSIONS: Day.DUE_WITH_EXTENSIONS,
    Kind.ACKNOWLEDGEMENT_DUE: Day.ACKNOWLEDGEMENT_DUE,
    Kind.RESOLVED: Day.RESOLVED,
}
_LENGTHS: Final = (
    Assignment.acknowledge_working_s,
    Assignment.acknowledge_elapsed_s,
    Assignment.resolve_working_s,
    Assignment.resolve_elapsed_s,
)


def _assignment_flags() -> dict[Kind, dict[str, ColumnElement[bool]]]:
    counted = counting.conditions(EVER)
    flags = {kind: dict(counted[day]) for kind, day in _DAYS.items()}
    # The report is joined here already; asking for it once more per row costs a look-up.
    flags[Kind.OPENED] |= {
        "duplicates": Report.status == Status.DUPLICATE,
        "recurring": Report.recurrence_of_id.is_not(None),
        "still": Assignment.outcome.is_(None),
    }
    return flags_of(flags)


def flags_of(
    known: Mapping[Kind, Mapping[str, ColumnElement[bool]]],
) -> dict[Kind, dict[str, ColumnElement[bool]]]:
    """The conditions that sheets keep, in the order of their bits."""
    return {kind: {name: held[name] for name in FLAGS[kind]} for kind, held in known.items()}


def _bits(conditions: Mapping[str, ColumnElement[bool]]) -> ColumnElement[int]:
    """One number whose bits say which of the conditions hold."""
    bits: ColumnElement[int] = literal(0)
    for place, holds in enumerate(conditions.values()):
        bits = bits + case((holds, 1 << place), else_=0)
    return bits


_master = aliased(Report)


def _reports() -> Select[Any]:
    """What sheets need of reports: when filed, first answered to and promised, and what became of
    the promise.
    """
    counted = counting.of_filed()
    filed = {
        "duplicate_reports": counted["duplicates"],
        "recurring_reports": counted["recurring"],
        "first_sign_open": counting.waits_for_first_sign(),
    }
    return promises.with_masters(
        select(
            Report.id.label("id"),
            Report.agency_id.label("agency"),
            func.coalesce(Report.category_id, 0).label("category"),
            func.coalesce(Report.area_id, 0).label("area"),
            Report.channel.label("channel"),
            raw(Report.created_at).label(Kind.FILED.name),
            raw(counting.FIRST_SIGN_AT).label("first_sign"),
            raw(Report.promised_by).label(Kind.PROMISED.name),
            _bits(filed).label(f"{Kind.FILED.name}_flags"),
            _bits(promises.conditions()).label(f"{Kind.PROMISED.name}_flags"),
        )
    )


def raw(moment: Any) -> ColumnElement[Any]:
    """A moment as the engine gives it quickest: seconds since 1970, or SQLite's text."""
    if db.engine.dialect.name == "postgresql":
        return cast(func.extract("epoch", moment), Double)
    return type_coerce(moment, String)


def micros(given: Sequence[Any]) -> Array:
    """Raw moments as microseconds since 1970; 0: none."""
    some = next((value for value in given if value is not None), 0.0)
    if isinstance(some, str):
        found = np.array(given, dtype="datetime64[us]").astype(np.int64)
        return np.where(found < 0, 0, found)  # below: not a time
    floats = np.nan_to_num(np.array(given, dtype=np.float64), nan=0.0)
    return np.rint(floats * MICROS).astype(np.int64)


def _seconds(given: Sequence[Any]) -> tuple[Array, Array]:
    """Raw moments as whole seconds (0: none), and whether something was cut off."""
    seconds, rest = np.divmod(micros(given), MICROS)
    return seconds, rest > 0


def _of_assignments(columns: Mapping[str, Sequence[Any]], months: LocalMonths) -> Iterator[Rows]:
    moments = {kind: _seconds(columns[kind.name]) for kind in _DAYS}
    for kind in _DAYS:
        rows = _common(columns, kind, *moments[kind])
        if kind is Kind.OPENED:
            _remember(rows, columns, {each: at for each, (at, _) in moments.items()})
        elif kind is Kind.RESOLVED:
            rows["stars"] = columns["stars"]
        yield _addressed(kind, columns["agency"], rows, months)


def _remember(rows: Array, columns: Mapping[str, Sequence[Any]], at: Mapping[Kind, Array]) -> None:
    """What only OPENED keeps: the lengths, and where the assignment's other rows lie."""
    for first in range(0, len(_LENGTHS), 2):  # in working and in elapsed time, or not at all
        pair = np.array([columns[one.key] for one in _LENGTHS[first : first + 2]], dtype=np.float64)
        known = ~np.isnan(pair).any(axis=0)
        rows["lengths"][:, first : first + 2] = np.where(known, np.maximum(pair, 0), UNKNOWN).T
    rows["due"] = at[Kind.DUE]
    rows["due_with_extensions"] = at[Kind.DUE_WITH_EXTENSIONS]
    rows["acknowledgement_due"] = at[Kind.ACKNOWLEDGEMENT_DUE]
    rows["resolved"] = at[Kind.RESOLVED]
    first = np.array(columns["number"]) == 1
    rows["report"] = np.where(first, columns["report"], 0)
    rows["report_agency"] = np.where(first, columns["report_agency"], 0)
    rows["filed"] = np.where(first, _seconds(columns["filed"])[0], 0)
    rows["promised"] = np.where(first, _seconds(columns["promised"])[0], 0)


def _of_reports(columns: Mapping[str, Sequence[Any]], months: LocalMonths) -> Iterator[Rows]:
    for kind in (Kind.FILED, Kind.PROMISED):
        rows = _common(columns, kind, *_seconds(columns[kind.name]))
        if kind is Kind.FILED:
            filed, sign = micros(columns[kind.name]), micros(columns["first_sign"])
            waited = np.maximum(sign - filed, 0) // MICROS
            rows["lengths"][:, 0] = np.where(sign > 0, waited, UNKNOWN)
        yield _addressed(kind, columns["agency"], rows, months)


def _common(columns: Mapping[str, Sequence[Any]], kind: Kind, at: Array, cut: Array) -> Array:
    rows = np.zeros(len(at), dtype=ROW_OF[kind])
    for name in ("id", "category", "area"):
        rows[name] = columns[name]
    rows["at"] = at
    rows["channel"] = [CHANNELS.get(channel, 0) for channel in columns["channel"]]
    rows["flags"] = columns[f"{kind.name}_flags"]
    if kind is not Kind.OPENED:
        rows["flags"] |= np.where(cut, FRACTION, 0).astype(np.uint8)
    return rows


def _addressed(kind: Kind, agency: Sequence[int], rows: Array, months: LocalMonths) -> Rows:
    """The rows that have a moment, each with its agency and its local month."""
    has = rows["at"] > 0
    rows = rows[has]
    return Rows(kind, np.array(agency, dtype=np.int64)[has], months.months(rows["at"]), rows)


def followers_of(report_ids: Sequence[int]) -> set[int]:
    """The reports that share the fate of these: their duplicates. Whose master becomes a duplicate
    itself has the new one's fate by then; both were open, so nothing of it differs.
    """
    query = select(Report.id).where(Report.master_id.in_(report_ids))
    return set(db.session.scalars(query))
