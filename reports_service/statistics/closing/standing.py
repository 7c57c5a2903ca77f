"""Which version of a closed month holds, read without the other versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import func, select

from reports_service.core.db import db
from reports_service.statistics.closing.differences import WHOLE
from reports_service.statistics.closing.models import ClosedPeriod, PeriodCorrection
from reports_service.statistics.closing.months import Month

MONTHS_KEPT_READ = 12


class Standing(NamedTuple):
    """The version that holds. ``correction_id``: None for the first figures."""

    period_id: int
    closed_at: datetime
    correction_id: int | None
    sha256: str


def standing(month: Month) -> Standing | None:
    """The version of a month that holds, without what is in it; None where it is not closed."""
    corrected = PeriodCorrection.period_id == ClosedPeriod.id
    sha256 = func.coalesce(PeriodCorrection.sha256, ClosedPeriod.sha256)
    query = (
        select(ClosedPeriod.id, ClosedPeriod.frozen_at, PeriodCorrection.id, sha256)
        .outerjoin(PeriodCorrection, corrected)
        .where(ClosedPeriod.month == str(month))
        .order_by(PeriodCorrection.number.desc())
        .limit(1)
    )
    found = db.session.execute(query).one_or_none()
    return None if found is None else Standing(*found)


@lru_cache(MONTHS_KEPT_READ)
def table(version: Standing) -> Mapping[str, Any]:
    """Its table of agencies with the whole. Read once: what has this hash never changes."""
    content = select(ClosedPeriod.content).where(ClosedPeriod.id == version.period_id)
    if version.correction_id is not None:
        content = select(PeriodCorrection.content).where(
            PeriodCorrection.id == version.correction_id
        )
    figures = orjson.loads(db.session.scalars(content).one())["figures"]
    return {name: figures[name] for name in (*WHOLE, "agencies")}
