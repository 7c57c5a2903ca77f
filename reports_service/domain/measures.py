"""What leaders measure: each figure with its formula, and how each ending counts when it was due.

The queries above build their conditions from ``COHORT`` and ``DEFINITIONS``; nobody counts by a
rule of his own. Source: the province's word is kept or not by the deadline that stood without the
extensions an agency granted itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Final, TypeVar

from reports_service.domain.outcomes import Outcome

RANKED_FROM: Final = 5  # fewer due: listed, not ranked
Z_95: Final = 1.959963984540054  # two-sided 95 % of the normal distribution
AGE_LIMITS_DAYS: Final = (1, 3, 7, 30)  # the backlog's ages are cut here
FIRST_SIGN: Final = "hours_to_first_sign"
# What is compared with an earlier period. Of the hours: the median of the elapsed ones.
HEADLINES: Final = (
    "received", "due", "met", "on_time_rate", "hours_to_resolve", "satisfaction", "reopened_rate",
)  # fmt: skip
T = TypeVar("T")


class Treatment(StrEnum):
    """How an assignment counts once its deadline has come."""

    RESULT = "result"  # in; met if the result came by the deadline
    STILL_OPEN = "still_open"  # in, and missed
    OUT_BY_ACKNOWLEDGEMENT = "out_by_acknowledgement"  # out if by acknowledge_by, else missed
    OUT_BY_DEADLINE = "out_by_deadline"  # out if by the deadline, else missed
    OUT = "out"


# How an assignment that ended so (None: it has not ended) counts in the due cohort. Triage is the
# centre's own work: finding the agency, or rejecting with a reason, is its result.
COHORT: Final[Mapping[Outcome | None, Treatment]] = {
    None: Treatment.STILL_OPEN,
    Outcome.RESOLVED: Treatment.RESULT,
    Outcome.TRIAGED: Treatment.RESULT,
    Outcome.REJECTED: Treatment.RESULT,
    Outcome.TRANSFERRED: Treatment.OUT_BY_ACKNOWLEDGEMENT,
    Outcome.HANDED_BACK: Treatment.OUT_BY_ACKNOWLEDGEMENT,
    Outcome.MERGED: Treatment.OUT_BY_DEADLINE,
    Outcome.WITHDRAWN: Treatment.OUT_BY_DEADLINE,
    Outcome.REFERRED: Treatment.OUT_BY_DEADLINE,
    Outcome.RECLASSIFIED: Treatment.OUT_BY_DEADLINE,
    Outcome.NO_REPLY: Treatment.OUT,
}


def treated_as(treatment: Treatment) -> tuple[Outcome, ...]:
    """The outcomes that are treated so."""
    return tuple(out for out, how in COHORT.items() if out is not None and how is treatment)


def result_at(
    outcome: Outcome | None, resolved_at: datetime | None, ended_at: datetime | None
) -> datetime | None:
    """When the agency gave its result; None if it gave none."""
    return (resolved_at or ended_at) if COHORT[outcome] is Treatment.RESULT else None


def kept(
    outcome: Outcome | None,
    *,
    done_at: datetime | None,
    ended_at: datetime | None,
    acknowledge_by: datetime | None,
    deadline: datetime | None,
    as_of: datetime,
) -> bool | None:
    """Whether a deadline was met; None where the assignment is not (yet) in the cohort.

    ``done_at``: when the promised thing was done, whatever the outcome was later; None if it was
    not. At the very deadline is by the deadline.
    """
    if deadline is None or deadline > as_of:
        return None
    if done_at is not None:
        return done_at <= deadline
    match COHORT[outcome]:
        case Treatment.OUT_BY_ACKNOWLEDGEMENT:
            limit = acknowledge_by
        case Treatment.OUT_BY_DEADLINE:
            limit = deadline
        case Treatment.OUT:
            return None
        case _:
            return False
    in_time = ended_at is not None and limit is not None and ended_at <= limit
    return None if in_time else False


class Unit(StrEnum):
    """What a figure is."""

    COUNT = "count"
    SHARE = "share"  # 0 to 1
    HOURS = "hours"
    STARS = "stars"  # 1 to 5
    PLACE = "place"


class Day(StrEnum):
    """The moment whose local day must lie in the period."""

    NOW = "as_of"  # how things stand; the period does not matter
    OPENED = "opened_at"
    DUE = "own_resolve_by"
    DUE_WITH_EXTENSIONS = "resolve_by"
    ACKNOWLEDGEMENT_DUE = "acknowledge_by"
    RESOLVED = "resolved_at"
    FILED = "created_at"
    PROMISED = "promised_by"


CITIZENS_VIEW: Final = (Day.FILED, Day.PROMISED)  # of reports, whoever held them


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure: its words stand under ``measure_`` and ``definition_`` plus its code.

    ``listed``: the count whose assignments stand behind the figure. A share has ``part`` and
    ``of`` (codes of counts; those of ``of`` are added).
    """

    code: str
    unit: Unit
    day: Day
    formula: str
    listed: str
    part: str = ""
    of: tuple[str, ...] = ()


