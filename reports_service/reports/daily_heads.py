"""One hash a day over the heads of all reports: published outside, it proves later that no history
up to then was rewritten.

The audit log tells of each, so that none can be taken away or made anew unnoticed here either. It
is a chain too: each head holds the one kept before, so that a day costs what happened on it.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select, union_all

from reports_service.core import audit, clock
from reports_service.core.as_kept import as_kept
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db, unit_of_work
from reports_service.reports import changes
from reports_service.reports.chain import GENESIS
from reports_service.reports.models import Change, DailyHead, Event, Report

AUDITED_AS: Final = "day_head"
SETTLED: Final = timedelta(minutes=2)
_BATCH: Final = 5000


class Reach(NamedTuple):
    """Which events a head is made of: those that happened before ``ends_at``, the day's local
    midnight, and had their place among the changes when it was made, the last one ``place``.

    A clock that was ahead and is put right gives later events earlier moments: they are part of
    the next head. None: the head was made before this was kept, of all before midnight.
    """

    ends_at: datetime
    place: int | None


def keep(day: date, ends_at: datetime) -> DailyHead:
    """The head of ``day``, in units of work of its own; made once, and never behind a later day's.

    ``ends_at``: the local midnight, in the deployment's zone.
    """
    newest = db.session.scalar(select(DailyHead).order_by(DailyHead.day.desc()).limit(1))
    if newest is not None and newest.day >= day:
        return newest
    changes.place_all()
    with unit_of_work():
        since = Reach(ends_at - (day - newest.day), newest.place) if newest else None
        until = Reach(ends_at, changes.newest())
        reports, head = day_head(newest, since, until)
        log = audit.head()
        kept = DailyHead(
            day=day,
            reports=reports,
            head=head,
            place=until.place,
            audit_number=log.number,
            audit_head=log.hash,
            made_at=clock.now(),
        )
        db.session.add(kept)
        said = {"head": head.hex(), "reports": reports}
        audit.record(SYSTEM, "kept", AUDITED_AS, day.isoformat(), **said)
    return kept


def day_head(before: DailyHead | None, since: Reach | None, until: Reach) -> tuple[int, bytes]:
    """How many reports there were by then, and the head that stands then.

    ``before``: the head kept last, which reached ``since`` (None: nothing was kept before). The
    head is SHA-256 over it and a line ``code seq hash`` for each report that something happened to
    meanwhile: its last event then, in the order of the codes.
    """
    reports = before.reports if before else 0
    running = hashlib.sha256(before.head if before else GENESIS)
    for code, first, seq, head in _heads_between(since, until):
        running.update(f"{code} {seq} {head.hex()}\n".encode())
        reports += first == 1
    return reports, running.digest()


def _heads_between(since: Reach | None, until: Reach) -> Any:
    """(code, first seq, last seq, its hash) of each report with events then, by code."""
    added = _added(since, until)
    last = (
        select(
            added.c.report_id,
            func.min(added.c.seq).label("first"),
            func.max(added.c.seq).label("seq"),
        )
        .group_by(added.c.report_id)
        .subquery()
    )
    return db.session.execute(
        select(Report.code, last.c.first, Event.seq, as_kept(Event.hash))
        .join(last, (Event.report_id == last.c.report_id) & (Event.seq == last.c.seq))
        .join(Report, Report.id == Event.report_id)
        .order_by(Report.code)
        .execution_options(yield_per=_BATCH)
    )


def _added(since: Reach | None, until: Reach) -> Any:
    """(report_id, seq) of the events within ``until`` that are not within ``since``: in two parts,
    each within its own index, for there may be millions before.
    """
    columns = select(Event.report_id, Event.seq)
    placed = columns.join(Change, Change.event_id == Event.id)
    meanwhile = columns if until.place is None else placed.where(Change.number <= until.place)
    meanwhile = meanwhile.where(Event.at < until.ends_at)
    if since is None:
        return meanwhile.subquery()
    meanwhile = meanwhile.where(Event.at >= since.ends_at)
    if since.place is None or until.place is None:
        return meanwhile.subquery()
    late = placed.where(
        Change.number > since.place, Change.number <= until.place, Event.at < since.ends_at
    )
    return union_all(meanwhile, late).subquery()


def yesterday(zone_now: datetime) -> tuple[date, datetime]:
    """The local day that ended last, and the moment it ended, for a local ``zone_now``.

    A day has ended when all that began on it is durable, shortly after its midnight.
    """
    midnight = (zone_now - SETTLED).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - timedelta(days=1)).date(), midnight
