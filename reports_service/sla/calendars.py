"""Calendars: their week, and the days that differ from it. Deadlines given do not move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, String, cast, or_, select

from reports_service.core import audit, clock, endings, reference
from reports_service.core.audit import AuditEntry
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.errors import Conflict, NotFound
from reports_service.sla.hours import checked_hours, checked_week, require_year
from reports_service.sla.models import Calendar, CalendarDay
from reports_service.sla.service import CALENDARS, CalendarMissing, zone

WEEK = "week"  # for the hours of a day that is as its week says


class CalendarUnknown(NotFound):
    """No calendar has this code."""

    code = "calendar_unknown"


class CalendarExists(Conflict):
    """The code is taken, perhaps by a calendar that has ended."""

    code = "calendar_exists"


class CalendarNeeded(Conflict):
    """The only calendar cannot end: no deadline could be counted."""

    code = "calendar_needed"


class DayNeverChanged(Conflict):
    """The log does not say that this day was something else before."""

    code = "day_never_changed"


def listing() -> Select[Calendar]:
    """All calendars that have not ended."""
    return select(Calendar).where(or_(Calendar.ended_at.is_(None), Calendar.ended_at > clock.now()))


def by_code(code: str) -> Calendar:
    """The calendar with this code, ended or not. Raises ``CalendarUnknown``."""
    calendar = db.session.scalar(select(Calendar).where(Calendar.code == code))
    if calendar is None:
        raise CalendarUnknown(calendar=code)
    return calendar


def in_force() -> Calendar:
    """The calendar that deadlines are counted by now. Raises ``CalendarMissing``."""
    calendar = db.session.scalar(listing().order_by(Calendar.id).limit(1))
    if calendar is None:
        raise CalendarMissing()
    return calendar


def days_of(code: str, year: int | None = None) -> Sequence[CalendarDay]:
    """The days of a year (default: this local year) that differ from the week, in order."""
    calendar = by_code(code)
    chosen = year or clock.now().astimezone(zone()).year
    return db.session.scalars(
        select(CalendarDay)
        .where(CalendarDay.calendar_id == calendar.id)
        .where(CalendarDay.day.between(date(chosen, 1, 1), date(chosen, 12, 31)))
        .order_by(CalendarDay.day)
    ).all()


def add(actor: Actor, values: Mapping[str, Any]) -> Calendar:
    """A new calendar: code, names, weekly (weekday name -> intervals).

    Raises ``CalendarExists``, ``HoursRefused``, ``NoWorkingHours``.
    """
    if db.session.scalar(select(Calendar.id).where(Calendar.code == values["code"])):
        raise CalendarExists(calendar=values["code"])
    calendar = Calendar(
        created_at=clock.now(),
        code=values["code"],
        names=dict(values["names"]),
        weekly=checked_week(values["weekly"]),
    )
    db.session.add(calendar)
    audit.record(actor, "added", "calendar", calendar.code, weekly=calendar.weekly)
    _changed()
    return calendar


def change(actor: Actor, code: str, values: Mapping[str, Any]) -> Calendar:
    """New names or another week, for deadlines to come. Raises as ``add`` does."""
    calendar = by_code(code)
    new = dict(values)
    if "weekly" in new:
        new["weekly"] = checked_week(new["weekly"])
    before = {name: getattr(calendar, name) for name in new}
    for name, value in new.items():
        setattr(calendar, name, value)
    audit.record(actor, "changed", "calendar", code, before=before, after=new)
    _changed()
    return calendar


def end(actor: Actor, code: str, at: datetime | None = None) -> Calendar:
    """End a calendar in favour of the next one. Raises ``CalendarNeeded`` when there is none."""
    calendar = by_code(code)
    others = select(Calendar.id).where(Calendar.id != calendar.id, Calendar.ended_at.is_(None))
    if db.session.scalar(others.limit(1)) is None:
        raise CalendarNeeded(calendar=code)
    calendar.ended_at = at or clock.now()
    audit.record(actor, "ended", "calendar", code, at=calendar.ended_at.isoformat())
    _changed()
    return calendar


def bring_back(actor: Actor, code: str) -> Calendar:
    """Take an end back: the oldest calendar that goes on is the one in force.

    Raises ``CalendarUnknown``, ``HasNotEnded``.
    """
    calendar = by_code(code)
    endings.take_back(actor, "calendar", calendar, code)
    _changed()
    return calendar


def set_day(actor: Actor, code: str, day: date, values: Mapping[str, Any]) -> CalendarDay:
    """Make a day differ from its week: ``hours`` (None: off), ``names``, ``source``.

    Saying it twice changes nothing. Raises ``DayRefused``, ``HoursRefused``.
    """
    calendar = by_code(code)
    require_year(day)
    hours = None if values.get("hours") is None else checked_hours(values["hours"])
    found = _day(calendar, day) or CalendarDay(calendar_id=calendar.id, day=day)
    before = found.hours if found.id else WEEK
    was = _was(found) if found.id else {}
    found.hours = hours
    found.names = dict(values.get("names") or {})
    found.source = values.get("source")
    db.session.add(found)
    audit.record(
        actor, "changed", "calendar", code, day=day.isoformat(), before=before, after=hours, **was
    )
    _changed()
    return found


def reset_day(actor: Actor, code: str, day: date) -> None:
    """Let a day be again what its week says; one that is already stays so."""
    calendar = by_code(code)
    found = _day(calendar, day)
    if found is None:
        return
    db.session.delete(found)
    detail = {"day": day.isoformat(), "before": found.hours, "after": WEEK, **_was(found)}
    audit.record(actor, "changed", "calendar", code, **detail)
    _changed()


def before_last_change(code: str, day: date) -> Mapping[str, Any] | None:
    """What a day was before its last change: as ``set_day`` takes it, or with ``WEEK`` for hours.

    None: the log knows of no change, or of one from before it kept what a day was called.
    """
    of_day = cast(AuditEntry.detail, String).contains(f'"{day.isoformat()}"')
    entry = db.session.scalar(
        select(AuditEntry)
        .where(AuditEntry.object_kind == "calendar", AuditEntry.object_key == by_code(code).code)
        .where(AuditEntry.act == "changed", of_day)
        .order_by(AuditEntry.number.desc())
        .limit(1)
    )
    if entry is None or entry.detail.get("day") != day.isoformat():
        return None
    before, was = entry.detail["before"], entry.detail.get("was")
    if before == WEEK:
        return {"hours": WEEK}
    return {"hours": before, **was} if was is not None else None


def take_back_day(actor: Actor, code: str, day: date) -> None:
    """Let a day be what it was before its last change; once more, and it is changed again.

    Raises ``CalendarUnknown``, ``DayNeverChanged``.
    """
    before = before_last_change(code, day)
    if before is None:
        raise DayNeverChanged(day=day.strftime("%d/%m/%Y"))
    if before["hours"] == WEEK:
        reset_day(actor, code, day)
    else:
        set_day(actor, code, day, before)


def _was(found: CalendarDay) -> dict[str, Any]:
    """What the log keeps of a day beside its hours, so that a change can be taken back."""
    return {"was": {"names": found.names, "source": found.source}}


def _day(calendar: Calendar, day: date) -> CalendarDay | None:
    return db.session.scalar(
        select(CalendarDay).where(CalendarDay.calendar_id == calendar.id, CalendarDay.day == day)
    )


def _changed() -> None:
    db.session.flush()
    reference.changed(CALENDARS)
