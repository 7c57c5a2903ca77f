"""Figures for leaders: the table of agencies, one agency, the backlog; who may see which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from reports_service.agencies import service as agencies
from reports_service.agencies.models import Agency
from reports_service.agencies.service import AgencyFacts
from reports_service.categories.models import Category
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.errors import NotAllowed
from reports_service.domain.roles import Permission
from reports_service.statistics import backlog, reading
from reports_service.statistics.comparison import (
    Against,
    Earlier,
    compared,
    earlier,
    partial,
    rows_then,
    total_then,
)
from reports_service.statistics.figures import figures, figures_of_all
from reports_service.statistics.lists import heads
from reports_service.statistics.ranking import Ranking, ranking
from reports_service.statistics.reading import Axis
from reports_service.statistics.scope import ALONE, WITHOUT, Scope, asked_of
from reports_service.statistics.tallies import Tally


class FiguresNotYours(NotAllowed):
    """Officers and heads see the figures of their own agency."""

    code = "figures_not_yours"

    @classmethod
    def to(cls, actor: Actor) -> FiguresNotYours:
        """The refusal, which says where the actor's own figures stand."""
        own = db.session.get(Agency, actor.agency_id) if actor.agency_id is not None else None
        return cls(address=f"/stats/agencies/{own.code if own else '…'}")


def require_figures_of_agency(actor: Actor, code: str) -> Agency:
    """The agency with this code, if the actor may see its figures.

    Raises ``AgencyUnknown``, ``FiguresNotYours``.
    """
    agency = agencies.by_code(code)
    if not actor.may(Permission.SEE_FIGURES) and agency.id != actor.agency_id:
        raise FiguresNotYours.to(actor)
    return agency


def require_figures(actor: Actor, code: str | None) -> Agency | None:
    """The agency with this code, or None for all, if the actor may see the figures.

    Raises ``AgencyUnknown``, ``FiguresNotYours``.
    """
    if code is not None:
        return require_figures_of_agency(actor, code)
    if not actor.may(Permission.SEE_FIGURES):
        raise FiguresNotYours.to(actor)
    return None


def figures_at_hand(actor: Actor, code: str | None) -> Agency | None:
    """As ``require_figures``; who may see one agency only need not name it.

    Raises ``AgencyUnknown``, ``FiguresNotYours``.
    """
    if code is None and not actor.may(Permission.SEE_FIGURES) and actor.agency_id is not None:
        return db.session.get_one(Agency, actor.agency_id)
    return require_figures(actor, code)


def table(scope: Scope, compare: Sequence[Against] = ()) -> dict[str, Any]:
    """A row of figures per agency, the province's total, and the citizen's view beside them."""
    found = reading.table(scope, Axis.AGENCY)
    then = earlier(scope, compare, Axis.AGENCY)
    return {
        "scope": scope,
        "earlier": then,
        **whole_of(found, then),
        "items": _ranked(scope, found.rows, then),
        "next_cursor": None,
    }


def in_all(scope: Scope) -> dict[str, Any]:
    """``total`` and ``promises`` of a scope, with the first sign of life."""
    return whole_of(reading.table(scope, Axis.AGENCY), ())


def whole_of(found: reading.Table, then: Sequence[Earlier]) -> dict[str, Any]:
    """``total`` and ``promises`` of what was counted, with the first sign of life."""
    total = figures_of_all(found.total, found.promised_in_all)
    promises = total.pop("promises")
    total["compared"] = compared(found.total, total_then(then), partial(then))
    return {"total": total, "promises": promises}


def one_agency(scope: Scope, agency: Agency, compare: Sequence[Against] = ()) -> dict[str, Any]:
    """The agency's row with its rank among its kind, its categories, and the heads of its queue."""
    own = scope.of_agency(agency)
    peers = reading.tallies(replace(scope, kind=agency.kind), Axis.AGENCY)
    places = ranking(peers, agencies.every(agency.kind))
    then = earlier(own, compare, Axis.AGENCY)
    return {
        **_row(scope, agency, peers.get(agency.id) or Tally(), places, then),
        "scope": own,
        "earlier": then,
        "by_category": _by_category(own),
        "open_next": heads(own, overdue=False),
        "overdue_longest": heads(own, overdue=True),
    }


def backlog_of(scope: Scope) -> dict[str, Any]:
    """What is open now at each agency and in all, and what comes first by its deadline."""
    found = backlog.by_agency(scope)
    rows = [
        {
            "agency": agency,
            "asked": asked_of(scope, agency=agency.code),
            "backlog": found[agency.id],
        }
        for agency in agencies.every(scope.kind)
        if agency.id in found
    ]
    return {
        "scope": scope,
        "total": backlog.together(found.values()),
        "items": sorted(rows, key=lambda row: -row["backlog"].overdue),
        "next_cursor": None,
        "open_next": heads(scope, overdue=False),
        "overdue_longest": heads(scope, overdue=True),
    }


def backlog_of_one(scope: Scope, agency: Agency) -> dict[str, Any]:
    """What is open now at one agency, as ``backlog_of`` says it of all; its heads are elsewhere."""
    own = scope.of_agency(agency)
    found = backlog.by_agency(own)
    return {"scope": own, "total": backlog.together(found.values()), "items": []}


def _ranked(
    scope: Scope, found: Mapping[int, Tally], then: Sequence[Earlier]
) -> list[dict[str, Any]]:
    """Rows by kind and rank; agencies that have ended only where there is something to show."""
    every = agencies.every(scope.kind)
    places = ranking(found, every)
    rows = [
        _row(scope, agency, found.get(agency.id) or Tally(), places, then)
        for agency in every
        if agency.id in found or agency.ended_at is None or agency.ended_at > scope.asked_at
    ]
    return sorted(rows, key=_order)


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["agency"].kind, row["rank"] is None, row["rank"] or 0, row["agency"].code


def _row(
    scope: Scope,
    agency: Agency | AgencyFacts,
    tally: Tally,
    places: Ranking,
    then: Sequence[Earlier],
) -> dict[str, Any]:
    return {
        "agency": agency,
        "asked": asked_of(scope, agency=agency.code),
        "rank": places.places.get(agency.id),
        "ranked_among": places.among.get(agency.kind, 0),
        **figures(tally),
        "compared": compared(tally, rows_then(then, agency.id), partial(then)),
    }


def _by_category(scope: Scope) -> list[dict[str, Any]]:
    """Figures of each category by itself, without those below it."""
    found = reading.tallies(scope, Axis.CATEGORY)
    known = {one.id: one for one in db.session.scalars(select(Category))}
    parents = {one.parent_id for one in known.values()} - {None}
    rows = []
    for category_id, tally in found.items():
        if scope.category_ids is not None and category_id not in scope.category_ids:
            continue
        category = known.get(category_id)
        asked = WITHOUT if category is None else category.code
        if category_id in parents:
            asked += ALONE
        rows.append(
            {
                "category": category,
                "by_itself": asked.endswith(ALONE),
                "asked": asked_of(scope, category=asked),
                **figures(tally),
            }
        )
    return sorted(rows, key=lambda row: (-row["received"], -row["open"], row["asked"]))
