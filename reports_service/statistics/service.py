"""Figures for leaders: the table of agencies, one agency, the backlog, what is behind a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, select

from reports_service.agencies import service as agencies
from reports_service.agencies.models import Agency
from reports_service.categories.models import Category
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.core.pages import Key, page
from reports_service.domain import measures
from reports_service.domain.errors import Invalid, NotAllowed
from reports_service.domain.measures import BY_CODE, Day, Standing
from reports_service.domain.outcomes import Outcome
from reports_service.domain.roles import Permission
from reports_service.reports.models import Assignment, Report
from reports_service.statistics import backlog, promises, queries, reading
from reports_service.statistics.figures import figures
from reports_service.statistics.queries import Tally
from reports_service.statistics.reading import Axis
from reports_service.statistics.scope import Scope

HEADS = 10
NEWEST_FIRST = (
    Key(Assignment.opened_at, lambda listed: listed.opened_at, descending=True),
    Key(Assignment.id, lambda listed: listed.id, descending=True),
)


class FiguresNotYours(NotAllowed):
    """Officers and heads see the figures of their own agency."""

    code = "figures_not_yours"


class PromiseOfNoAgency(Invalid):
    """The promise to the citizen is the province's, whoever held the report."""

    code = "promise_of_no_agency"


@dataclass(frozen=True)
class Listed:
    """An assignment behind a number; ``met``: its deadline, None where that is not judged."""

    assignment: Assignment
    met: bool | None


@dataclass(frozen=True)
class Behind:
    """What is behind a number. ``restricted`` ones are counted and not shown."""

    count: int
    restricted: int
    items: Sequence[Listed]
    next_cursor: str | None


def require_figures_of_agency(actor: Actor, code: str) -> Agency:
    """The agency with this code, if the actor may see its figures.

    Raises ``AgencyUnknown``, ``FiguresNotYours``.
    """
    agency = agencies.by_code(code)
    if not actor.may(Permission.SEE_FIGURES) and agency.id != actor.agency_id:
        raise FiguresNotYours()
    return agency


def require_figures(actor: Actor, code: str | None) -> Agency | None:
    """The agency with this code, or None for all, if the actor may see the figures.

    Raises ``AgencyUnknown``, ``FiguresNotYours``.
    """
    if code is not None:
        return require_figures_of_agency(actor, code)
    if not actor.may(Permission.SEE_FIGURES):
        raise FiguresNotYours()
    return None


def table(scope: Scope) -> dict[str, Any]:
    """A row of figures per agency, the province's total, and the citizen's view beside them."""
    found = reading.tallies(scope, Axis.AGENCY)
    counts = reading.promised(scope)[None]
    return {
        "scope": scope,
        "total": figures(reading.total(scope)),
        "promises": {**counts, "promise_kept_rate": measures.share(counts, "promise_kept_rate")},
        "items": _ranked(scope, found),
        "next_cursor": None,
    }


def one_agency(scope: Scope, agency: Agency) -> dict[str, Any]:
    """The agency's row with its rank among its kind, its categories, and the heads of its queue."""
    peers = reading.tallies(replace(scope, kind=agency.kind), Axis.AGENCY)
    own = replace(scope, agency_id=agency.id)
    return {
        **_row(scope, agency, peers.get(agency.id, Tally()), _ranks(peers).get(agency.id)),
        "scope": own,
        "by_category": _by_category(own, agency),
        "open_next": _heads(own, overdue=False),
        "overdue_longest": _heads(own, overdue=True),
    }


def backlog_of(scope: Scope) -> dict[str, Any]:
    """What is open now at each agency, and the assignments that come first by their deadline."""
    found = backlog.by_agency(scope)
    rows = [
        {"agency": agency, "asked": _asked(scope, agency), "backlog": found[agency.id]}
        for agency in _agencies(scope)
        if agency.id in found
    ]
    return {
        "scope": scope,
        "items": sorted(rows, key=lambda row: -row["backlog"].overdue),
        "next_cursor": None,
        "open_next": _heads(scope, overdue=False),
        "overdue_longest": _heads(scope, overdue=True),
    }


