"""Whose turn it is to recount: one worker's, for as long as his lease runs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from reports_service.core import clock
from reports_service.core.db import db, unit_of_work
from reports_service.core.outbox import SKEW
from reports_service.domain.errors import Unavailable
from reports_service.statistics.cells.layout import LAYOUT
from reports_service.statistics.cells.models import Turn

LEASE: Final = timedelta(seconds=45)
LEASE_TO_BUILD: Final = timedelta(minutes=5)  # renewed after each agency, some of which are large
THE_ONE: Final = 1


class TurnLost(Exception):
    """The lease ran out and another worker recounts: what this one made must not be written."""


class FiguresNotReady(Unavailable):
    """The figures are being made anew."""

    code = "figures_not_ready"


class FiguresUnreadable(Unavailable):
    """A cell is not what was written: its counts and its lengths do not fit. Made anew, it is."""

    code = "figures_unreadable"


def built(zone: ZoneInfo) -> bool:
    """Whether there are figures, by the days of this zone and of the layout that is read."""
    found = state()
    return found is not None and found.serves(zone)


class State(NamedTuple):
    """What changes with all that readers see: by a recount, by building anew."""

    counted_at: datetime | None
    built_at: datetime | None
    past_before: int
    zone: str | None
    layout: int | None

    def serves(self, zone: ZoneInfo) -> bool:
        """Whether figures can be read, by the days of this zone."""
        readable = self.zone in (None, zone.key) and self.layout in (None, LAYOUT)
        return self.built_at is not None and readable


def state() -> State | None:
    """What is there for readers; None where nothing ever was."""
    columns = (Turn.counted_at, Turn.built_at, Turn.past_before, Turn.zone, Turn.layout)
    found = db.session.execute(select(*columns)).one_or_none()
    return None if found is None else State(*found)


def require_built(zone: ZoneInfo) -> State:
    """What is there. Raises ``FiguresNotReady`` while there are no figures by this zone's days."""
    found = state()
    if found is None or not found.serves(zone):
        raise FiguresNotReady(part="figures")
    return found


def past_before() -> int:
    """The first year that is not part of the past."""
    return db.session.scalar(select(Turn.past_before)) or 0


def of_last_year(year: int) -> bool:
    """Whether a year has ended since the past was last joined."""
    return past_before() < year


def take(*, to_build: bool = False) -> int | None:
    """Take the turn. Returns its fence; None while another holds it.

    ``to_build``: for long, and also where there is no row yet.
    """
    now, lease = clock.now(), Turn.leased_until
    until = now + (LEASE_TO_BUILD if to_build else LEASE)
    # Nobody leases for longer than to build: that was written by a clock that was put back since.
    free = lease.is_(None) | (lease < now) | (lease > now + LEASE_TO_BUILD + SKEW)
    with unit_of_work():
        if to_build and db.session.get(Turn, THE_ONE) is None:
            db.session.add(Turn(id=THE_ONE, fence=0, past_before=0))
            db.session.flush()
        fence: int | None = db.session.scalar(
            update(Turn)
            .where(free)
            .values(fence=Turn.fence + 1, leased_until=until)
            .returning(Turn.fence)
            .execution_options(synchronize_session=False)
        )
        return fence


def renew(fence: int) -> None:
    """Hold the turn for another long lease. Raises ``TurnLost``."""
    _write(fence, leased_until=clock.now() + LEASE_TO_BUILD)


def begin_to_build(fence: int, year: int, zone: ZoneInfo) -> None:
    """There are no figures until all agencies' are built. Raises ``TurnLost``."""
    _write(fence, built_at=None, built_up_to=0, past_before=year, zone=zone.key, layout=LAYOUT)


def built_up_to(zone: ZoneInfo) -> int | None:
    """The last agency whose figures are built by the days of this zone, in the layout that is
    read; 0 for none yet, None where nothing was begun.
    """
    begun = (Turn.zone == zone.key, Turn.layout == LAYOUT)
    return db.session.scalar(select(Turn.built_up_to).where(*begun))


def built_agency(fence: int, agency_id: int) -> None:
    """The figures of another agency are built; the turn is held on. Raises ``TurnLost``."""
    _write(fence, built_up_to=agency_id, leased_until=clock.now() + LEASE_TO_BUILD)


def give_back(fence: int) -> None:
    """Let another go on. Raises ``TurnLost``."""
    _write(fence, leased_until=None)


def end(fence: int, *, built: bool = False, **values: Any) -> None:
    """Give the turn back, in the unit of work that writes what was made. Raises ``TurnLost``."""
    now = clock.now()
    made: dict[str, Any] = {"built_at": now, "built_up_to": None} if built else {}
    _write(fence, leased_until=None, counted_at=now, **made, **values)


def _write(fence: int, **values: Any) -> None:
    held = db.session.scalar(
        update(Turn)
        .where(Turn.fence == fence)
        .values(**values)
        .returning(Turn.id)
        .execution_options(synchronize_session=False)
    )
    if held is None:
        raise TurnLost(f"fence {fence}")
