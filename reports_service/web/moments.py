"""Moments as pages say them: for people in words, for machines by RFC 3339."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from babel.dates import format_timedelta
from markupsafe import Markup

from reports_service.notifications import wording


@dataclass(frozen=True)
class Moments:
    """In which language and by which clock a page is read, and ``now``."""

    language: str
    zone: tzinfo
    now: datetime

    def words(self, at: datetime) -> str:
        """A moment as people say it, with its weekday."""
        return wording.moment(at, self.language, self.zone)

    def when(self, at: datetime) -> Markup:
        """A moment as an element of a page."""
        return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), self.words(at))

    def day(self, at: date) -> Markup:
        """A day as an element of a page."""
        said = wording.day(at, self.language)
        return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), said)

    def short(self, at: date) -> Markup:
        """A day in digits, where many stand or the weekday says nothing: 27/11/2026."""
        said = at.strftime("%d/%m/%Y")
        return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), said)

    def ago(self, at: datetime) -> str:
        """How long since, or until, in plain time, roughly."""
        length: timedelta = at - self.now
        return format_timedelta(length, add_direction=True, locale=self.language)
