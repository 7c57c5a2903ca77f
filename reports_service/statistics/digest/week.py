"""The week that a digest is of: which one is due now, and its days. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

SENT_AT: Final = time(7, 30)  # local, on Monday
SENT_UNTIL: Final = timedelta(days=3)  # a missed one is caught up so long; then it is old news
JUDGED_DAYS: Final = 28  # of on-time rates: one week has too few due


@dataclass(frozen=True, slots=True)
class Week:
    """A week that begins on this Monday."""

    monday: date
    zone: ZoneInfo

    @classmethod
    def due(cls, now: datetime, zone: ZoneInfo) -> Week | None:
        """The week whose digest is to be sent now; None when none is."""
        today = now.astimezone(zone).date()
        week = cls(today - timedelta(days=today.weekday()), zone)
        opens = datetime.combine(week.monday, SENT_AT, zone).astimezone(UTC)
        return week if opens <= now < opens + SENT_UNTIL else None

    def __str__(self) -> str:
        """2026-W48, as ISO 8601 counts weeks."""
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def last_days(self) -> tuple[date, date]:
        """Monday and Sunday of the week before."""
        return self.monday - timedelta(days=7), self.monday - timedelta(days=1)

    @property
    def judged_days(self) -> tuple[date, date]:
        """The first and the last day that on-time rates are taken from."""
        return self.monday - timedelta(days=JUDGED_DAYS), self.monday - timedelta(days=1)

    def begins(self, weeks_later: int = 0) -> datetime:
        """The first moment of this week, or of one so many later."""
        day = self.monday + timedelta(weeks=weeks_later)
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)
