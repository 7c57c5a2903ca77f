"""Every figure counted in plain Python from what the events rebuilt: no SQL and no cells.

Only the rules of ``domain.measures`` are shared with what is served. What is kept in memory is
counts and bare numbers by agency and stretch of days, however many reports there are.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reports_service.domain.lifecycle import Status
from reports_service.domain.measures import (
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
from reports_service.reports.replay import Held, Rebuilt
from reports_service.statistics.scope import Period

COUNTED_BY_REPORT = ("received", "duplicates", "recurring")  # in the province's total
OF_PROMISES = ("promises_due", "promises_kept", "promises_without_reply")
HOURS = ("hours_to_acknowledge", "hours_to_resolve")
Figures = Mapping[str, float | None]
LEFT_OUT = frozenset({Status.REJECTED, Status.REFERRED, Status.WITHDRAWN})
WITH_RESULT = frozenset({Status.RESOLVED, Status.CLOSED})


def _seconds() -> array[int]:
    return array("I")


@dataclass(slots=True)
class Long:
    """How long something took, in whole seconds; ``still``: not done yet, and nobody knows."""

    working: array[int] = field(default_factory=_seconds)
    elapsed: array[int] = field(default_factory=_seconds)
    still: int = 0

    def add(self, working: int | None, elapsed: int | None, *, still: bool) -> None:
        """Count one assignment; what ended without it is neither short nor long."""
        if working is not None and elapsed is not None:
            self.working.append(max(int(working), 0))  # done before it began took no time
            self.elapsed.append(max(int(elapsed), 0))
        elif still:
            self.still += 1

    def join(self, other: Long) -> None:
        """Count what ``other`` counted too."""
        self.working.extend(other.working)
        self.elapsed.extend(other.elapsed)
        self.still += other.still

    def figures(self, code: str) -> Figures:
        """How many, and the percentiles in hours."""
        working, elapsed = (Spread.of(one, self.still) for one in (self.working, self.elapsed))
        return {
            f"{code}.n": len(self.elapsed) + self.still,
            f"{code}.still_open": self.still,
            f"{code}.working.median": working.median,
            f"{code}.working.p90": working.p90,
            f"{code}.elapsed.median": elapsed.median,
            f"{code}.elapsed.p90": elapsed.p90,
        }


@dataclass(slots=True)
class Counted:
    """What was counted for one agency, or all of them, in some days."""

    counts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    stars: int = 0
    acknowledge: Long = field(default_factory=Long)
    resolve: Long = field(default_factory=Long)

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
            **self.acknowledge.figures(HOURS[0]),
            **self.resolve.figures(HOURS[1]),
        }


class Counting:
    """Counts reports one by one, as of a moment, for several periods at once."""

    def __init__(self, periods: Sequence[Period], as_of: datetime) -> None:
        self.as_of = as_of
        edges = {edge for one in periods for edge in (one.begins, one.ends)}
        self._edges = sorted(edges)
        self._cells: defaultdict[tuple[int, int], Counted] = defaultdict(Counted)
        self._now: defaultdict[int, defaultdict[str, int]] = defaultdict(_numbers)
        self._reports: defaultdict[int, defaultdict[str, int]] = defaultdict(_numbers)

    def count(self, report: Rebuilt) -> None:
        """Count a report and its assignments. Its promise, if it is a duplicate: ``promise``."""
        duplicate = report.status == Status.DUPLICATE
        recurs = report.recurrence_of is not None
        if report.created_at is not None:
            filed = self._reports[self._stretch(report.created_at)]
            filed["received"] += 1
            filed["duplicates"] += duplicate
            filed["recurring"] += recurs
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
        counts = self._reports[self._stretch(promised_by)]
        if status == Status.CLOSED and resolved_at is None:
            counts["promises_without_reply"] += 1
            return
        counts["promises_due"] += 1
        done = status in WITH_RESULT and resolved_at is not None
        counts["promises_kept"] += done and resolved_at <= promised_by  # type: ignore[operator]

    def of_period(self, period: Period) -> tuple[dict[int, Counted], Counted, dict[str, int]]:
        """By agency's id; of all of them; and the promises."""
        stretches = range(
            bisect_right(self._edges, period.begins), bisect_right(self._edges, period.ends)
        )
        by_agency: defaultdict[int, Counted] = defaultdict(Counted)
        for agency_id, stretch in list(self._cells):
            if stretch in stretches:
                by_agency[agency_id].join(self._cells[agency_id, stretch])
        for agency_id, now in self._now.items():
            by_agency[agency_id].counts.update(now)
        whole = Counted()
        for counted in by_agency.values():
            whole.join(counted)
        of_reports = dict.fromkeys((*COUNTED_BY_REPORT, *OF_PROMISES), 0)
        for code, number in self._of_reports(stretches):
            of_reports[code] += number
        whole.counts.update({code: of_reports[code] for code in COUNTED_BY_REPORT})
        return dict(by_agency), whole, {code: of_reports[code] for code in OF_PROMISES}

    def _of_reports(self, stretches: Iterable[int]) -> Iterator[tuple[str, int]]:
        for stretch in stretches:
            if stretch in self._reports:
                yield from self._reports[stretch].items()

    def _stretch(self, moment: datetime) -> int:
        """Which of the stretches of days between the periods' edges the moment lies in."""
        return bisect_right(self._edges, moment)

    def _cell(self, held: Held, moment: datetime) -> Counted:
        return self._cells[held.agency_id, bisect_right(self._edges, moment)]

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


def _numbers() -> defaultdict[str, int]:
    return defaultdict(int)
