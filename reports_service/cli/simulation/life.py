"""Lets the time pass: arrivals, planned acts and the sweep, each at its moment, in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random

from flask import current_app
from sqlalchemy import func, select

from reports_service.cli.simulation import agency, centre, filings
from reports_service.cli.simulation.cast import Cast
from reports_service.cli.simulation.pictures import Pictures
from reports_service.cli.simulation.places import Places
from reports_service.cli.simulation.seasons import Seasons
from reports_service.cli.simulation.speech import Speech
from reports_service.cli.simulation.town import Town
from reports_service.core import clock, outbox
from reports_service.core.db import db, unit_of_work
from reports_service.domain.errors import Conflict, NotFound
from reports_service.domain.lifecycle import Status
from reports_service.reports import sweep
from reports_service.reports.models import ClockRow, Report
from reports_service.sla import service as sla

ACTS_AT_ONCE = 200  # in one transaction; what the session holds is let go after each
SWEPT_EVERY = timedelta(hours=1)
_WAIT_FOR_SILENCE = (Status.RESOLVED, Status.AWAITING_REPORTER)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be lived through. ``seed``: the same plan on the same province gives the same
    histories; codes, salts and keys are random all the same.
    """

    folder: Path
    start: datetime
    end: datetime
    reports: int
    seed: int


@dataclass(slots=True)
class Lived:
    """How much happened. ``refused``: acts that came too late, as in life."""

    reports: int = 0
    acts: int = 0
    refused: int = 0


def live(plan: Plan, shown: Callable[[datetime], None]) -> Lived:
    """Live through the plan; ``shown`` is told the simulated moment after each batch.

    Nobody is told of anything: effects count as done. Raises what reading the folder refuses, and
    ``NobodyWorksHere``.
    """
    chance = Random(plan.seed)
    with clock.moved_to(plan.start):
        town = _town(plan, chance)
    lived = Lived()
    happenings = _happenings(town, town.seasons.moments(plan.reports, chance), lived)
    at = plan.start
    with outbox.counting_as_done():
        while at < plan.end:
            with unit_of_work():
                for moment in islice(happenings, ACTS_AT_ONCE):
                    at = moment
                town.pictures.wait()
            db.session.expunge_all()
            shown(at)
    return lived


def _town(plan: Plan, chance: Random) -> Town:
    return Town(
        chance=chance,
        seasons=Seasons.of(plan.start, plan.end, sla.calendar(), chance),
        cast=Cast(plan.seed, chance),
        speech=Speech(plan.folder, chance),
        places=Places(plan.folder, chance),
        pictures=Pictures(current_app.extensions["storage"], sla.zone(), chance),
        takers={True: centre.begin, False: agency.begin},
        answered=agency.go_on,
    )


def _happenings(town: Town, arrivals: Iterator[datetime], lived: Lived) -> Iterator[datetime]:
    """Do one thing after the other, in the order of their moments, up to the end; yields them."""
    coming = next(arrivals, None)
    while True:
        due = [at for at in (coming, town.next_at(), town.sweep_at) if at is not None]
        at = min(due, default=town.seasons.end)
        if at >= town.seasons.end:
            break
        with clock.moved_to(at):
            if at == town.sweep_at:
                _sweep(town)
            elif at == coming:
                _in_one_piece(partial(filings.arrive, town))
                lived.reports += 1
                coming = next(arrivals, None)
            else:
                _in_one_piece(partial(_act, town, lived))
        yield at
    with clock.moved_to(town.seasons.end):
        sweep.run()
    yield town.seasons.end


def _in_one_piece(act: Callable[[], None]) -> None:
    """Write what an act changes when it is complete, not bit by bit before each of its queries."""
    with db.session.no_autoflush:
        act()
    db.session.flush()


def _act(town: Town, lived: Lived) -> None:
    planned = town.take_next()
    if planned is None:
        return
    act, case = planned
    try:
        act(town, case)
        lived.acts += 1
    except (Conflict, NotFound):  # restricted meanwhile: for the public it is not there
        lived.refused += 1


def _sweep(town: Town) -> None:
    """Do what is due by itself, and find out when something will be next."""
    due = _next_due()
    if due is not None and due <= clock.now():
        sweep.run()
        due = _next_due()
    town.no_sweep_before = clock.now() + SWEPT_EVERY
    town.sweep_at = max(due, town.no_sweep_before) if due else None


def _next_due() -> datetime | None:
    step = select(func.min(ClockRow.next_step_at))
    silence = select(func.min(Report.closes_at)).where(Report.status.in_(_WAIT_FOR_SILENCE))
    found = db.session.execute(select(step.scalar_subquery(), silence.scalar_subquery())).one()
    return min((at for at in found if at is not None), default=None)
