"""Every figure counted in plain Python from what the events rebuilt: no SQL and no cells.

Only the rules of ``domain.measures`` are shared with what is served. What is kept in memory is
counts and bare numbers by agency and stretch of days, however many reports there are.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reports_service.domain.lifecycle import OPEN, Status
from reports_service.domain.measures import (
    FIRST_SIGN,
    Spread,
    Unit,
    kept,
    of_agencies,
    rate,
    result_at,
    share,
    wilson_lower,
)
from reports_service.domain.outcomes import Outcome
from reports_service.reports.holding import whole_seconds
from reports_service.reports.replay import Held, Rebuilt
from reports_service.statistics.scope import Period

COUNTED_BY_REPORT = ("received", "duplicates", "recurring")  # in the province's total
OF_PROMISES = ("promises_due", "promises_kept", "promises_without_reply")
Figures = Mapping[str, float | None]
LEFT_OUT = frozenset({Status.REJECTED, Status.REFERRED, Status.WITHDRAWN})
WITH_RESULT = frozenset({Status.RESOLVED, Status.CLOSED})


def _seconds() -> array[int]:
    return array("I")


@dataclass(slots=True)
class Wait:
    """How long citizens waited, in whole seconds; ``still``: they do, and nobody knows how long."""

    elapsed: array[int] = field(default_factory=_seconds)
    still: int = 0

    def add(self, elapsed: int | None, *, still: bool) -> None:
        """Count one; what ended without it is neither short nor long."""
        if elapsed is not None:
            self.elapsed.append(max(int(elapsed), 0))  # done before it began took no time
        elif still:
            self.still += 1

    def join(self, other: Wait) -> None:
        """Count what ``other`` counted too."""
        self.elapsed.extend(other.elapsed)
        self.still += other.still

    def figures(self, code: str) -> Figures:
        """How many, and the percentiles in hours."""
        return {
            f"{code}.n": len(self.elapsed) + self.still,
            f"{code}.still_open": self.still,
            **_percentiles(f"{code}.elapsed", self.elapsed, self.still),
        }


@dataclass(slots=True)
class Work:
    """How long agencies took for something, in working hours beside the others' waiting."""

    waited: Wait = field(default_factory=Wait)
    working: array[int] = field(default_factory=_seconds)

    def add(self, working: int | None, elapsed: int | None, *, still: bool) -> None:
        """Count one assignment, as ``Wait`` does; both times are known or none is."""
        both = working is not None and elapsed is not None
        self.waited.add(elapsed if both else None, still=still)
        if both:
            self.working.append(max(int(working), 0))  # type: ignore[arg-type]

    def join(self, other: Work) -> None:
        """Count what ``other`` counted too."""
        self.waited.join(other.waited)
        self.working.extend(other.working)

    def figures(self, code: str) -> Figures:
        """How many, and the percentiles in hours."""
        working = _percentiles(f"{code}.working", self.working, self.waited.still)
        return {**self.waited.figures(code), **working}


def _percentiles(name: str, seconds: array[int], still: int) -> Figures:
    spread = Spread.of(seconds, still)
    return {f"{name}.median": spread.median, f"{name}.p90": spread.p90}


@dataclass(slots=True)
class Counted:
    """What was counted for one agency, or all of them, in some days."""

    counts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    stars: int = 0
    acknowledge: Work = field(default_factory=Work)
    resolve: Work = field(default_factory=Work)

    def join(self, other: Counted) -> None:
        """Count what ``other`` counted too."""
        for code, number in other.counts.items():
            self.counts[code] += number
        self.stars += other.stars
        self.acknowledge.join(other.acknowledge)
        self.resolve.join(other.resolve)

    def figures(self) -> Figures:
        """Every figure that an agency has but its rank; one number under each name."""
        counts = self.counts
        return {
            **{one.code: counts[one.code] for one in of_agencies(Unit.COUNT)},
            **{one.code: share(counts, one.code) for one in of_agencies(Unit.SHARE) if one.part},
            "on_time_lower_bound": wilson_lower(counts["met"], counts["due"]),
            "satisfaction": rate(self.stars, counts["satisfaction_n"]),
            **self.acknowledge.figures("hours_to_acknowledge"),
            **self.resolve.figures("hours_to_resolve"),
        }


@dataclass(slots=True)
class Reports:
    """What was counted of reports, each once, whoever held them."""

    counts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    first_sign: Wait = field(default_factory=Wait)

    def join(self, other: Reports) -> None:
        """Count what ``other`` counted too."""
        for code, number in other.counts.items():
            self.counts[code] += number
        self.first_sign.join(other.first_sign)

    def figures(self) -> Figures:
        """The citizen's view: promises, and the first sign of life."""
        promises = {code: self.counts[code] for code in OF_PROMISES}
        return {**promises, **self.first_sign.figures(FIRST_SIGN)}