def _count(code: str, day: Day, formula: str) -> Measure:
    return Measure(code, Unit.COUNT, day, f"count({formula})", code)


def _share(code: str, day: Day, part: str, *of: str, listed: str = "") -> Measure:
    whole = of[0] if len(of) == 1 else f"({' + '.join(of)})"
    return Measure(code, Unit.SHARE, day, f"{part} / {whole}", listed or of[0], part, of)


_IN_COHORT = "deadline <= as_of, treated as in the cohort table"
_IN_TOTALS = "; of all agencies together: reports, by created_at"

DEFINITIONS: Final[tuple[Measure, ...]] = (
    _count("received", Day.OPENED, f"opened{_IN_TOTALS}"),
    _count("duplicates", Day.OPENED, f"opened, report.status = duplicate{_IN_TOTALS}"),
    _count("recurring", Day.OPENED, f"opened, report.recurrence_of is set{_IN_TOTALS}"),
    _count("extended", Day.OPENED, "opened, extensions_granted > 0"),
    _count("transferred", Day.OPENED, "opened, outcome = transferred"),
    _count("handed_back", Day.OPENED, "opened, outcome = handed_back"),
    _count("rejected", Day.OPENED, "opened, outcome = rejected"),
    _count("open", Day.NOW, "no outcome"),
    _count("overdue", Day.NOW, "no outcome, resolve_by < as_of"),
    _count("paused", Day.NOW, "no outcome, own_resolve_by is null"),
    _count("due", Day.DUE, f"own_resolve_by: {_IN_COHORT}"),
    _count("met", Day.DUE, "due, result_at <= own_resolve_by"),
    _count("left_out", Day.DUE, "own_resolve_by <= as_of, neither due nor no_reply"),
    _count("no_reply", Day.DUE, "own_resolve_by <= as_of, outcome = no_reply"),
    _share("on_time_rate", Day.DUE, "met", "due"),
    Measure("on_time_lower_bound", Unit.SHARE, Day.DUE, "wilson_lower_95(met, due)", "due"),
    Measure("rank", Unit.PLACE, Day.DUE, f"place by on_time_lower_bound, due >= {RANKED_FROM}",
            "due"),
    _share("no_reply_share", Day.DUE, "no_reply", "due", "no_reply", listed="no_reply"),
    _count("due_with_extensions", Day.DUE_WITH_EXTENSIONS, f"resolve_by: {_IN_COHORT}"),
    _count("met_with_extensions", Day.DUE_WITH_EXTENSIONS,
           "due_with_extensions, result_at <= resolve_by"),
    _share("on_time_rate_with_extensions", Day.DUE_WITH_EXTENSIONS,
           "met_with_extensions", "due_with_extensions"),
    _count("acknowledgements_due", Day.ACKNOWLEDGEMENT_DUE, f"acknowledge_by: {_IN_COHORT}"),
    _count("acknowledged_on_time", Day.ACKNOWLEDGEMENT_DUE,
           "acknowledgements_due, acknowledged_at <= acknowledge_by"),
    _share("acknowledged_on_time_rate", Day.ACKNOWLEDGEMENT_DUE,
           "acknowledged_on_time", "acknowledgements_due"),
    Measure("hours_to_acknowledge", Unit.HOURS, Day.OPENED,
            "percentile(50 | 90, acknowledged_at - opened_at; still open = longest)",
            "hours_to_acknowledge"),
    Measure(FIRST_SIGN, Unit.HOURS, Day.FILED,
            "reports: percentile(50 | 90, min(acknowledged_at) - created_at; "
            "open without any = longest)", FIRST_SIGN),
    Measure("hours_to_resolve", Unit.HOURS, Day.OPENED,
            "percentile(50 | 90, result_at - opened_at; still open = longest)",
            "hours_to_resolve"),
    _count("resolutions", Day.RESOLVED, "resolved"),
    _count("reopened", Day.RESOLVED, "resolved, reopened_at is set"),
    _share("reopened_rate", Day.RESOLVED, "reopened", "resolutions"),
    Measure("satisfaction", Unit.STARS, Day.RESOLVED, "sum(rating) / satisfaction_n",
            "satisfaction_n"),
    _count("satisfaction_n", Day.RESOLVED, "resolved, rating is set"),
    _count("fixed", Day.RESOLVED, "resolved, resolution_kind = fixed"),
    _count("answered", Day.RESOLVED, "resolved, resolution_kind = answered"),
    _count("planned", Day.RESOLVED, "resolved, resolution_kind = planned"),
    _count("not_found", Day.RESOLVED, "resolved, resolution_kind = not_found"),
    _count("promises_due", Day.PROMISED, "reports: promised_by <= as_of, not left out"),
    _count("promises_kept", Day.PROMISED,
           "promises_due, standing resolved_at <= promised_by"),
    _count("promises_without_reply", Day.PROMISED,
           "reports: promised_by <= as_of, closed without result"),
    _share("promise_kept_rate", Day.PROMISED, "promises_kept", "promises_due"),
)  # fmt: skip

