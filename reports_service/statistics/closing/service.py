"""Closing a month, stating a correction, and finding what was frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import defer, selectinload

from reports_service.core import audit, clock, outbox
from reports_service.core.auth import Actor
from reports_service.core.db import db, snapshot, transact
from reports_service.domain.errors import Conflict, Invalid, NotFound
from reports_service.reports.models import Report
from reports_service.statistics.closing import freezing, seals
from reports_service.statistics.closing import standing as standing_version
from reports_service.statistics.closing.differences import differences
from reports_service.statistics.closing.freezing import COURSE_MONTHS, Content
from reports_service.statistics.closing.models import (
    ClosedPeriod,
    Frozen,
    PeriodCorrection,
)
from reports_service.statistics.closing.months import Month
from reports_service.statistics.scope import Scope

MONTH_CLOSED = "month_closed"  # the kind of effect that tells leaders; its payload: {"month"}


class MonthNotEnded(Conflict):
    """A month is closed when its last day is over."""

    code = "month_not_ended"


class MonthWithoutReports(Invalid):
    """It was over before the service began: nothing is known of it."""

    code = "month_without_reports"


class MonthClosedAlready(Conflict):
    """A month closes once; later changes are stated as corrections."""

    code = "month_closed_already"


class FiguresBehind(Conflict):
    """The figures have not come to the end of the month yet."""

    code = "figures_behind"


class MonthNotClosed(NotFound):
    """No figures of this month were frozen."""

    code = "month_not_closed"


class CorrectionUnknown(NotFound):
    """The closed month has no correction of this number."""

    code = "correction_unknown"


class NothingToCorrect(Conflict):
    """The figures of now are the ones that stand."""

    code = "period_stands"


def close(actor: Actor, month: Month, zone: ZoneInfo, *, tell: bool = True) -> ClosedPeriod:
    """Freeze the figures of a month with their definitions; ``tell``: leaders hear of it by mail.

    All is read before the turn to write is taken, and no unit of work may be open; of two at
    once, one closes. Raises ``MonthNotEnded``, ``MonthWithoutReports``, ``MonthClosedAlready``,
    ``FiguresBehind``, ``FiguresDoNotAddUp``.
    """
    with snapshot():
        _require_ended(month, zone)
        require_begun(month, zone)
        _require_not_closed(month, zone)
        content = freezing.freeze(month, zone, course_known(month))

    def write() -> ClosedPeriod:
        _require_not_closed(month, zone)
        return _closed_with(content, actor, month, tell=tell)

    return transact(write, again=write)


def _closed_with(content: Content, actor: Actor, month: Month, *, tell: bool) -> ClosedPeriod:
    period = ClosedPeriod(month=str(month), **_frozen(actor, content))
    period.seal = seals.of_period(period)
    db.session.add(period)
    db.session.flush()
    audit.record(actor, "closed", "period", str(month), sha256=content.sha256)
    if tell:
        outbox.put(MONTH_CLOSED, {"month": str(month)})
    return period


def correct(actor: Actor, month: Month, reason: str, zone: ZoneInfo) -> PeriodCorrection:
    """Freeze the figures of now beside those that stand, with the reason why they changed.

    All is read before the turn to write is taken, and no unit of work may be open. Where another
    correction came meanwhile, it is begun anew beside that one. Raises ``MonthNotClosed``,
    ``NothingToCorrect``, ``FiguresDoNotAddUp``.
    """
    with snapshot():
        beside = standing_version.standing(month)
        figures = standing(closed(month)).figures["figures"]
        content = freezing.freeze(month, zone, course_known(month))
    if not differences(figures, content.value["figures"]):
        raise NothingToCorrect(month=month.written)

    def write() -> PeriodCorrection | None:
        if standing_version.standing(month) != beside:
            return None
        return _corrected_with(content, actor, closed(month), reason)

    return transact(write, again=write) or correct(actor, month, reason, zone)


def _corrected_with(
    content: Content, actor: Actor, period: ClosedPeriod, reason: str
) -> PeriodCorrection:
    number = len(period.corrections) + 1
    correction = PeriodCorrection(
        period_id=period.id, number=number, reason=reason, **_frozen(actor, content)
    )
    correction.seal = seals.of_correction(period, correction)
    period.corrections.append(correction)
    db.session.flush()
    facts = {"number": correction.number, "sha256": content.sha256}
    audit.record(actor, "corrected", "period", period.month, **facts)
    return correction


def closed(month: Month) -> ClosedPeriod:
    """The closed month, with its corrections. Raises ``MonthNotClosed``."""
    period = find(month)
    if period is None:
        raise MonthNotClosed(month=month.written)
    return period


def find(month: Month) -> ClosedPeriod | None:
    """The closed month, with its corrections, or None."""
    query = select(ClosedPeriod).where(ClosedPeriod.month == str(month))
    return db.session.scalar(query.options(selectinload(ClosedPeriod.corrections)))


def version(month: Month, number: int) -> Frozen:
    """The first figures (0) or those of a correction. Raises ``CorrectionUnknown``."""
    period = closed(month)
    found = next((one for one in period.corrections if one.number == number), None)
    if number and found is None:
        raise CorrectionUnknown(month=month.written, number=number)
    return found or period


def standing(period: ClosedPeriod) -> Frozen:
    """The figures that hold: the last correction's, else the first."""
    return period.corrections[-1] if period.corrections else period


