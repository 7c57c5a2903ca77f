"""Reports that live at random through the real services: every act of the trade, in any order.

A life is a list of numbers; each step moves the clock on and does the first of the acts, counted
from one of them, that nobody refuses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from math import gcd
from typing import Any

from reports_service.accounts import service as accounts
from reports_service.categories import service as categories
from reports_service.core import clock
from reports_service.core.auth import SYSTEM, Actor
from reports_service.core.db import db, unit_of_work
from reports_service.core.outbox import Effect
from reports_service.domain.errors import Refusal
from reports_service.domain.lifecycle import OPEN
from reports_service.domain.outcomes import ResolutionKind
from reports_service.domain.roles import Role
from reports_service.reports import (
    agency_work,
    chain,
    classification,
    daily_heads,
    desk,
    extensions,
    filing,
    holding,
    merging,
    reporter_acts,
    results,
    sweep,
    tracking,
)
from reports_service.reports.classification import Classification
from reports_service.reports.filing import Filing
from reports_service.reports.models import Report
from reports_service.reports.results import Resolution
from reports_service.reports.service import Turn, take
from reports_service.sla import calendars
from reports_service.sla import service as sla
from tests.personas import COMMITTEE, CONTACT, LIGHTS
from tests.pictures import LONG_HOA

PLACES = (LONG_HOA, (LONG_HOA[0] + 0.0002, LONG_HOA[1]), (11.5, 106.05))
AGENCIES = (LIGHTS, COMMITTEE, "dien-luc")
PAUSES = tuple(
    timedelta(hours=hours)
    for hours in (0.1, 0.1, 0.2, 0.7, 1, 2, 3, 5, 20, 26, 49, 24 * 6, 24 * 11)
)
MOST_REPORTS = 6
PRIORITIES = ("normal", "urgent", "emergency")


class NotNow(Refusal):
    """It would be allowed, and end too many lives too soon."""

    code = "not_now"


class Life:
    """A province in which things happen. ``done`` counts the acts by name."""

    def __init__(self, begins: datetime, at: Callable[[datetime], None]) -> None:
        self.at = at
        self.now = begins
        self.codes: list[str] = []
        self.done: Counter[str] = Counter()
        every = sorted(one.code for one in categories.book() if one.serves(begins))
        self.categories = (None, "den-duong", *every[::9])
        self.account_ids = {
            role: accounts.by_email(f"{role}@demo.example").id
            for role in (Role.OPERATOR, Role.OFFICER, Role.HEAD)
        }

    def step(self, pause: int, act: int, which: int, variant: int) -> None:
        """Some time passes, and something happens. All four are any numbers."""
        self.now += PAUSES[pause % len(PAUSES)] + timedelta(microseconds=variant)
        self.at(self.now)
        sweep.run()
        daily_heads.keep(*daily_heads.yesterday(self.now.astimezone(sla.zone())))
        if not self.codes:
            self.file(variant)
            self.done["file"] += 1
            return
        code = self.codes[which % len(self.codes)]
        for place in range(len(TURNS)):
            name = TURNS[(act + place * STRIDE) % len(TURNS)]
            try:
                self.do(name, code, variant)
            except Refusal:
                continue
            return

    def do(self, name: str, code: str, variant: int = 0) -> None:
        """One act on a report. Raises what refuses it."""
        db.session.remove()  # as each request has a session of its own
        with unit_of_work():
            ACTS[name](self, code, variant)
        self.done[name] += 1

    def operator(self, code: str) -> Turn:
        return take(code, Actor(Role.OPERATOR, self.account_ids[Role.OPERATOR]))

    def reporter(self, code: str) -> Turn:
        report = db.session.scalars(db.select(Report).where(Report.code == code)).one()
        return take(code, Actor(tracking=tracking.token_of(report)))

    def agency(self, code: str, role: Role = Role.OFFICER) -> Turn:
        """Somebody of the agency that holds the report."""
        held_by = db.session.scalars(db.select(Report.agency_id).where(Report.code == code)).one()
        return take(code, Actor(role, self.account_ids[role], held_by))

    def file(self, variant: int, **known: Any) -> str:
        """Another report, of anything but for what is ``known``. Returns its code."""
        lat, lon = PLACES[variant % len(PLACES)]
        contact = CONTACT if variant % 2 else None
        sorted_ = variant % 5 > 1
        category = self.categories[variant % len(self.categories)] if sorted_ else None
        words = f"Đèn tắt {variant}"
        channel = ("app", "hotline", "web")[variant % 3]
        sent = Filing(
            channel=channel,
            category=category,
            lat=lat,
            lon=lon,
            description=words,
            reporter=contact,
        )
        with unit_of_work():
            report, _ = filing.file(replace(sent, **known), Actor())
        self.codes.append(report.code)
        return report.code


def _file(life: Life, code: str, variant: int) -> None:
    if len(life.codes) >= MOST_REPORTS:
        raise NotNow()
    life.file(variant)


def _another_open(life: Life, code: str, variant: int) -> str:
    """A report to merge into; any other, open or not, where none is open."""
    others = db.session.scalars(
        db.select(Report.code).where(Report.code != code, Report.status.in_(OPEN))
    ).all()
    candidates = sorted(others, key=life.codes.index) or [code]
    return candidates[variant % len(candidates)]


def _resolve(life: Life, code: str, variant: int) -> Any:
    kind = (ResolutionKind.ANSWERED, ResolutionKind.NOT_FOUND, ResolutionKind.PLANNED)[variant % 3]
    turn = life.agency(code) if variant % 4 else life.operator(code)
    planned_for = (life.now + timedelta(days=9)).date()
    return results.resolve(turn, Resolution(kind, "xong", planned_for))


def _extend(life: Life, code: str, variant: int) -> Any:
    turn = life.agency(code)
    return extensions.request(turn, holding.policy_of(turn.assignment).extension_longest, "mưa")


def _classify(life: Life, code: str, variant: int) -> Any:
    turn = life.operator(code) if variant % 2 else life.agency(code, Role.HEAD)
    lat, lon = PLACES[variant % len(PLACES)]
    change = (
        Classification(category=life.categories[1 + (variant + 1) % (len(life.categories) - 1)]),
        Classification(lat=lat, lon=lon),
        Classification(priority=PRIORITIES[variant % 3]),
    )[variant % 3]
    return classification.classify(turn, change)


def _correct(life: Life, code: str, variant: int) -> Any:
    lat, lon = PLACES[variant % len(PLACES)]
    return reporter_acts.correct(life.reporter(code), description="Rõ hơn", lat=lat, lon=lon)


def _day_off(life: Life, code: str, variant: int) -> Any:
    """The calendar of tomorrow is not that of yesterday: no deadline given moves by it."""
    day = life.now.astimezone(sla.zone()).date() + timedelta(days=variant % 5 - 2)
    return calendars.set_day(SYSTEM, calendars.in_force().code, day, {"hours": None})


def _assign(life: Life, code: str, variant: int) -> Any:
    return agency_work.assign(life.operator(code), AGENCIES[(variant + 1) % 3], "đúng chỗ hơn")


def _judge(life: Life, code: str, variant: int) -> Any:
    rating = variant % 6 or None
    return reporter_acts.judge(
        life.reporter(code), fixed=variant % 2 == 0, rating=rating, comment="thế"
    )


def _refer(life: Life, code: str, variant: int) -> Any:
    return desk.refer(life.operator(code), "tỉnh bạn", "ngoài tỉnh", restricted=variant % 2 == 0)


def _merge(life: Life, code: str, variant: int) -> Any:
    return merging.merge(life.operator(code), _another_open(life, code, variant))


def _seldom(act: Callable[[Life, str, int], Any], variant: int, life: Life, code: str) -> Any:
    """Once in three times: afterwards little can happen to the report, or nothing new."""
    if variant % 3:
        raise NotNow()
    return act(life, code, variant)


def _withdraw(life: Life, code: str, variant: int) -> Any:
    return reporter_acts.withdraw(life.reporter(code), "thôi")


def _note(life: Life, code: str, variant: int) -> Any:
    return agency_work.note(life.agency(code), "đã gọi")


def _reject(life: Life, code: str, variant: int) -> Any:
    return desk.reject(life.operator(code), "không rõ")


def _erase(life: Life, code: str, variant: int) -> Any:
    return reporter_acts.erase_identity(life.reporter(code))


ACTS: dict[str, Callable[[Life, str, int], Any]] = {
    "acknowledge": lambda life, code, _: agency_work.acknowledge(life.agency(code)),
    "ask": lambda life, code, _: agency_work.ask(life.agency(code), "Số nhà mấy?"),
    "reply": lambda life, code, _: reporter_acts.reply(life.reporter(code), "Số 5"),
    "take_back_question": lambda life, code, _: agency_work.take_back_question(life.agency(code)),
    "extend": _extend,
    "decide": lambda life, code, n: extensions.decide(life.agency(code, Role.HEAD), n % 3 > 0),
    "hand_back": lambda life, code, _: agency_work.hand_back(life.agency(code), "không phải"),
    "assign": _assign,
    "classify": _classify,
    "merge": _merge,
    "undo_merge": lambda life, code, _: merging.undo_merge(life.operator(code)),
    "file": _file,
    "resolve": _resolve,
    "judge": _judge,
    "reopen": lambda life, code, _: reporter_acts.reopen(life.operator(code), "chưa xong"),
    "correct": lambda life, code, n: _seldom(_correct, n, life, code),
    "reject": _reject,
    "take_back_rejection": lambda life, code, _: desk.take_back_rejection(life.operator(code)),
    "refer": lambda life, code, n: _seldom(_refer, n, life, code),
    "take_back_referral": lambda life, code, _: desk.take_back_referral(life.operator(code)),
    "note": lambda life, code, n: _seldom(_note, n, life, code),
    "withdraw": lambda life, code, n: _seldom(_withdraw, n, life, code),
    "day_off": lambda life, code, n: _seldom(_day_off, n, life, code),
    "erase": lambda life, code, n: _seldom(_erase, n, life, code),
}
# What must have happened before an act to a street light that is out.
BEFORE: Mapping[str, tuple[str, ...]] = {
    "ask": ("acknowledge",),
    "reply": ("acknowledge", "ask"),
    "take_back_question": ("acknowledge", "ask"),
    "decide": ("extend",),
    "undo_merge": ("acknowledge", "ask", "merge"),
    "judge": ("resolve",),
    "reopen": ("resolve",),
    "reject": ("hand_back",),
    "take_back_rejection": ("hand_back", "reject"),
    "take_back_referral": ("refer",),
}

# What leads on is tried more often. The stride has no part in common with their number.
ONWARDS = ("acknowledge", "ask", "extend", "decide", "reply", "file", "resolve", "judge")
ANSWERS = ("decide", "reply", "take_back_question", "take_back_referral", "take_back_rejection")
TURNS = (*sorted(ACTS), *ONWARDS, *ONWARDS[:6], *ANSWERS, *ANSWERS, *ANSWERS[:2], "reject", "merge")
STRIDE = 11
assert gcd(STRIDE, len(TURNS)) == 1


def nobody_told() -> None:
    """The notices that wait count as sent: they are another story."""
    with unit_of_work():
        db.session.execute(
            db.update(Effect)
            .where(Effect.kind == chain.NOTIFY, Effect.done_at.is_(None))
            .values(done_at=clock.now())
        )