class Counting:
    """Counts reports one by one, as of a moment, for several periods at once."""

    def __init__(self, periods: Sequence[Period], as_of: datetime) -> None:
        self.as_of = as_of
        edges = {edge for one in periods for edge in (one.begins, one.ends)}
        self._edges = sorted(edges)
        # By stretch of days, then by agency's id.
        self._cells: defaultdict[int, defaultdict[int, Counted]] = defaultdict(_by_agency)
        self._now: defaultdict[int, defaultdict[str, int]] = defaultdict(_numbers)
        self._reports: defaultdict[int, Reports] = defaultdict(Reports)

    def count(self, report: Rebuilt) -> None:
        """Count a report and its assignments. Its promise, if it is a duplicate: ``promise``."""
        duplicate = report.status == Status.DUPLICATE
        recurs = report.recurrence_of is not None
        if report.created_at is not None:
            filed = self._reports[self._stretch(report.created_at)]
            filed.counts["received"] += 1
            filed.counts["duplicates"] += duplicate
            filed.counts["recurring"] += recurs
            filed.first_sign.add(_until_first_sign(report), still=report.status in OPEN)
        for held in report.held:
            self._opened(held, duplicate, recurs)
            self._due(held)
            self._resolved(held)
            if held.outcome is None:
                self._still_open(held)
        if not duplicate:
            self.promise(report.promised_by, report.status, report.resolved_at)

    def promise(
        self, promised_by: datetime | None, status: str, resolved_at: datetime | None
    ) -> None:
        """Count a promise: ``status`` and ``resolved_at`` are those of a duplicate's master."""
        if promised_by is None or promised_by > self.as_of or status in LEFT_OUT:
            return
        counts = self._reports[self._stretch(promised_by)].counts
        if status == Status.CLOSED and resolved_at is None:
            counts["promises_without_reply"] += 1
            return
        counts["promises_due"] += 1
        done = status in WITH_RESULT and resolved_at is not None
        counts["promises_kept"] += done and resolved_at <= promised_by  # type: ignore[operator]

    def of_period(self, period: Period) -> tuple[dict[int, Counted], Counted, Reports]:
        """By agency's id; of all of them; and what was counted of reports."""
        stretches = range(
            bisect_right(self._edges, period.begins), bisect_right(self._edges, period.ends)
        )
        by_agency: defaultdict[int, Counted] = defaultdict(Counted)
        for stretch in stretches:
            for agency_id, counted in self._cells.get(stretch, {}).items():
                by_agency[agency_id].join(counted)
        for agency_id, now in self._now.items():
            by_agency[agency_id].counts.update(now)
        whole = Counted()
        for counted in by_agency.values():
            whole.join(counted)
        reports = Reports()
        for stretch in stretches:
            if stretch in self._reports:
                reports.join(self._reports[stretch])
        whole.counts.update({code: reports.counts[code] for code in COUNTED_BY_REPORT})
        return dict(by_agency), whole, reports

    def _stretch(self, moment: datetime) -> int:
        """Which of the stretches of days between the periods' edges the moment lies in."""
        return bisect_right(self._edges, moment)

    def _cell(self, held: Held, moment: datetime) -> Counted:
        return self._cells[self._stretch(moment)][held.agency_id]

    def _opened(self, held: Held, duplicate: bool, recurs: bool) -> None:
        cell, still = self._cell(held, held.opened_at), held.outcome is None
        counts = cell.counts
        counts["received"] += 1
        counts["duplicates"] += duplicate
        counts["recurring"] += recurs
        counts["extended"] += held.extensions_granted > 0
        if held.outcome in (Outcome.TRANSFERRED, Outcome.HANDED_BACK, Outcome.REJECTED):
            counts[held.outcome] += 1
        cell.acknowledge.add(held.acknowledge_working_s, held.acknowledge_elapsed_s, still=still)
        cell.resolve.add(held.resolve_working_s, held.resolve_elapsed_s, still=still)

    def _due(self, held: Held) -> None:
        """The cohorts of three deadlines, each on its own day."""
        outcome = Outcome(held.outcome) if held.outcome else None
        done_at = result_at(outcome, held.resolved_at, held.ended_at)
        for deadline, done, due, met in (
            (held.own_resolve_by, done_at, "due", "met"),
            (held.resolve_by, done_at, "due_with_extensions", "met_with_extensions"),
            (
                held.acknowledge_by,
                held.acknowledged_at or done_at,
                "acknowledgements_due",
                "acknowledged_on_time",
            ),
        ):
            if deadline is None or deadline > self.as_of:
                continue
            in_time = kept(
                outcome,
                done_at=done,
                ended_at=held.ended_at,
                acknowledge_by=held.acknowledge_by,
                deadline=deadline,
                as_of=self.as_of,
            )
            counts = self._cell(held, deadline).counts
            if in_time is not None:
                counts[due] += 1
                counts[met] += in_time
            elif due == "due":
                counts["no_reply" if outcome is Outcome.NO_REPLY else "left_out"] += 1

    def _resolved(self, held: Held) -> None:
        if held.resolved_at is None:
            return
        cell = self._cell(held, held.resolved_at)
        cell.counts["resolutions"] += 1
        cell.counts["reopened"] += held.reopened_at is not None
        if held.resolution_kind is not None:
            cell.counts[held.resolution_kind] += 1
        if held.rating is not None:
            cell.counts["satisfaction_n"] += 1
            cell.stars += held.rating

    def _still_open(self, held: Held) -> None:
        now = self._now[held.agency_id]
        now["open"] += 1
        now["overdue"] += held.resolve_by is not None and held.resolve_by < self.as_of
        now["paused"] += held.own_resolve_by is None


def _until_first_sign(report: Rebuilt) -> int | None:
    """Seconds from filing until somebody who held it acknowledged it; None: nobody has."""
    signs = [held.acknowledged_at for held in report.held if held.acknowledged_at is not None]
    if report.created_at is None or not signs:
        return None
    return whole_seconds(min(signs) - report.created_at)


def _by_agency() -> defaultdict[int, Counted]:
    return defaultdict(Counted)


def _numbers() -> defaultdict[str, int]:
    return defaultdict(int)