BY_CODE: Final[Mapping[str, Measure]] = {measure.code: measure for measure in DEFINITIONS}


@cache
def of_agencies(unit: Unit) -> tuple[Measure, ...]:
    """The measures of this unit that a row of an agency has: all but the citizen's view."""
    return tuple(one for one in DEFINITIONS if one.unit is unit and one.day not in CITIZENS_VIEW)


def share(counts: Mapping[str, int], code: str) -> float | None:
    """A share by its definition; None where nothing is counted below the line."""
    measure = BY_CODE[code]
    return rate(counts[measure.part], sum(counts[part] for part in measure.of))


def rate(part: int, whole: int) -> float | None:
    """``part / whole``, unrounded; None where there is no whole."""
    return part / whole if whole else None


def wilson_lower(met: int, due: int) -> float | None:
    """The lower end of the two-sided 95 % Wilson score interval of ``met / due``; None for 0 due.

    E. B. Wilson, Probable inference, JASA 22 (1927), 209-212. So 1 of 1 (0.21) stands below
    90 of 100 (0.83).
    """
    if not due:
        return None
    share, square = met / due, Z_95 * Z_95 / due
    spread = math.sqrt(share * (1 - share) * square + square * square / 4)
    return max(0.0, (share + square / 2 - spread) / (1 + square))


def percentile(known: Sequence[float], longer: int, percent: int) -> float | None:
    """A percentile of ``known`` (ascending) and ``longer`` values that are longer than all.

    Between two values it is interpolated, as ``percentile_cont`` does. None when it reaches one
    of the unknown, or when there are no values.
    """
    if not known and not longer:
        return None
    below, rest = divmod((len(known) + longer - 1) * percent, 100)
    above = below + (1 if rest else 0)
    if above >= len(known):
        return None
    return known[below] + (known[above] - known[below]) * rest / 100


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 90th percentile, in hours; None where the ones still open are reached."""

    median: float | None
    p90: float | None

    @classmethod
    def of(cls, seconds: Iterable[float], still_open: int) -> Spread:
        """Of lengths in seconds, and of so many that are open still."""
        ordered = sorted(seconds)
        median, p90 = (percentile(ordered, still_open, percent) for percent in (50, 90))
        return cls(_in_hours(median), _in_hours(p90))


def _in_hours(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 3600


@dataclass(frozen=True, slots=True)
class Standing:
    """What ranking needs of an agency."""

    kind: str
    met: int
    due: int


def ranks(standings: Mapping[T, Standing]) -> dict[T, int]:
    """The place of each, by the Wilson bound within one kind; equal bounds share a place.

    Who has fewer than ``RANKED_FROM`` due has none.
    """
    places: dict[T, int] = {}
    ranked = {who: one for who, one in standings.items() if one.due >= RANKED_FROM}
    for members in _grouped(ranked, lambda who: ranked[who].kind):
        bounds = {who: wilson_lower(ranked[who].met, ranked[who].due) or 0.0 for who in members}
        order = sorted(bounds.values(), reverse=True)
        places |= {who: order.index(bound) + 1 for who, bound in bounds.items()}
    return places


def _grouped(members: Iterable[T], key: Callable[[T], Hashable]) -> Iterable[list[T]]:
    groups: dict[Hashable, list[T]] = {}
    for member in members:
        groups.setdefault(key(member), []).append(member)
    return groups.values()
