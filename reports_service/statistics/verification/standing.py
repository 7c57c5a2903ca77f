"""Whether the rows of a report and its assignments say what its events say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

from reports_service.core.as_kept import Unreadable
from reports_service.reports.codes import grouped
from reports_service.reports.replay import FactsLacking, Held, Rebuilt
from reports_service.statistics.verification.differences import Difference, Kind
from reports_service.statistics.verification.histories import (
    ASSIGNMENT_COMPARED_FROM,
    ASSIGNMENT_FIELDS,
    REPORT_COMPARED_FROM,
    REPORT_FIELDS,
    AnyRow,
    History,
)

_of_report = attrgetter(*REPORT_FIELDS)
_of_assignment = attrgetter(*ASSIGNMENT_FIELDS)


def rebuilt(history: History) -> tuple[Rebuilt, Difference | None]:
    """The report as its events leave it; with the first that does not say what it should.

    Events after the one that the report names as its last are nobody's.
    """
    report = Rebuilt()
    last = history.report.event_seq if history.report else None
    for event in history.events:
        if last is not None and event.seq > last:
            break
        try:
            _require_readable(event)
            report.happened(event.kind, event.at, event.facts)
        except FactsLacking as lacking:
            code = grouped(history.report.code) if history.report else None
            return report, Difference(Kind.FACTS_LACKING, code, event.seq, field=lacking.name)
    return report, None


def _require_readable(event: AnyRow) -> None:
    """Raises ``FactsLacking`` with the name of the column that does not decode."""
    if isinstance(event.at, Unreadable):
        raise FactsLacking("at")
    if isinstance(event.facts, Unreadable):
        raise FactsLacking("facts")


def other_rows(history: History, report: Rebuilt) -> Iterator[Difference]:
    """What the rows say otherwise, field by field. The master is judged when all are known."""
    row = history.report
    assert row is not None
    code = grouped(row.code)
    kept, from_events = row[REPORT_COMPARED_FROM:], _of_report(report)
    for field, expected, found in _unequal(REPORT_FIELDS, from_events, kept):
        yield Difference(Kind.REPORT_DIFFERS, code, field=field, expected=expected, found=found)
    rows = {held[ASSIGNMENT_COMPARED_FROM]: held for held in history.assignments}
    for held in report.held:
        yield from _other_assignment(code, held, rows.pop(held.number, None))
    for number in rows:
        yield Difference(Kind.ASSIGNMENT_ADDED, code, assignment=number, found=number)


def _other_assignment(code: str, held: Held, row: AnyRow | None) -> Iterator[Difference]:
    if row is None:
        yield Difference(
            Kind.ASSIGNMENT_MISSING, code, assignment=held.number, expected=held.number
        )
        return
    kept = row[ASSIGNMENT_COMPARED_FROM:]
    for field, expected, found in _unequal(ASSIGNMENT_FIELDS, _of_assignment(held), kept):
        yield Difference(
            Kind.ASSIGNMENT_DIFFERS,
            code,
            assignment=held.number,
            field=field,
            expected=expected,
            found=found,
        )


def _unequal(
    fields: Sequence[str], expected: Sequence[Any], found: Sequence[Any]
) -> Iterator[tuple[str, Any, Any]]:
    """The fields that are not the same; nearly always there are none."""
    if expected != found:
        for field, one, other in zip(fields, expected, found, strict=True):
            if one != other:
                yield field, one, other
