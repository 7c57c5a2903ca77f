"""Agencies, reports and assignments as they may come to stand, written straight into tables.

``Filed`` and ``Held`` are the facts; a count by hand reads them and never the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from reports_service.agencies.models import Agency
from reports_service.areas.models import Area
from reports_service.categories.models import Category
from reports_service.core import together
from reports_service.core.db import db, unit_of_work
from reports_service.domain.lifecycle import OPEN
from reports_service.reports.chain import FIGURES
from reports_service.reports.models import Assignment, Report
from reports_service.statistics.cells import recount

_numbers = count(1)


@dataclass
class Held:
    """One agency's holding of a report. Moments are aware; None as in the table."""

    agency: str
    opened_at: datetime
    own_resolve_by: datetime | None
    resolve_by: datetime | None
    acknowledge_by: datetime
    outcome: str | None = None
    ended_at: datetime | None = None
    acknowledged_at: datetime | None = None
    worked: float | None = None  # part of the elapsed time that was working time
    extensions: int = 0
    kind: str | None = None
    reopened_at: datetime | None = None
    rating: int | None = None
    id: int = 0

    @property
    def resolved_at(self) -> datetime | None:
        return self.ended_at if self.outcome == "resolved" else None


@dataclass
class Filed:
    """A report and who held it, in order."""

    held: list[Held]
    promised_by: datetime
    status: str = "in_progress"
    resolved_at: datetime | None = None
    category: str | None = None
    area: str | None = None
    channel: str = "app"
    restricted: bool = False
    recurs: bool = False
    master: Filed | None = None
    code: str = field(default_factory=lambda: f"{next(_numbers):010d}")
    id: int = 0


@dataclass(frozen=True)
class Province:
    """Codes to rows."""

    agencies: dict[str, Agency]
    categories: dict[str, Category]
    areas: dict[str, Area]


AGENCIES = {
    "trung-tam": "centre",
    "long-hoa": "committee",
    "tan-ninh": "committee",
    "so-xay-dung": "department",
}
# code -> parent
CATEGORIES = {"ha-tang": None, "den-duong": "ha-tang", "nap-cong": "ha-tang", "rac": None}
AREAS = {"80": None, "25630": "80", "25459": "80"}


def settle(at: datetime) -> Province:
    """A province of four agencies, two trees of categories, two communes."""
    agencies = {
        code: Agency(code=code, names=_names(code), kind=kind, created_at=at)
        for code, kind in AGENCIES.items()
    }
    categories: dict[str, Category] = {}
    for code, parent in CATEGORIES.items():
        categories[code] = Category(
            code=code,
            names=_names(code),
            descriptions=_names(code),
            keywords=[],
            questions=[],
            created_at=at,
            parent=categories.get(parent or ""),
        )
    areas: dict[str, Area] = {}
    for code, parent in AREAS.items():
        areas[code] = Area(
            code=code,
            names=_names(code),
            valid_from=date(2020, 1, 1),
            level="commune" if parent else "province",
            source="test",
            parent=areas.get(parent or ""),
        )
    db.session.add_all([*agencies.values(), *categories.values(), *areas.values()])
    db.session.flush()
    return Province(agencies, categories, areas)


def _names(code: str) -> dict[str, str]:
    return {"vi": f"vi {code}", "en": f"en {code}"}


@contextmanager
def taken_back() -> Iterator[None]:
    """What is committed in the block is taken back at its end, within a test's own transaction."""
    db.session.rollback()
    before = db.engine.begin_nested()  # in tests it is the one connection
    try:
        yield
    finally:
        db.session.rollback()
        before.rollback()


def write(province: Province, filed: Iterable[Filed]) -> None:
    """Write the facts into the tables and count them; masters come before their duplicates."""
    _write(province, filed)
    db.session.commit()
    recount.rebuild()


def file(province: Province, filed: Sequence[Filed]) -> None:
    """Write the facts and the effects that services would leave, as one change."""
    with unit_of_work():
        _write(province, filed)
        for one in filed:
            together.put(FIGURES, {"report_id": one.id})


def _write(province: Province, filed: Iterable[Filed]) -> None:
    for one in filed:
        report = _report(province, one)
        report.assignments = [
            _assignment(province, one, held, number) for number, held in enumerate(one.held, 1)
        ]
        db.session.add(report)
        db.session.flush()
        one.id = report.id
        for held, row in zip(one.held, report.assignments, strict=True):
            held.id = row.id


def change(province: Province, filed: Filed, held: Held) -> None:
    """Write one assignment of a report anew, and the effect that a service would leave."""
    number = [one.id for one in filed.held].index(held.id) + 1
    fresh = _assignment(province, filed, held, number)
    fresh.id, fresh.report_id = held.id, filed.id
    db.session.merge(fresh)
    together.put(FIGURES, {"report_id": filed.id})
    db.session.commit()


def _report(province: Province, filed: Filed) -> Report:
    at = filed.held[0].opened_at
    category = province.categories.get(filed.category or "")
    area = province.areas.get(filed.area or "")
    return Report(
        code=filed.code,
        status=filed.status,
        is_open=filed.status in OPEN,
        status_since=at,
        priority="normal",
        channel=filed.channel,
        language="vi",
        restricted=filed.restricted,
        category_id=category.id if category else None,
        area_id=area.id if area else None,
        answers=[],
        place_fit="inside",
        description="",
        public_description="",
        address="",
        search_text="",
        agency_id=province.agencies[filed.held[-1].agency].id,
        master_id=filed.master.id if filed.master else None,
        recurrence_of_id=_any_report() if filed.recurs else None,
        promised_by=filed.promised_by,
        resolved_at=filed.resolved_at,
        created_at=at,
        updated_at=at,
        retained_until=date(2099, 1, 1),
        event_head=b"\0" * 32,
    )


def _any_report() -> int | None:
    return db.session.scalar(db.select(Report.id).limit(1))


def _assignment(province: Province, filed: Filed, held: Held, number: int) -> Assignment:
    category = province.categories.get(filed.category or "")
    area = province.areas.get(filed.area or "")
    return Assignment(
        number=number,
        agency_id=province.agencies[held.agency].id,
        category_id=category.id if category else None,
        area_id=area.id if area else None,
        channel=filed.channel,
        triage=held.outcome in ("triaged", "rejected"),
        reason={},
        policy={},
        opened_at=held.opened_at,
        acknowledge_by=held.acknowledge_by,
        resolve_by=held.resolve_by,
        own_resolve_by=held.own_resolve_by,
        acknowledged_at=held.acknowledged_at,
        resolved_at=held.resolved_at,
        resolution_kind=held.kind,
        ended_at=held.ended_at,
        outcome=held.outcome,
        extensions_granted=held.extensions,
        reopened_at=held.reopened_at,
        rating=held.rating,
        rated_at=held.ended_at if held.rating else None,
        **_lengths("acknowledge", held.opened_at, held.acknowledged_at, held.worked),
        **_lengths("resolve", held.opened_at, held.resolved_at, held.worked),
    )


def _lengths(
    name: str, since: datetime, until: datetime | None, worked: float | None
) -> dict[str, Any]:
    if until is None or worked is None:
        return {}
    elapsed = (until - since) // timedelta(seconds=1)
    return {f"{name}_elapsed_s": elapsed, f"{name}_working_s": int(elapsed * worked)}
