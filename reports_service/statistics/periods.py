"""What must be said of a period: not begun, not over, before anything was filed, figures behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from reports_service.domain.errors import Invalid
from reports_service.statistics.beginning import first_filed, is_whole
from reports_service.statistics.comparison import Against, against, earlier_period
from reports_service.statistics.scope import Period, Remark, Scope

LATE: Final = timedelta(seconds=10)  # figures that are older than this are said to be


class FiguresNotBegun(Invalid):
    """The period begins after today: there is nothing to count, and zeros would mislead."""

    code = "period_not_begun"


def require_begun(period: Period, today: date, field: str) -> None:
    """Raises ``FiguresNotBegun``; ``field``: what of the asking names the period."""
    if period.first > today:
        raise FiguresNotBegun(
            field=field, first=f"{period.first:%d/%m/%Y}", today=f"{today:%d/%m/%Y}"
        )


def remarked(scope: Scope, query: Mapping[str, Any], *, lists: bool = False) -> Scope:
    """The scope with what its reader must know. ``lists``: rows are read now, not counted before.

    Raises ``FiguresNotBegun``.
    """
    require_begun(scope.period, scope.today, "from" if query["first"] else "to")
    found = (*_of_period(scope), *_of_comparison(scope, query), *_of_age(scope, lists=lists))
    return replace(scope, remarks=(*scope.remarks, *found))


def _of_period(scope: Scope) -> Iterator[Remark]:
    if scope.period.last > scope.today:
        yield Remark(
            "period_not_over",
            {"last": f"{scope.period.last:%d/%m/%Y}", "today": f"{scope.today:%d/%m/%Y}"},
        )
    if scope.period.last < scope.today:
        yield from _of_the_past(scope)


def _of_the_past(scope: Scope) -> Iterator[Remark]:
    """Nothing was filed as early as that, or nothing at all."""
    first = first_filed()
    if first is None:
        yield Remark("nothing_filed", {})
    elif scope.period.ends <= first:
        day = first.astimezone(scope.period.zone)
        yield Remark("nothing_filed_before", {"day": f"{day:%d/%m/%Y}"})


def _of_comparison(scope: Scope, query: Mapping[str, Any]) -> Iterator[Remark]:
    """A period that is not over is compared with as many days of earlier ones; one that begins
    before the first report says nothing of how counts grew.
    """
    compared = against(query.get("compare"))
    if compared and scope.period.last > scope.today:
        yield Remark("compared_to_date", {"days": (scope.today - scope.period.first).days + 1})
    first = first_filed() if compared else None
    if first is not None:
        yield from _of_what_is_not_whole(scope, compared, first)


def _of_what_is_not_whole(
    scope: Scope, compared: Sequence[Against], first: datetime
) -> Iterator[Remark]:
    for one in compared:
        then = earlier_period(scope, one)
        if not is_whole(then, first):
            days = (first.astimezone(then.zone), then.first, then.last)
            said = (f"{day:%d/%m/%Y}" for day in days)
            yield Remark(
                "compared_before_first", dict(zip(("day", "first", "last"), said, strict=True))
            )


def _of_age(scope: Scope, *, lists: bool) -> Iterator[Remark]:
    if scope.asked_at - scope.as_of > LATE:
        moments = {"as_of": _local(scope.as_of, scope), "now": _local(scope.asked_at, scope)}
        yield Remark("list_newer_than_figures" if lists else "figures_lag", moments)


def _local(moment: datetime, scope: Scope) -> str:
    return f"{moment.astimezone(scope.period.zone):%H:%M:%S %d/%m/%Y}"