def versions(period: ClosedPeriod) -> list[tuple[PeriodCorrection, list[dict[str, Any]]]]:
    """Each correction with what it changed in the figures that stood before it."""
    stood: Frozen = period
    found = []
    for correction in period.corrections:
        changes = differences(stood.figures["figures"], correction.figures["figures"])
        found.append((correction, changes))
        stood = correction
    return found


def listing() -> Select[ClosedPeriod]:
    """All closed months with their corrections, without the figures themselves."""
    corrections = selectinload(ClosedPeriod.corrections)
    return select(ClosedPeriod).options(
        defer(ClosedPeriod.content), corrections.defer(PeriodCorrection.content)
    )


def among(months: Iterable[Month]) -> set[str]:
    """Those of these months that are closed, as 2026-10."""
    wanted = [str(month) for month in months]
    return set(db.session.scalars(select(ClosedPeriod.month).where(ClosedPeriod.month.in_(wanted))))


def note(scope: Scope, table: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is to be said beside a live table whose period is exactly a closed month, or None.

    ``table``: as ``service.table(scope)`` answers it. Whether it differs is said of the whole
    province only: filtered figures are not frozen.
    """
    month = Month.of(scope.period.first)
    exactly = scope.period == month.period(scope.period.zone)
    holds = standing_version.standing(month) if exactly else None
    if holds is None:
        return None
    differs = None
    if not _narrowed(scope):
        frozen = standing_version.table(holds)
        differs = bool(differences(frozen, freezing.of_table(table)))
    return {"month": str(month), "closed_at": holds.closed_at, "differs": differs}


def intact(frozen: ClosedPeriod | PeriodCorrection) -> bool:
    """Whether the kept text still is the one that was hashed, and the hash the one then stated."""
    if isinstance(frozen, ClosedPeriod):
        return seals.period_holds(frozen)
    return seals.correction_holds(frozen)


def _require_ended(month: Month, zone: ZoneInfo) -> None:
    ends = month.period(zone).ends
    if ends > clock.now():
        raise MonthNotEnded(month=month.written)
    as_of = freezing.scope_of_month(month, zone).as_of
    if as_of < ends:
        raise FiguresBehind(month=month.written, as_of=as_of.astimezone(zone))


def require_begun(month: Month, zone: ZoneInfo) -> None:
    """Raises ``MonthWithoutReports`` where the first report came after the month, or never."""
    first = db.session.scalar(select(Report.created_at).order_by(Report.created_at).limit(1))
    if first is None or first >= month.period(zone).ends:
        raise MonthWithoutReports(field="month", month=month.written)


def _require_not_closed(month: Month, zone: ZoneInfo) -> None:
    at = db.session.scalar(select(ClosedPeriod.frozen_at).where(ClosedPeriod.month == str(month)))
    if at is not None:
        raise MonthClosedAlready(month=month.written, at=at.astimezone(zone))


def _frozen(actor: Actor, content: Content) -> dict[str, Any]:
    return {
        "as_of": content.as_of,
        "content": content.text,
        "sha256": content.sha256,
        "frozen_at": clock.now(),
        "frozen_by": actor.name,
    }


def course_known(month: Month) -> dict[str, dict[str, Any]]:
    """Total and promises of the closed months before this one, as they stand."""
    first = month.before(COURSE_MONTHS - 1)
    query = (
        select(ClosedPeriod)
        .where(ClosedPeriod.month >= str(first), ClosedPeriod.month < str(month))
        .options(selectinload(ClosedPeriod.corrections))
    )
    return {
        one.month: freezing.totals(standing(one).figures["figures"])
        for one in db.session.scalars(query)
    }


def _narrowed(scope: Scope) -> bool:
    """Whether the scope is narrower than its period."""
    limits = (scope.category_ids, scope.area_ids, scope.channel, scope.kind, scope.agency_id)
    return any(limit is not None for limit in limits)
