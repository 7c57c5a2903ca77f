"""Changes of reports as the services leave them: rows, and the effect that has them recounted.

Each report goes through four: reopened, transferred, resolved, rated. Each of them adds one to what
the agencies received today, resolved today or were rated for today, so that a reader can tell from
the figures alone how many changes are in them. Events are left out: figures do not read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from bench.populated.past import ASSIGNMENTS, REPORTS
from reports_service.agencies.models import Agency, AgencyKind
from reports_service.core import clock
from reports_service.core.db import db, unit_of_work
from reports_service.core.outbox import Effect
from reports_service.domain.lifecycle import Status
from reports_service.domain.outcomes import Outcome
from reports_service.reports.chain import FIGURES
from reports_service.reports.models import Assignment

COUNTED = ("received", "resolutions", "satisfaction_n")
COPIED = ("report_id", "agency_id", "category_id", "area_id", "channel", "policy", "reason")
Values = dict[str, Any]


@dataclass
class Held:
    """The last holding of a report: what the next one has in common with it, and its number."""

    number: int
    copied: Values

    @property
    def which(self) -> Values:
        """The parameters that name its row."""
        return {"of_report": self.copied["report_id"], "of_number": self.number}


class Changes:
    """``number`` changes of different reports (a fourth as many), made in groups."""

    def __init__(self, number: int) -> None:
        self._held = _closed(number // len(ACTS))
        self.number = len(self._held) * len(ACTS)
        self._others = db.session.scalars(
            select(Agency.id).where(Agency.kind == AgencyKind.UTILITY).order_by(Agency.id).limit(2)
        ).all()
        db.session.rollback()

    def make(self, first: int, number: int) -> None:
        """Make the changes from place ``first`` on, in one unit of work."""
        each, now = len(self._held), clock.now()
        places = range(first, min(first + number, self.number))
        with unit_of_work():
            for act, group in groupby(places, lambda place: place // each):
                self._act(act, [self._held[place % each] for place in group], now)

    def _act(self, act: int, held: Sequence[Held], now: datetime) -> None:
        of_report, of_assignment = ACTS[act]
        report = dict.fromkeys(of_report.get("moments", ()), now) | of_report["values"]
        judged = dict.fromkeys(of_assignment.get("moments", ()), now) | of_assignment["values"]
        _change(REPORTS, ("of_report",), report | {"status_since": now}, held)
        _change(ASSIGNMENTS, ("of_report", "of_number"), judged, held)
        if act < 2:
            opened = [self._opened(one, now, transferred=act == 1) for one in held]
            db.session.execute(insert(Assignment), opened)
            _move(held)
        db.session.execute(insert(Effect), [_effect(one, now) for one in held])

    def _opened(self, before: Held, now: datetime, *, transferred: bool) -> Values:
        """The next holding; ``before`` becomes it."""
        if transferred:
            same = before.copied["agency_id"] == self._others[0]
            before.copied["agency_id"] = self._others[1 if same else 0]
        before.number += 1
        due = now + timedelta(days=5)
        return {
            **before.copied,
            "number": before.number,
            "triage": False,
            "opened_at": now,
            "acknowledge_by": now + timedelta(days=1),
            "resolve_by": due,
            "own_resolve_by": due,
            "extensions_granted": 0,
        }


# What each act sets: of the report, and of the holding that it ends or judges.
LENGTHS = ("acknowledge_working_s", "acknowledge_elapsed_s",
           "resolve_working_s", "resolve_elapsed_s")  # fmt: skip
RESULT = dict.fromkeys(LENGTHS, 0) | {"outcome": Outcome.RESOLVED, "resolution_kind": "fixed"}
GONE = {"resolved_at": None, "closed_at": None, "resolution_kind": None, "reopens_until": None}
ACTS: Sequence[tuple[Values, Values]] = (
    (
        {"values": {"status": Status.ASSIGNED, "is_open": True, **GONE}},
        {"values": {}, "moments": ("reopened_at",)},
    ),
    (
        {"values": {"status": Status.ASSIGNED}},
        {"values": {"outcome": Outcome.TRANSFERRED}, "moments": ("ended_at",)},
    ),
    (
        {"values": {"status": Status.RESOLVED, "is_open": False, "resolution_kind": "fixed"},
         "moments": ("resolved_at",)},
        {"values": RESULT, "moments": ("acknowledged_at", "resolved_at", "ended_at")},
    ),
    (
        {"values": {"status": Status.CLOSED}, "moments": ("closed_at",)},
        {"values": {"rating": 4}, "moments": ("rated_at",)},
    ),
)  # fmt: skip


def _change(table: Any, keys: Sequence[str], values: Values, held: Sequence[Held]) -> None:
    named = table.c.id if table is REPORTS else table.c.report_id
    statement = update(table).where(named == bindparam("of_report")).values(values)
    if "of_number" in keys:
        statement = statement.where(table.c.number == bindparam("of_number"))
    db.session.connection().execute(
        statement, [{name: one.which[name] for name in keys} for one in held]
    )


def _move(held: Sequence[Held]) -> None:
    """The reports lie with the agencies that hold them now."""
    statement = (
        update(REPORTS)
        .where(REPORTS.c.id == bindparam("of_report"))
        .values(agency_id=bindparam("to_agency"))
    )
    moved = [
        {"of_report": one.copied["report_id"], "to_agency": one.copied["agency_id"]} for one in held
    ]
    db.session.connection().execute(statement, moved)


def _effect(held: Held, now: datetime) -> Values:
    """As ``chain.record`` writes it."""
    return {
        "kind": FIGURES,
        "payload": {"report_id": held.copied["report_id"]},
        "written_at": now,
        "due_at": now,
        "attempts": 0,
        "fence": 0,
        "together": True,
    }


def _closed(number: int) -> list[Held]:
    """The last holdings of reports that were closed with a result: those resolved last, since
    nobody can reopen or judge one after some weeks (``reopens_until``).
    """
    closed = (
        select(REPORTS.c.id)
        .where(REPORTS.c.status == Status.CLOSED, REPORTS.c.resolved_at.is_not(None))
        .order_by(REPORTS.c.resolved_at.desc())
        .limit(number)
    )
    columns = [ASSIGNMENTS.c[name] for name in ("number", *COPIED)]
    chosen = closed.subquery()
    query = select(*columns).join(chosen, chosen.c.id == ASSIGNMENTS.c.report_id)
    last = {row.report_id: row for row in db.session.execute(query.order_by(columns[0]))}
    if len(last) < number:
        raise SystemExit(f"{number} closed reports are needed to change, there are {len(last)}")
    return [
        Held(row.number, {name: getattr(row, name) for name in COPIED}) for row in last.values()
    ]
