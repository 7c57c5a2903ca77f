"""What is served as figures against what the events give, figure by figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import isclose
from typing import Any

from reports_service.agencies import service as agencies
from reports_service.agencies.models import Agency
from reports_service.core.db import db
from reports_service.domain.measures import Spread
from reports_service.statistics import reading
from reports_service.statistics.cells.remembered import remembered
from reports_service.statistics.cells.turns import FiguresUnreadable
from reports_service.statistics.figures import figures, figures_of_all
from reports_service.statistics.reading import Axis
from reports_service.statistics.scope import Period, Scope, scope_of
from reports_service.statistics.tallies import Hours, Tally
from reports_service.statistics.verification.counted import Counted, Counting, Figures
from reports_service.statistics.verification.differences import Difference, Kind

EXACT_BELOW = 2000  # lengths: percentiles of more are served from a histogram
WITHIN = 0.015  # so close these are
ROUNDING = 1e-9
NOBODY: Figures = Counted().figures()


def other_figures(period: Period, counting: Counting) -> Iterator[Difference]:
    """The figures of a period that are served otherwise than the events give them.

    Where what is kept of one agency cannot be read, the others are compared all the same. All is
    read from the database: what this process remembers may be of what was there before.
    """
    remembered.forget()
    asked = {"first": period.first, "last": period.last}
    scope = scope_of(asked, counting.as_of, period.zone)
    by_agency, whole, reports = counting.of_period(period)
    when = f"{period.first}..{period.last}"
    try:
        table = reading.table(scope, Axis.AGENCY)
        tallies, total = table.rows, figures_of_all(table.total, table.promised_in_all)
    except FiguresUnreadable:
        yield from _one_by_one(scope, by_agency, when)
        return
    for agency_id in sorted(by_agency.keys() | tallies.keys()):
        yield from _of_agency(agency_id, by_agency, tallies, when)
    served = {**total.pop("promises"), **total}
    yield from unequal({**whole.figures(), **reports.figures()}, plain(served), when, None)


def _one_by_one(scope: Scope, by_agency: Mapping[int, Counted], when: str) -> Iterator[Difference]:
    """Each agency by itself, and which of them cannot be read."""
    for agency_id in sorted(by_agency.keys() | agencies.BOOK.current().keys()):
        try:
            tallies = reading.tallies(replace(scope, agency_id=agency_id), Axis.AGENCY)
        except FiguresUnreadable as torn:
            span = int(str(torn.values["span"]))
            yield Difference(Kind.FIGURES_UNREADABLE, agency=_code(agency_id), span=span)
            continue
        yield from _of_agency(agency_id, by_agency, tallies, when)


def _of_agency(
    agency_id: int, by_agency: Mapping[int, Counted], tallies: Mapping[Any, Tally], when: str
) -> Iterator[Difference]:
    served = plain(figures(tallies[agency_id])) if agency_id in tallies else NOBODY
    counted = by_agency[agency_id].figures() if agency_id in by_agency else NOBODY
    yield from unequal(counted, served, when, _code(agency_id))


def _code(agency_id: int) -> str:
    """Its code; figures may be kept of an agency that there is not."""
    agency = agencies.BOOK.current().get(agency_id) or db.session.get(Agency, agency_id)
    return agency.code if agency else f"id {agency_id}"


def plain(served: Mapping[str, Any]) -> Figures:
    """A row of figures with one number under each name; hours have several."""
    numbers: dict[str, float | None] = {}
    for code, value in served.items():
        if isinstance(value, Hours):
            numbers |= {f"{code}.n": value.n, f"{code}.still_open": value.still_open}
            numbers |= _spread(f"{code}.working", value.working)
            numbers |= _spread(f"{code}.elapsed", value.elapsed)
        else:
            numbers[code] = value
    return numbers


def _spread(name: str, spread: Spread | None) -> Figures:
    return {f"{name}.median": spread.median, f"{name}.p90": spread.p90} if spread else {}


def unequal(
    expected: Figures, served: Figures, when: str, agency: str | None
) -> Iterator[Difference]:
    """The figures that are not what they should be."""
    for name, number in expected.items():
        found = served[name]
        if number != found and not _same(number, found, _within(name, expected)):
            yield Difference(
                Kind.FIGURE_DIFFERS,
                figure=name,
                agency=agency,
                period=when,
                expected=number,
                found=found,
            )


def _within(name: str, expected: Figures) -> float:
    """How close it must be, as a part of it: all but the percentiles of many lengths are exact."""
    code, _, part = name.partition(".")
    if not part.endswith(("median", "p90")):
        return ROUNDING
    return ROUNDING if (expected[f"{code}.n"] or 0) < EXACT_BELOW else WITHIN


def _same(expected: float | None, found: float | None, within: float) -> bool:
    """Nothing is not zero."""
    if expected is None or found is None:
        return expected is found
    return isclose(expected, found, rel_tol=within)
