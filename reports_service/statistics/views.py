"""/stats for leaders; officers and heads see the figures of their own agency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask.views import MethodView

from reports_service.core import clock
from reports_service.core.auth import current_actor, public, requires
from reports_service.core.blueprints import Blueprint
from reports_service.domain.measures import COHORT, DEFINITIONS, RANKED_FROM
from reports_service.domain.roles import Permission
from reports_service.statistics import reading, service
from reports_service.statistics.schemas import (
    BacklogSchema,
    BehindQuery,
    BehindSchema,
    DefinitionsSchema,
    FiguresQuery,
    OneAgencySchema,
    PartQuery,
    TableSchema,
)
from reports_service.statistics.scope import Scope, scope_of

blp = Blueprint("statistics", __name__, description="What leaders measure")


@blp.route("/stats/agencies")
class Table(MethodView):
    @requires(Permission.SEE_FIGURES)
    @blp.arguments(FiguresQuery, location="query")
    @blp.response(200, TableSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Every agency's figures, the province's total, and the promise to the citizen."""
        return service.table(_scope(query))


@blp.route("/stats/agencies/<code>")
class OneAgency(MethodView):
    @requires(Permission.SEE_FIGURES_OF_OWN_AGENCY)
    @blp.arguments(PartQuery, location="query")
    @blp.response(200, OneAgencySchema)
    def get(self, query: dict[str, Any], code: str) -> dict[str, Any]:
        """One agency's figures, by category too, and what comes first in its queue."""
        agency = service.require_figures_of_agency(current_actor(), code)
        return service.one_agency(_scope(query), agency)


@blp.route("/stats/backlog")
class Backlog(MethodView):
    @requires(Permission.SEE_FIGURES)
    @blp.arguments(FiguresQuery, location="query")
    @blp.response(200, BacklogSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What is open now at each agency, how old, and how long overdue."""
        return service.backlog_of(_scope(query))


@blp.route("/stats/assignments")
class Assignments(MethodView):
    @requires(Permission.SEE_FIGURES_OF_OWN_AGENCY)
    @blp.arguments(BehindQuery, location="query")
    @blp.response(200, BehindSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The assignments behind a number, with the filters it was counted with."""
        agency = service.require_figures(current_actor(), query["agency"])
        scope, measure = _scope(query), query["measure"]
        paging = {name: query[name] for name in ("cursor", "limit")}
        found = service.behind(scope, measure, agency, **paging)
        return {"scope": scope, "measure": measure, "behind": found}


@blp.route("/stats/definitions")
class Definitions(MethodView):
    @public
    @blp.response(200, DefinitionsSchema)
    def get(self) -> dict[str, Any]:
        """Each measure in the reader's words, with its formula."""
        return {
            "as_of": clock.now(),
            "items": DEFINITIONS,
            "next_cursor": None,
            "cohort": [{"outcome": out, "treatment": how} for out, how in COHORT.items()],
            "ranked_from": RANKED_FROM,
        }


def _scope(query: Mapping[str, Any]) -> Scope:
    zone = ZoneInfo(current_app.config["TZ_NAME"])
    return scope_of(query, reading.as_of(), zone, asked_at=clock.now())
