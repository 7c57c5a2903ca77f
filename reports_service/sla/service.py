"""Which calendar and which policy hold now: asked for every report, answered from memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reports_service.categories.book import book
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.domain.errors import Conflict
from reports_service.domain.escalation import Ladder
from reports_service.domain.targets import Target
from reports_service.domain.working_hours import WorkingCalendar
from reports_service.sla.facts import PolicyFacts
from reports_service.sla.hours import KeptHours, working_calendar
from reports_service.sla.models import Calendar, CalendarDay, Policy

__all__ = [
    "CALENDARS",
    "POLICIES",
    "CalendarMissing",
    "PolicyFacts",
    "PolicyMissing",
    "calendar",
    "policy_for",
    "use_zone",
    "zone",
]

CALENDARS = "calendars"
POLICIES = "sla_policies"

_zone: tzinfo = ZoneInfo("Asia/Ho_Chi_Minh")


class CalendarMissing(Conflict):
    """No working calendar is in force, so no deadline can be counted."""

    code = "calendar_missing"


class PolicyMissing(Conflict):
    """No policy serves this, not even a default one, so no deadline can be promised."""

    code = "policy_missing"


@dataclass(frozen=True, slots=True)
class Served:
    """What a policy is for; None serves all. ``ended_at``: from then on it serves nothing."""

    category_id: int | None
    agency_id: int | None
    priority: str | None
    position: int
    ended_at: datetime | None
    facts: PolicyFacts

    def fits(self, agency_id: int | None, priority: str | None, triage: bool) -> bool:
        """Whether all but the category agree."""
        return (
            self.facts.triage == triage
            and self.agency_id in (None, agency_id)
            and self.priority in (None, priority)
        )


def use_zone(local: tzinfo) -> None:
    """Count hours and days in this zone. ``create_app`` hands in what TZ_NAME says."""
    global _zone
    _zone = local
    CALENDAR_BOOK.forget()


def zone() -> tzinfo:
    """The deployment's time zone."""
    return _zone


def calendar() -> WorkingCalendar:
    """The calendar in force: of those that have not ended, the oldest.

    A successor can so be prepared in peace; it holds from the moment at which the other ends.
    Raises ``CalendarMissing``.
    """
    now = clock.now()
    for ended_at, working in CALENDAR_BOOK.current():
        if ended_at is None or ended_at > now:
            return working
    raise CalendarMissing()


def policy_for(
    *,
    category_id: int | None,
    agency_id: int | None,
    priority: str | None,
    triage: bool = False,
) -> PolicyFacts:
    """The most specific policy in force for a report at an agency.

    Compared are, in this order: a named priority (an emergency is one whatever its category), the
    depth of the category, whether the agency is named; equal ones by their position. A policy for
    a category serves those below it. ``triage``: for what the 1022 centre holds unrouted, by
    policies made for that and by no others. Raises ``PolicyMissing``.
    """
    path, now = _path(category_id), clock.now()
    fitting = (
        policy
        for policy in POLICY_BOOK.current()
        if (policy.ended_at is None or policy.ended_at > now)
        and policy.fits(agency_id, priority, triage)
        and (policy.category_id is None or policy.category_id in path)
    )
    best = min(fitting, key=lambda policy: _rank(policy, path), default=None)
    if best is None:
        raise PolicyMissing()
    return best.facts


def _path(category_id: int | None) -> tuple[int, ...]:
    """A category and what it is part of, leaf first."""
    category = None if category_id is None else book().by_id(category_id)
    return category.path if category else ()


def _rank(policy: Served, path: tuple[int, ...]) -> tuple[bool, int, bool, int, int]:
    """The smallest wins; what names no category stands behind the whole path."""
    return (
        policy.priority is None,
        len(path) if policy.category_id is None else path.index(policy.category_id),
        policy.agency_id is None,
        policy.position,
        policy.facts.id,
    )


def facts_of(policy: Policy) -> PolicyFacts:
    """The row as a value."""
    return PolicyFacts(
        id=policy.id,
        code=policy.code,
        acknowledge=Target.parse(policy.acknowledge),
        resolve=Target.parse(policy.resolve),
        ladder=Ladder.parse(policy.ladder.steps) if policy.ladder else None,
        questions_max=policy.questions_max,
        question_days=policy.question_days,
        extensions_max=policy.extensions_max,
        extension_longest=Target.parse(policy.extension_longest),
        silence_days=policy.silence_days,
        reopen_days=policy.reopen_days,
        triage=policy.triage,
    )


def _load_policies() -> tuple[Served, ...]:
    rows = db.session.scalars(select(Policy).order_by(Policy.id)).unique()
    return tuple(
        Served(
            row.category_id,
            row.agency_id,
            row.priority,
            row.position,
            row.ended_at,
            facts_of(row),
        )
        for row in rows
    )


def _load_calendars() -> tuple[tuple[datetime | None, WorkingCalendar], ...]:
    days: dict[int, dict[date, KeptHours | None]] = {}
    columns = select(CalendarDay.calendar_id, CalendarDay.day, CalendarDay.hours)
    for calendar_id, day, hours in db.session.execute(columns):
        days.setdefault(calendar_id, {})[day] = hours
    return tuple(_loaded(days))


def _loaded(
    days: Mapping[int, dict[date, KeptHours | None]],
) -> Iterator[tuple[datetime | None, WorkingCalendar]]:
    for row in db.session.execute(
        select(Calendar.id, Calendar.weekly, Calendar.ended_at).order_by(Calendar.id)
    ):
        working = working_calendar(row.weekly, days.get(row.id, {}), _zone)
        working.next_working_moment(clock.now())  # makes its sums now, not in a request
        yield row.ended_at, working


POLICY_BOOK = Snapshot(POLICIES, load=_load_policies)
CALENDAR_BOOK = Snapshot(CALENDARS, load=_load_calendars)
