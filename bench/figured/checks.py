"""What was measured of the figures, beside what it must be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench import result
from bench.figured.asking import Question
from bench.figured.exactness import EXACTLY, Differences
from bench.figured.freshness import Fresh
from bench.figured.verifying import Verified

LARGE = 10_000_000  # from here on the ratios count
RATIOS = {"quarter": 20.0, "all time": 100.0}
GROWTH = 1.5
LARGE_ERROR = 0.015
COMPARED = 2 * 160 * 20  # numbers at least: both periods, each agency
FOR_S, SHOWS_WITHIN_S = {50: 20, 500: 60}, 5.0  # by changes a second
KEEPS_PACE = 0.98
WITH_EVENTS = 50_000  # reports
EVENTS, EVENTS_A_SECOND, GROWN_MB = 200_000, 20_000, 64.0
Check = result.Check


@dataclass(frozen=True)
class Measured:
    """Median milliseconds by question; of straight SQL by period."""

    questions: Sequence[Question]
    asked: dict[str, float]
    straight: dict[str, float]
    differences: Differences


def speed(engine: str, tickets: int, found: Measured) -> Iterator[Check]:
    """Each question against its bound."""
    for one in found.questions:
        what = f"{engine}, {tickets} tickets: {one.name}, median"
        yield Check.at_most(what, round(found.asked[one.name], 2), one.bound_ms, "ms")


def ratios(engine: str, tickets: int, found: Measured) -> Iterator[Check]:
    """Against straight SQL, where there are enough rows for it to take long."""
    for name, bound in RATIOS.items() if tickets >= LARGE else ():
        ratio = round(found.straight[name] / found.asked[name], 1)
        yield Check.at_least(f"{engine}: {name}, faster than straight SQL", ratio, bound, "times")


def exact(engine: str, found: Differences) -> Iterator[Check]:
    """Counts the same, percentiles as near as they must be."""
    yield Check.at_least(f"{engine}: numbers compared", found.compared, COMPARED, "numbers")
    yield Check.at_most(f"{engine}: numbers that differ", found.counts.total(), 0, "numbers")
    for which, error, bound in (
        ("below 2000", found.small, EXACTLY),
        ("from 2000 on", found.large, LARGE_ERROR),
    ):
        what = f"{engine}: percentiles of {which}, largest error"
        yield Check.at_most(what, float(f"{error:.3g}"), bound, "share")


def growth(engine: str, few: Measured, many: Measured) -> Iterator[Check]:
    """How much longer the answer takes with ten times as many tickets."""
    for name in ("quarter", "year", "all time"):
        times = round(many.asked[name] / few.asked[name], 2)
        yield Check.at_most(f"{engine}: {name}, with ten times the tickets", times, GROWTH, "times")


def fresh(engine: str, found: Sequence[Fresh]) -> Iterator[Check]:
    """All changes show; at a usual pace soon, and at ten times that they do not pile up."""
    usual, fast = found
    for one in found:
        each = f"{engine}, {one.asked_a_second} changes a second"
        made, asked = round(one.rate, 1), one.asked_a_second * KEEPS_PACE
        yield Check.at_least(f"{each}: made", made, asked, "a second")
        yield Check.at_most(f"{each}: never shown", one.missing, 0, "changes")
    longest = round(usual.longest_s, 2)
    yield Check.at_most(f"{engine}, {usual.asked_a_second} changes a second: the longest until one "
                        "shows", longest, SHOWS_WITHIN_S, "s")  # fmt: skip
    # What cannot keep up leaves more waiting the longer it lasts.
    waiting = round(fast.waiting[-1] / fast.asked_a_second, 2)
    yield Check.at_most(f"{engine}, {fast.asked_a_second} changes a second: waiting after "
                        f"{FOR_S[fast.asked_a_second]} s, as many as come in", waiting,
                        SHOWS_WITHIN_S, "s")  # fmt: skip


def agreed(engine: str, found: Verified) -> Iterator[Check]:
    """Every chain, row and figure agrees with the events, and is checked fast in little memory."""
    yield Check.at_least(f"{engine}: events", found.events, EVENTS, "events")
    yield Check.at_most(f"{engine}: differences from the events", found.differences, 0, "found")
    rate = round(found.rate)
    yield Check.at_least(f"{engine}: verified", rate, EVENTS_A_SECOND, "events a second")
    yield Check.at_most(f"{engine}: memory that verifying grew by", found.grown_mb, GROWN_MB, "MB")
