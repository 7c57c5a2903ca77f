"""Targets: how long an agency has, in working hours, plain hours or whole working days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self

from reports_service.domain.errors import Invalid
from reports_service.domain.local_days import MICROSECOND
from reports_service.domain.working_hours import (
    FIRST_YEAR,
    LAST_YEAR,
    OutsideCalendar,
    WorkingCalendar,
    utc,
)

MOST = 1_000_000
_HOUR = timedelta(hours=1) // MICROSECOND


class TargetRefused(Invalid):
    """An amount below zero, not a number, too large, or a part of a working day."""

    code = "target_refused"


class Unit(StrEnum):
    """What a target counts."""

    WORKING_HOURS = "working_hours"
    HOURS = "hours"
    WORKING_DAYS = "working_days"

    def forward(self, start: datetime, length: timedelta, calendar: WorkingCalendar) -> datetime:
        """``length`` after ``start``: plain time for plain hours, else working time."""
        if self is not Unit.HOURS:
            return calendar.add(start, length)
        try:
            return utc(start) + length
        except OverflowError as error:
            raise OutsideCalendar(first=FIRST_YEAR, last=LAST_YEAR) from error

    def between(self, a: datetime, b: datetime, calendar: WorkingCalendar) -> timedelta:
        """The time from ``a`` to ``b``, as ``forward`` counts it."""
        return b - a if self is Unit.HOURS else calendar.between(a, b)


@dataclass(frozen=True, slots=True)
class Target:
    """A length of time: an amount of working hours, plain hours or whole working days."""

    amount: Decimal | int
    unit: Unit

    def __post_init__(self) -> None:
        amount = Decimal(self.amount)
        if not amount.is_finite() or not 0 <= amount <= MOST:
            raise TargetRefused(amount=str(self.amount), most=MOST)
        if self.unit is Unit.WORKING_DAYS and amount != int(amount):
            raise TargetRefused(amount=str(self.amount), most=MOST)

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Self:
        """From ``{"amount": 4, "unit": "working_hours"}``. Raises ``TargetRefused``."""
        amount, unit = given.get("amount"), given.get("unit")
        if isinstance(amount, bool) or not isinstance(amount, int | float | str | Decimal):
            raise TargetRefused(amount=str(amount), most=MOST)
        try:
            return cls(Decimal(str(amount)), Unit(str(unit)))
        except (InvalidOperation, ValueError) as error:
            raise TargetRefused(amount=f"{amount} {unit}", most=MOST) from error

    def serialise(self) -> dict[str, int | float | str]:
        """The shape ``parse`` takes; the amount is a whole number wherever it can be."""
        whole = int(self.amount)
        amount = whole if whole == self.amount else float(self.amount)
        return {"amount": amount, "unit": self.unit.value}

    def due(self, start: datetime, calendar: WorkingCalendar) -> datetime:
        """The deadline of this target when it starts at ``start``."""
        if self.unit is Unit.WORKING_DAYS:
            return calendar.end_of_working_day(start, int(self.amount))
        return self._hours_after(start, calendar)

    def after(self, deadline: datetime, calendar: WorkingCalendar) -> datetime:
        """``deadline`` moved on by this target.

        A deadline at the end of Wednesday and one working day more make the end of Thursday, where
        a filing at that moment would count as Thursday's and be due on Friday.
        """
        if self.unit is Unit.WORKING_DAYS:
            return calendar.end_of_day_of(deadline, int(self.amount))
        return self._hours_after(deadline, calendar)

    def _hours_after(self, start: datetime, calendar: WorkingCalendar) -> datetime:
        length = timedelta(microseconds=round(Fraction(self.amount) * _HOUR))
        return self.unit.forward(start, length, calendar)
