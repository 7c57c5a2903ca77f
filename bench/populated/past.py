"""A whole past in parts, each as rows ready to be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Table

from bench.populated import events
from bench.populated.columns import Columns, rows_of
from bench.populated.histories import Historian
from bench.populated.hours import Hours
from bench.populated.province import Province
from bench.populated.tables import Written, codes, ends, of_assignments, of_reports
from reports_service.core.db import db
from reports_service.reports.models import Assignment, Event, Report

AT_ONCE, AT_ONCE_WITH_EVENTS = 100_000, 5_000
NO_HISTORY: Columns = {"event_seq": 0, "event_head": bytes(32)}
REPORTS, ASSIGNMENTS, EVENTS = (
    db.metadata.tables[model.__tablename__] for model in (Report, Assignment, Event)
)


@dataclass(frozen=True)
class Part:
    """Rows ready to be written, and how many there are with them."""

    rows: Sequence[Any]
    reports: int
    assignments: int
    events: int


@dataclass(frozen=True)
class Past:
    """All that is to be written: so many reports (``total``), with their events or without."""

    province: Province
    hours: Hours
    historian: Historian
    total: int
    seed: int
    with_events: bool

    @property
    def tables(self) -> tuple[Table, ...]:
        """What is written to."""
        return (REPORTS, ASSIGNMENTS, EVENTS) if self.with_events else (REPORTS, ASSIGNMENTS)

    def parts(self, prepared: Callable[[Table, Columns], Any]) -> Iterator[Part]:
        """One part after the other, in the order of filing."""
        at_once = AT_ONCE_WITH_EVENTS if self.with_events else AT_ONCE
        done = Part((), 0, 0, 0)
        for first in range(0, self.total, at_once):
            columns = self._columns(first, min(at_once, self.total - first), done)
            sizes = [rows_of(one) for one in columns]
            done = Part(
                [prepared(*pair) for pair in zip(self.tables, columns, strict=True)],
                done.reports + sizes[0],
                done.assignments + sizes[1],
                done.events + sum(sizes[2:]),
            )
            yield done

    def _columns(self, first: int, number: int, done: Part) -> list[Columns]:
        """The columns of each table for the reports from place ``first`` on."""
        chance = np.random.default_rng([self.seed, 2, first])
        since, to = first / self.total, (first + number) / self.total
        told = self.historian.stretch(since, to, number, chance)
        written = Written(
            ids=np.arange(first + 1, first + number + 1),
            codes=codes(first, number, self.total, chance),
            lat_lon=_places(told.filed.commune, chance),
        )
        end = ends(told, self.historian.until)
        filed = of_reports(told, end, self.province, self.hours, written)
        held = of_assignments(told, self.province, done.assignments + 1, written)
        if not self.with_events:
            return [{**filed, **NO_HISTORY}, held]
        history = events.tell(filed, held, told.legs, self.province, done.events + 1)
        chained = {"event_seq": history.seq, "event_head": history.head}
        return [{**filed, **chained}, held, history.columns]


def _places(commune: Any, chance: np.random.Generator) -> Any:
    """Points around the centre of each commune, on a grid of ten by ten."""
    number = len(commune)
    lat = 10.9 + commune // 10 * 0.08 + chance.normal(0, 0.015, number)
    lon = 105.9 + commune % 10 * 0.08 + chance.normal(0, 0.015, number)
    return np.round(lat, 6), np.round(lon, 6)
