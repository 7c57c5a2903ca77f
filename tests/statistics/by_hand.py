"""The figures once more, counted by hand from the facts: one loop, no SQL, no table of rules.

Written from the trade's own words, apart from the code it judges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf
from typing import Any
from zoneinfo import ZoneInfo

from tests.statistics.rows import Filed, Held


@dataclass(frozen=True)
class Asked:
    """The local days, both counted, and now."""

    first: date
    last: date
    zone: ZoneInfo
    as_of: datetime

    def covers(self, moment: datetime | None) -> bool:
        """Whether the local day of the moment is one of them."""
        return moment is not None and self.first <= moment.astimezone(self.zone).date() <= self.last


def figures(filed: Iterable[Filed], asked: Asked, wanted: Callable[[Filed, Held], bool]) -> Any:
    """Counts, and the sums behind means and percentiles, of the holdings that are wanted."""
    counts: Counter[str] = Counter()
    sample: dict[str, list[float]] = {name: [] for name in ("ack_w", "ack_e", "res_w", "res_e")}
    for report in filed:
        for held in report.held:
            if wanted(report, held):
                _count_one(report, held, asked, counts, sample)
    return counts, sample


def _count_one(
    report: Filed, held: Held, asked: Asked, counts: Counter[str], sample: dict[str, list[float]]
) -> None:
    now = asked.as_of
    if held.outcome is None:
        counts["open"] += 1
        counts["overdue"] += held.resolve_by is not None and held.resolve_by < now
        counts["paused"] += held.own_resolve_by is None
    if asked.covers(held.opened_at):
        counts["received"] += 1
        counts["duplicates"] += report.status == "duplicate"
        counts["recurring"] += report.recurs
        counts["extended"] += held.extensions > 0
        counts["transferred"] += held.outcome == "transferred"
        counts["handed_back"] += held.outcome == "handed_back"
        counts["rejected"] += held.outcome == "rejected"
        _measure(held, held.acknowledged_at, sample["ack_w"], sample["ack_e"])
        _measure(held, held.resolved_at, sample["res_w"], sample["res_e"])
    for deadline, names in (
        (held.own_resolve_by, ("due", "met")),
        (held.resolve_by, ("due_with_extensions", "met_with_extensions")),
    ):
        verdict = _verdict(held, deadline, _result(held), asked)
        counts[names[0]] += verdict in ("met", "missed")
        counts[names[1]] += verdict == "met"
        if names[0] == "due":
            counts["left_out"] += verdict == "left out"
            counts["no_reply"] += verdict == "no reply"
    verdict = _verdict(held, held.acknowledge_by, held.acknowledged_at or _result(held), asked)
    counts["acknowledgements_due"] += verdict in ("met", "missed")
    counts["acknowledged_on_time"] += verdict == "met"
    if asked.covers(held.resolved_at):
        counts["resolutions"] += 1
        counts["reopened"] += held.reopened_at is not None
        counts["satisfaction_n"] += held.rating is not None
        counts["stars"] += held.rating or 0
        counts[str(held.kind)] += 1


def _result(held: Held) -> datetime | None:
    return held.ended_at if held.outcome in ("resolved", "triaged", "rejected") else None


def _verdict(held: Held, deadline: datetime | None, done: datetime | None, asked: Asked) -> str:
    if deadline is None or not asked.covers(deadline) or deadline > asked.as_of:
        return "no day"
    if done is not None:
        return "missed" if done > deadline else "met"
    if held.outcome is None:
        return "missed"
    assert held.ended_at is not None
    if held.outcome == "no_reply":
        return "no reply"
    handed_over = held.outcome in ("transferred", "handed_back")
    last_chance = held.acknowledge_by if handed_over else deadline
    return "missed" if held.ended_at > last_chance else "left out"


def _measure(held: Held, done: datetime | None, working: list[float], elapsed: list[float]) -> None:
    if done is not None and held.worked is not None:
        seconds = max(0, (done - held.opened_at) // timedelta(seconds=1))
        elapsed.append(seconds / 3600)
        working.append(int(seconds * held.worked) / 3600)
    elif held.outcome is None:
        elapsed.append(inf)
        working.append(inf)


def percentile(values: list[float], percent: int) -> float | None:
    """Between the two neighbours, in proportion; None where a neighbour is endless."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent
    low, part = ordered[place // 100], place % 100
    if part == 0:
        return None if low == inf else low
    high = ordered[place // 100 + 1]
    return None if high == inf else low + (high - low) * part / 100


def promises(filed: Iterable[Filed], asked: Asked) -> dict[str, int]:
    """The citizen's view: reports, whoever held them."""
    counts = {"promises_due": 0, "promises_kept": 0, "promises_without_reply": 0}
    for report in filed:
        if not asked.covers(report.promised_by) or report.promised_by > asked.as_of:
            continue
        fate = report.master if report.status == "duplicate" and report.master else report
        if fate.status in ("rejected", "referred", "withdrawn"):
            continue
        if fate.status == "closed" and fate.resolved_at is None:
            counts["promises_without_reply"] += 1
            continue
        counts["promises_due"] += 1
        if fate.status in ("resolved", "closed") and fate.resolved_at <= report.promised_by:
            counts["promises_kept"] += 1
    return counts
