"""Anonymising by schedule: what is due, batch by batch, each batch with its proof.

A batch is one transaction: its reports, their events and the row that says what was done. So
nothing is forgotten without a trace, and nothing is said to be forgotten that is not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import selectinload

from reports_service.categories import service as categories
from reports_service.categories.service import CategoryFacts
from reports_service.core import clock
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db, unit_of_work
from reports_service.domain.lifecycle import Action
from reports_service.domain.retention import ENDED, UNSORTED_DAYS, ended_by
from reports_service.domain.roles import Party
from reports_service.reports.models import TO_FORGET, Event, Follower, Report
from reports_service.reports.retention import forgetting
from reports_service.reports.retention.forgetting import Forgotten
from reports_service.reports.retention.models import Anonymisation
from reports_service.reports.service import Turn

KIND = "anonymised"
AT_ONCE = 100
BATCHES_MOST = 20  # of one run of the job: the next is an hour later
GENESIS = bytes(32)


@dataclass(frozen=True)
class Due:
    """One category (None: reports without any): days that it keeps people, how many reports are
    due now, and how many more have ended and wait for their day.
    """

    category: CategoryFacts | None
    days: int
    due: int
    waiting: int


def run() -> int:
    """Make anonymous what is due. Returns how many reports were; swept twice, nothing happens."""
    total = 0
    for _ in range(BATCHES_MOST):
        with unit_of_work():
            done = _batch(clock.now())
        total += done
        if done < AT_ONCE:
            break
    return total


def due_now() -> Sequence[Due]:
    """What is due and what waits, by category; categories with neither are left out."""
    now = clock.now()
    found = [_count(category, now) for category in _kept()]
    return [one for one in found if one.due or one.waiting]


def listing() -> Select[Anonymisation]:
    """All runs that found something."""
    return select(Anonymisation)


def link(before: bytes, events: Iterable[tuple[str, int, bytes]]) -> bytes:
    """The digest of a run: ``events`` are (code, seq, hash) of its reports, in any order."""
    digest = hashlib.sha256(before)
    for code, seq, head in sorted(events):
        digest.update(f"{code} {seq} {head.hex()}\n".encode())
    return digest.digest()


def _batch(now: datetime) -> int:
    reports = list(_take(now))
    if not reports:
        return 0
    proof = _begin(now)
    done = [_anonymise(report, proof, now) for report in reports]
    proof.reports = len(reports)
    proof.people = sum(one.people for _, one in done)
    proof.words = sum(one.words for _, one in done)
    proof.pictures = sum(one.pictures for _, one in done)
    sealed = (
        (report.code, event.seq, event.hash)
        for report, (event, _) in zip(reports, done, strict=True)
    )
    proof.digest = link(proof.digest, sealed)
    return len(reports)


def _begin(now: datetime) -> Anonymisation:
    """The row of a run, with the digest of the one before until its own is known."""
    if db.session.connection().dialect.name == "postgresql":  # SQLite has one writer anyway
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(KIND))))
    last = db.session.scalar(
        select(Anonymisation.digest).order_by(Anonymisation.id.desc()).limit(1)
    )
    proof = Anonymisation(at=now, reports=0, people=0, words=0, pictures=0, digest=last or GENESIS)
    db.session.add(proof)
    db.session.flush()
    return proof


def _take(now: datetime) -> Iterator[Report]:
    """The next reports that are due, their rows locked; those that somebody holds come later."""
    left = AT_ONCE
    for category, days in _kept():
        query = (
            select(Report)
            .where(_ended(category), Report.status_since <= ended_by(now, days))
            .order_by(Report.status_since)
            .limit(left)
            .with_for_update(skip_locked=True, of=Report)
            .execution_options(populate_existing=True)
            .options(
                selectinload(Report.events),
                selectinload(Report.photos),
                selectinload(Report.reporter),
                selectinload(Report.followers).selectinload(Follower.reporter),
            )
        )
        found = db.session.scalars(query).all()
        yield from found
        left -= len(found)
        if not left:
            return


def _anonymise(report: Report, proof: Anonymisation, now: datetime) -> tuple[Event, Forgotten]:
    turn = Turn(report, SYSTEM, Party.SYSTEM, now)
    turn.move(Action.ANONYMISE)
    forgotten = forgetting.everybody(report)
    touched = report.updated_at
    facts = {"run": proof.id, "people": forgotten.people, "pictures": forgotten.pictures}
    event = turn.record(KIND, {**facts, "words": forgotten.words})
    report.anonymised_at = now
    report.updated_at = touched  # in lists of what is new it is not
    return event, forgotten


def _count(kept: tuple[CategoryFacts | None, int], now: datetime) -> Due:
    category, days = kept
    due = func.count().filter(Report.status_since <= ended_by(now, days))
    row = db.session.execute(
        select(due, func.count()).select_from(Report).where(_ended(category))
    ).one()
    return Due(category, days, row[0], row[1] - row[0])


def _ended(category: CategoryFacts | None) -> ColumnElement[bool]:
    """Reports of a category that have ended, with people in them still."""
    ended = Report.status.in_(sorted(ENDED))
    of = Report.category_id == category.id if category else Report.category_id.is_(None)
    return TO_FORGET & of & ended


def _kept() -> Iterator[tuple[CategoryFacts | None, int]]:
    yield None, UNSORTED_DAYS
    yield from ((category, category.retention_days) for category in categories.book())
