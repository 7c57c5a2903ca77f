"""What all acts of the simulation share: chance, the agenda, working time, the people."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from reports_service.categories.service import CategoryFacts
from reports_service.cli.simulation.cast import Cast
from reports_service.cli.simulation.pictures import Pictures
from reports_service.cli.simulation.places import Places
from reports_service.cli.simulation.seasons import Seasons
from reports_service.cli.simulation.speech import Speech
from reports_service.core import clock
from reports_service.core.auth import Actor
from reports_service.reports import holding, service
from reports_service.reports.models import Assignment, Report
from reports_service.reports.service import Turn
from reports_service.sla import service as sla

WAKES, SLEEPS = 6, 22  # local hours between which citizens touch their telephones
LONG_LATE = 0.2  # of what is late, so much lies for weeks
LATE_H, LONG_LATE_H, EMERGENCY_LATE_H = 20.0, 150.0, 9.0  # working hours; emergencies: plain ones
LONG_AGO = datetime.min.replace(tzinfo=UTC)
Act = Callable[["Town", "Case"], None]
Taker = Callable[["Town", "Case", Report], None]


@dataclass(slots=True, eq=False)
class Case:
    """A report whose life goes on, as the simulation remembers it.

    ``page`` is turned whenever the report changes hands or waits for somebody else: what was
    planned on an earlier page does not happen. ``meant``: the category that it truly is about.
    """

    code: str
    token: str
    meant: CategoryFacts
    lat: float
    lon: float
    named: bool  # it has a reporter who left a contact
    flooded: bool
    page: int = 0
    holder: int = 0  # the id of the agency
    in_time: bool = True
    replies: tuple[str, ...] = ()

    @property
    def reporter(self) -> Actor:
        """Whoever shows the tracking token."""
        return Actor(tracking=self.token)

    def turn_page(self) -> None:
        """Nothing that was planned up to now happens any more."""
        self.page += 1


@dataclass(slots=True)
class Town:
    """The province that is lived through.

    ``takers``: triage -> what a new holder does first. ``answered``: what the agency does when the
    reporter has replied.
    """

    chance: Random
    seasons: Seasons
    cast: Cast
    speech: Speech
    places: Places
    pictures: Pictures
    takers: Mapping[bool, Taker]
    answered: Taker
    sweep_at: datetime | None = None
    no_sweep_before: datetime = LONG_AGO
    _agenda: list[tuple[datetime, int, Act, Case, int | None]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    def plan(self, at: datetime, act: Act, case: Case, *, whatever: bool = False) -> None:
        """Let an act happen then, unless the page was turned (``whatever``: even so)."""
        if at <= self.seasons.end:
            page = None if whatever else case.page
            heapq.heappush(self._agenda, (at, next(self._numbers), act, case, page))

    def next_at(self) -> datetime | None:
        """When the next planned act is due."""
        return self._agenda[0][0] if self._agenda else None

    def take_next(self) -> tuple[Act, Case] | None:
        """The next planned act; None where it is void."""
        _, _, act, case, page = heapq.heappop(self._agenda)
        return None if page not in (None, case.page) else (act, case)

    def take(self, case: Case, actor: Actor) -> Turn:
        """Somebody's turn at the report, as the service takes it."""
        return service.take(case.code, actor)

    def hand_over(self, case: Case, report: Report) -> None:
        """A new holder has it: a new page, and what that holder does."""
        case.turn_page()
        case.holder = report.agency_id
        self.takers[holding.current(report).triage](self, case, report)

    def goes_on(self, case: Case, report: Report) -> None:
        """The reporter has replied; the agency goes on."""
        self.answered(self, case, report)

    def watch(self, report: Report) -> None:
        """Let the sweep come when something is due on this report by itself."""
        rows = holding.current(report).clocks
        for due in (report.closes_at, *(row.next_step_at for row in rows)):
            if due is not None and (self.sweep_at is None or due < self.sweep_at):
                self.sweep_at = max(due, self.no_sweep_before)

    def happens(self, probability: float) -> bool:
        """A coin that falls so with this probability."""
        return self.chance.random() < probability

    def result_at(self, held: Assignment, in_time: bool, pace: float) -> datetime:
        """When the holder is done with it: by the deadline or after it; later than now."""
        now, deadline = clock.now(), held.own_resolve_by or clock.now()
        plain = held.report.priority == "emergency"
        if in_time and now < deadline:
            return self.part(now, deadline, self._share(pace), plain=plain)
        return self._late(max(now, deadline), plain)

    def acknowledged_at(self, held: Assignment, in_time: bool, pace: float) -> datetime:
        """When the holder says that it has seen it."""
        now, deadline = clock.now(), held.acknowledge_by or clock.now()
        if self.happens(0.98 if in_time else 0.6):
            plain = held.report.priority == "emergency"
            return self.part(now, deadline, self._share(pace), plain=plain)
        return sla.calendar().add(deadline, timedelta(hours=self.chance.expovariate(1 / 5)))

    def part(
        self, start: datetime, end: datetime, share: float, *, plain: bool = False
    ) -> datetime:
        """The moment after so much of the working time (or of the ``plain`` time) between two."""
        if plain:
            return start + (end - start) * share
        calendar = sla.calendar()
        return min(calendar.add(start, max(calendar.between(start, end), timedelta()) * share), end)

    def in_hours(self, low: float, high: float) -> datetime:
        """A moment of work, so many working hours from now."""
        return sla.calendar().add(clock.now(), timedelta(hours=self.chance.uniform(low, high)))

    def in_days(self, mean: float) -> datetime:
        """A moment when citizens are awake, about so many days from now."""
        at = clock.now() + timedelta(days=self.chance.expovariate(1 / mean), minutes=10)
        hour = at.astimezone(sla.zone()).hour
        if WAKES <= hour < SLEEPS:
            return at
        until_morning = (WAKES - hour) % 24
        return at + timedelta(hours=until_morning + self.chance.random() * 3)

    def _share(self, pace: float) -> float:
        return 0.03 + 0.94 * math.pow(self.chance.random(), 1 / (pace + 0.35))

    def _late(self, after: datetime, plain: bool) -> datetime:
        if plain:
            return after + timedelta(hours=self.chance.expovariate(1 / EMERGENCY_LATE_H))
        mean = LONG_LATE_H if self.happens(LONG_LATE) else LATE_H
        return sla.calendar().add(after, timedelta(hours=0.1 + self.chance.expovariate(1 / mean)))
