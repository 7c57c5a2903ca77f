"""What figures are read through: counts of a scope in groups, as a whole, and in their course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from reports_service.core import clock
from reports_service.reports.models import Assignment
from reports_service.statistics import promises, queries
from reports_service.statistics.queries import Tally
from reports_service.statistics.scope import Period, Scope


class Axis(StrEnum):
    """What figures can be grouped by."""

    AGENCY = "agency"
    CATEGORY = "category"
    AREA = "area"
    CHANNEL = "channel"


_COLUMNS: Mapping[Axis, Any] = {
    Axis.AGENCY: Assignment.agency_id,
    Axis.CATEGORY: Assignment.category_id,
    Axis.AREA: Assignment.area_id,
    Axis.CHANNEL: Assignment.channel,
}


def as_of() -> datetime:
    """The moment up to which every change is in the figures."""
    return clock.now()


def tallies(scope: Scope, axis: Axis) -> dict[Any, Tally]:
    """Counts by agency id, category id (or None), area id (or None) or channel.

    Groups with nothing are missing.
    """
    return queries.tallies(scope, _COLUMNS[axis])


def total(scope: Scope) -> Tally:
    """Counts of the whole scope; a report is received once, however many agencies it came to."""
    whole = Tally()
    for tally in queries.tallies(scope, Assignment.agency_id).values():
        whole.join(tally)
    whole.counts.update(queries.each_report_once(scope))
    return whole


def course(scope: Scope, periods: Sequence[Period]) -> list[Tally]:
    """The whole of the scope in each of these periods instead of its own."""
    return [total(replace(scope, period=period)) for period in periods]


def promised(scope: Scope, axis: Axis | None = None) -> dict[Any, Mapping[str, int]]:
    """Counts of promises to reporters: under None those of the whole, else by ``axis``.

    ``axis`` is the report's own category, area or channel.
    """
    if axis is not None:
        raise NotImplementedError
    return {None: promises.counts(scope)}