def behind(
    scope: Scope, code: str, agency: Agency | None, *, cursor: str | None, limit: int
) -> Behind:
    """The assignments that the measure ``code`` counts, newest first.

    A share lists what stands below its line, and says of each whether it was met; a promise to
    the citizen lists the last assignment of each report. Raises ``PromiseOfNoAgency``.
    """
    query = _behind(replace(scope, agency_id=agency.id if agency else None), BY_CODE[code].listed)
    number, restricted = queries.size(query)
    shown = page(query.where(Report.restricted.is_(False)), NEWEST_FIRST, cursor, limit)
    return Behind(
        count=number,
        restricted=restricted,
        items=[Listed(one, _met(one, BY_CODE[code].day, scope)) for one in shown.items],
        next_cursor=shown.next_cursor,
    )


def _behind(scope: Scope, code: str) -> Select[Assignment]:
    if BY_CODE[code].day is not Day.PROMISED:
        return queries.behind(scope, code)
    if scope.agency_id is not None:
        raise PromiseOfNoAgency(field="agency")
    return queries.last_of(promises.behind(scope, code))


def _met(one: Assignment, day: Day, scope: Scope) -> bool | None:
    """Whether the deadline that the measure is about was met: the headline's, if about none."""
    outcome = Outcome(one.outcome) if one.outcome else None
    done_at = measures.result_at(outcome, one.resolved_at, one.ended_at)
    deadline = one.own_resolve_by
    if day is Day.DUE_WITH_EXTENSIONS:
        deadline = one.resolve_by
    if day is Day.ACKNOWLEDGEMENT_DUE:
        deadline, done_at = one.acknowledge_by, one.acknowledged_at or done_at
    return measures.kept(
        outcome,
        done_at=done_at,
        ended_at=one.ended_at,
        acknowledge_by=one.acknowledge_by,
        deadline=deadline,
        as_of=scope.as_of,
    )


def _ranked(scope: Scope, found: Mapping[int, Tally]) -> list[dict[str, Any]]:
    """Rows by kind and rank; agencies that have ended only where there is something to show."""
    places = _ranks(found)
    rows = [
        _row(scope, agency, found.get(agency.id, Tally()), places.get(agency.id))
        for agency in _agencies(scope)
        if agency.id in found or agency.ended_at is None or agency.ended_at > scope.as_of
    ]
    return sorted(rows, key=_order)


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["agency"].kind, row["rank"] is None, row["rank"] or 0, row["agency"].code


def _ranks(found: Mapping[int, Tally]) -> dict[int, int]:
    kinds = {row.id: row.kind for row in db.session.execute(select(Agency.id, Agency.kind))}
    return measures.ranks(
        {
            agency_id: Standing(kinds[agency_id], tally.counts["met"], tally.counts["due"])
            for agency_id, tally in found.items()
        }
    )


def _row(scope: Scope, agency: Agency, tally: Tally, rank: int | None) -> dict[str, Any]:
    return {"agency": agency, "asked": _asked(scope, agency), "rank": rank, **figures(tally)}


def _by_category(scope: Scope, agency: Agency) -> list[dict[str, Any]]:
    """Figures of each category by itself; a link where the category has no others below it."""
    found = reading.tallies(scope, Axis.CATEGORY)
    known = {one.id: one for one in db.session.scalars(select(Category))}
    parents = {one.parent_id for one in known.values()}
    rows = []
    for category_id, tally in found.items():
        category = known.get(category_id)
        leaf = category is not None and category.id not in parents
        asked = _asked(scope, agency, category) if leaf else None
        rows.append({"category": category, "asked": asked, **figures(tally)})
    return sorted(rows, key=lambda row: (-row["received"], -row["open"], _code(row["category"])))


def _code(category: Category | None) -> str:
    return category.code if category else ""


def _asked(
    scope: Scope, agency: Agency, category: Category | None = None
) -> tuple[tuple[str, str], ...]:
    """The filters that lead to what is behind a row."""
    own = {"agency": agency.code, **({"category": category.code} if category else {})}
    return (*((name, value) for name, value in scope.asked if name not in own), *own.items())


def _agencies(scope: Scope) -> Sequence[Agency]:
    query = select(Agency).order_by(Agency.kind, Agency.code)
    if scope.kind is not None:
        query = query.where(Agency.kind == scope.kind)
    return db.session.scalars(query).all()


def _heads(scope: Scope, *, overdue: bool) -> list[Listed]:
    found = queries.heads(scope, overdue=overdue, limit=HEADS)
    return [Listed(one, _met(one, Day.NOW, scope)) for one in found]
