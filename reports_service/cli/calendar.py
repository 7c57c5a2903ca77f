"""``reports calendar``: the working calendar in force, and the days that differ from its week."""

from __future__ import annotations

from collections.abc import Sequence

import click

from reports_service.cli.application import OPERATOR_OF_THE_MACHINE, with_app
from reports_service.cli.spoken import language
from reports_service.core.db import unit_of_work
from reports_service.core.words import named, say
from reports_service.sla import calendars
from reports_service.sla.hours import WEEKDAYS, KeptHours, named_week, read_day
from reports_service.sla.models import Calendar, CalendarDay


@click.group()
def calendar() -> None:
    """The working calendar: its week, days off, days worked instead."""


@calendar.command()
@click.option("--year", type=click.IntRange(2000, 2100), help="This year when it is not said.")
@with_app()
def show(year: int | None) -> None:
    """Print the week and the days of a year that differ from it."""
    shown = calendars.in_force()
    click.echo(f"{shown.code}: {named(shown.names, language())}")
    for weekday, hours in named_week(shown.weekly).items():
        click.echo(f"  {_in_words(f'weekday_{weekday}'):<10} {_hours(hours)}")
    for day in calendars.days_of(shown.code, year):
        click.echo(_line(day))


@calendar.command()
@click.argument("date")
@click.option("--name", help="What day it is: a holiday's name, say.")
@click.option("--source", help="The decision that says so.")
@with_app()
def off(date: str, name: str | None, source: str | None) -> None:
    """Make DATE (2026-12-31) a day off."""
    _set(date, None, name, source)


@calendar.command()
@click.argument("date")
@click.option("--hours", help="07:30-11:30,13:30-17:00; else those of the week's first day.")
@click.option("--name", help="Why it is worked: in place of which day, say.")
@click.option("--source", help="The decision that says so.")
@with_app()
def work(date: str, hours: str | None, name: str | None, source: str | None) -> None:
    """Make DATE (2026-12-31) a working day."""
    chosen = _read_hours(hours) if hours is not None else _usual_hours(calendars.in_force())
    _set(date, chosen, name, source)


@calendar.command()
@click.argument("date")
@with_app()
def reset(date: str) -> None:
    """Let DATE be again what its week says."""
    day = read_day(date)
    with unit_of_work():
        calendars.reset_day(OPERATOR_OF_THE_MACHINE, calendars.in_force().code, day)
    click.echo(say("calendar_day_reset", language(), day=day.isoformat()))


def _set(date: str, hours: KeptHours | None, name: str | None, source: str | None) -> None:
    names = {"vi": name, "en": name} if name else {}
    values = {"hours": hours, "names": names, "source": source}
    day = read_day(date)
    with unit_of_work():
        code = calendars.in_force().code
        click.echo(_line(calendars.set_day(OPERATOR_OF_THE_MACHINE, code, day, values)))


def _read_hours(text: str) -> KeptHours:
    """ "07:30-11:30,13:30-17:00" as pairs; whether they are hours, the calendar says."""
    return [[part.strip() for part in interval.split("-")] for interval in text.split(",")]


def _usual_hours(chosen: Calendar) -> KeptHours:
    return next(hours for hours in named_week(chosen.weekly).values() if hours)


def _line(day: CalendarDay) -> str:
    """2026-01-10  07:30-11:30, 13:30-17:00  name"""
    weekday = _in_words(f"weekday_{WEEKDAYS[day.day.weekday()]}")
    name = named(day.names, language()) if day.names else ""
    return f"{day.day.isoformat()}  {weekday:<9}  {_hours(day.hours)}  {name}".rstrip()


def _hours(hours: Sequence[Sequence[str]] | None) -> str:
    said = ", ".join("-".join(interval) for interval in hours or ())
    return said or _in_words("calendar_day_off")


def _in_words(code: str) -> str:
    return say(code, language())
