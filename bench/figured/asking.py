"""Asking the service for figures as a leader does, in this process: who asks, what, how long."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from statistics import median
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient

from reports_service.accounts import signing_in
from reports_service.accounts.models import Account
from reports_service.core import clock
from reports_service.core.db import db, unit_of_work
from reports_service.domain.roles import Role

API = "/api/v1/stats"
A_DAY = timedelta(days=1)
ENOUGH_S = 60.0


@dataclass(frozen=True)
class Days:
    """Local days, both counted."""

    first: date
    last: date

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first moment of the first day, and the first after the last one."""
        midnight = clock_time.min
        return (
            datetime.combine(self.first, midnight, zone),
            datetime.combine(self.last + A_DAY, midnight, zone),
        )


@dataclass(frozen=True)
class Periods:
    """The periods that leaders ask for, seen from ``today``."""

    today: date

    @property
    def quarter(self) -> Days:
        """The last full one."""
        last = date(self.today.year, (self.today.month - 1) // 3 * 3 + 1, 1) - A_DAY
        return Days(date(last.year, last.month - 2, 1), last)

    @property
    def year(self) -> Days:
        """The last full one."""
        return Days(date(self.today.year - 1, 1, 1), date(self.today.year - 1, 12, 31))

    @property
    def all_time(self) -> Days:
        """From before the first report, over whole months."""
        next_month = self.today.replace(day=28) + timedelta(days=4)
        return Days(date(self.today.year - 11, 1, 1), next_month.replace(day=1) - A_DAY)

    @property
    def last_365_days(self) -> Days:
        """Parts of months at both ends."""
        return Days(self.today - 364 * A_DAY, self.today)

    @property
    def odd_days(self) -> Days:
        """Five years and some days, from the middle of a month to the middle of another."""
        return Days(date(self.today.year - 6, 3, 11), date(self.today.year - 1, 5, 17))


@dataclass(frozen=True)
class Question:
    """What is asked, and how long the answer may take at most."""

    name: str
    path: str
    bound_ms: float

    @classmethod
    def of_agencies(cls, name: str, days: Days | None, bound_ms: float, **filters: str) -> Question:
        """The table of all agencies."""
        asked = {**filters}
        if days is not None:
            asked |= {"from": days.first.isoformat(), "to": days.last.isoformat()}
        return cls(name, f"{API}/agencies?{urlencode(asked)}", bound_ms)


@dataclass
class Leader:
    """A leader who is signed in, and the service as this process holds it."""

    client: FlaskClient
    headers: Mapping[str, str] = field(repr=False)

    def ask(self, path: str) -> Any:
        """The answer, decoded."""
        return self._answer(path).json

    def seconds(self, path: str) -> float:
        """How long the service takes for the answer's bytes."""
        began = time.perf_counter()
        self._answer(path)
        return time.perf_counter() - began

    def _answer(self, path: str) -> Any:
        with self.client.application.app_context():  # a session of its own, as when served
            answer = self.client.get(path, headers=self.headers)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code} {answer.text[:300]}")
        return answer


def leader(app: Flask) -> Leader:
    """Sign a new leader in."""
    with app.app_context(), unit_of_work():
        account = Account(email=f"{uuid4()}@bench.example", name="An", role=Role.LEADER,
                          password_hash="", created_at=clock.now())  # fmt: skip
        db.session.add(account)
        db.session.flush()
        token = signing_in.sign_in(account, timedelta(days=1)).token
    return Leader(app.test_client(), {"Authorization": f"Bearer {token}"})


def in_turns(
    ask: Callable[[str], float], questions: Sequence[Question], rounds: int
) -> dict[str, float]:
    """Median milliseconds of each question, asked in turns; the first round warms up.

    After ``ENOUGH_S`` no further round begins.
    """
    taken: dict[str, list[float]] = {question.name: [] for question in questions}
    end = time.perf_counter() + ENOUGH_S
    for number in range(rounds + 1):
        for question in questions:
            seconds = ask(question.path)
            if number:
                taken[question.name].append(seconds * 1000)
        if number and time.perf_counter() > end:
            break
    return {name: median(times) for name, times in taken.items()}
