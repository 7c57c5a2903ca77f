"""What is open now, by how long it has been held and by how long it is overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports_service.core.words import say
from reports_service.web.leader import numbers
from reports_service.web.leader.numbers import Number


@dataclass(frozen=True)
class Bar:
    """A span of days: how many are that old, and what part of the most."""

    name: str
    number: Number
    part: float


@dataclass(frozen=True)
class Held:
    """The backlog: its finding, its bars by age and by delay, what is paused."""

    title: str
    open: Number
    overdue: Number
    paused: Number
    age: Sequence[Bar]
    overdue_for: Sequence[Bar]
    longest: str | None


def held(answer: Mapping[str, Any], language: str) -> Held:
    """Read from what ``asking.backlog`` answers."""
    total = answer["total"]
    row = numbers.Row(total, answer["assignments"], language)
    longest = total["longest_overdue_hours"]
    return Held(
        title=_title(total, language),
        open=row["open"],
        overdue=row["overdue"],
        paused=row["paused"],
        age=_bars(total["age"], language),
        overdue_for=_bars(total["overdue_for"], language),
        longest=None if longest is None else _longest(longest, language),
    )


def _title(total: Mapping[str, Any], language: str) -> str:
    if not total["open"]:
        return say("leader_backlog_empty", language)
    if not total["overdue"]:
        return say("leader_backlog_in_time", language, open=numbers.whole(total["open"], language))
    oldest = next(one for one in reversed(total["overdue_for"]) if one["count"])
    return say(
        "leader_backlog_late" if oldest["from_days"] else "leader_backlog_just_late",
        language,
        overdue=numbers.whole(total["overdue"], language),
        open=numbers.whole(total["open"], language),
        count=numbers.whole(oldest["count"], language),
        days=oldest["from_days"] or oldest["to_days"],
    )


def _longest(hours: float, language: str) -> str:
    """In days of 24 hours; what is not a day yet in hours."""
    days, whole = int(hours // 24), int(hours)
    if days:
        return say("leader_longest", language, days=numbers.whole(days, language))
    return say("leader_longest_hours" if whole else "leader_longest_just", language, hours=whole)


def _bars(buckets: Sequence[Mapping[str, Any]], language: str) -> list[Bar]:
    most = max((one["count"] for one in buckets), default=0)
    return [
        Bar(
            _span(one["from_days"], one["to_days"], language),
            Number(numbers.whole(one["count"], language), numbers.behind(one["assignments"])),
            one["count"] / most if most else 0,
        )
        for one in buckets
    ]


def _span(low: int, high: int | None, language: str) -> str:
    if high is None:
        return say("leader_days_above", language, low=low)
    if low == 0:
        return say("leader_days_below", language, high=high)
    return say("leader_days_between", language, low=low, high=high)
