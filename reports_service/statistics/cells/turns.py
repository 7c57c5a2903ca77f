"""Whose turn it is to recount: one worker's, for as long as his lease runs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update

from reports_service.core import clock
from reports_service.core.db import db, unit_of_work
from reports_service.domain.errors import Unavailable
from reports_service.statistics.cells.models import Turn

LEASE: Final = timedelta(seconds=45)
LEASE_TO_BUILD: Final = timedelta(minutes=5)  # renewed after each agency, some of which are large
THE_ONE: Final = 1


class TurnLost(Exception):
    """The lease ran out and another worker recounts: what this one made must not be written."""


class FiguresNotReady(Unavailable):
    """The figures are being made anew."""

    code = "figures_not_ready"


def built() -> bool:
    """Whether there are figures."""
    return db.session.scalar(select(Turn.built_at)) is not None


def require_built() -> None:
    """Raises ``FiguresNotReady`` while there are no figures."""
    if not built():
        raise FiguresNotReady(part="figures")


def past_before() -> int:
    """The first year that is not part of the past."""
    return db.session.scalar(select(Turn.past_before)) or 0


def of_last_year(year: int) -> bool:
    """Whether a year has ended since the past was last joined."""
    return past_before() < year


def take(*, again: bool = False) -> int | None:
    """Take the turn. Returns its fence; None while another holds it.

    ``again``: also where there is no row yet, or nothing built.
    """
    now = clock.now()
    with unit_of_work():
        if again and db.session.get(Turn, THE_ONE) is None:
            db.session.add(Turn(id=THE_ONE, fence=0, past_before=0))
            db.session.flush()
        fence: int | None = db.session.scalar(
            update(Turn)
            .where((Turn.leased_until.is_(None)) | (Turn.leased_until < now))
            .values(fence=Turn.fence + 1, leased_until=now + (LEASE_TO_BUILD if again else LEASE))
            .returning(Turn.fence)
            .execution_options(synchronize_session=False)
        )
        return fence


def renew(fence: int) -> None:
    """Go on building for another lease. Raises ``TurnLost``."""
    _write(fence, leased_until=clock.now() + LEASE_TO_BUILD)


def begin_to_build(fence: int, year: int) -> None:
    """There are no figures until the turn ends. Raises ``TurnLost``."""
    _write(fence, built_at=None, past_before=year)


def end(fence: int, *, built: bool = False, **values: Any) -> None:
    """Give the turn back, in the unit of work that writes what was made. Raises ``TurnLost``."""
    now = clock.now()
    made: dict[str, datetime] = {"built_at": now} if built else {}
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
