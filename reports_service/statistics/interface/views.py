"""/stats for leaders; officers and heads see the figures of their own agency."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from reports_service.core.auth import public, requires
from reports_service.core.blueprints import Blueprint
from reports_service.domain.roles import Permission
from reports_service.statistics import lists
from reports_service.statistics.interface import asking, downloads
from reports_service.statistics.interface.answers import Answer
from reports_service.statistics.interface.asked import (
    AskedOnce,
    BehindQuery,
    FiguresQuery,
    LinesQuery,
    OneAgencyQuery,
    TableQuery,
    TrendQuery,
)
from reports_service.statistics.interface.definition_schemas import DefinitionsSchema
from reports_service.statistics.interface.guards import of_all_agencies
from reports_service.statistics.interface.schemas import BehindSchema
from reports_service.statistics.interface.table_schemas import (
    AreasSchema,
    BacklogSchema,
    CategoriesSchema,
    ChannelsSchema,
    FiveGroupsSchema,
    OneAgencySchema,
    TableSchema,
    TrendSchema,
)

blp = Blueprint("statistics", __name__, description="What leaders measure")


@blp.route("/stats/agencies")
class Table(MethodView):
    @of_all_agencies
    @blp.arguments(TableQuery, location="query")
    @blp.response(200, TableSchema)
    def get(self, query: dict[str, Any]) -> Answer:
        """Every agency's figures, the province's total, and the promise to the citizen."""
        return asking.agencies(query)


@blp.route("/stats/agencies/<code>")
class OneAgency(MethodView):
    @requires(Permission.SEE_FIGURES_OF_OWN_AGENCY)
    @blp.arguments(OneAgencyQuery, location="query")
    @blp.response(200, OneAgencySchema)
    def get(self, query: dict[str, Any], code: str) -> Answer:
        """One agency's figures, by category too, and what comes first in its queue."""
        return asking.one_agency(query, code)


@blp.route("/stats/categories")
class Categories(MethodView):
    @of_all_agencies
    @blp.arguments(LinesQuery, location="query")
    @blp.response(200, CategoriesSchema)
    def get(self, query: dict[str, Any]) -> Answer:
        """The figures of each category, a parent with those below it."""
        return asking.lines("category")(query)


@blp.route("/stats/areas")
class Areas(MethodView):
    @of_all_agencies
    @blp.arguments(LinesQuery, location="query")
    @blp.response(200, AreasSchema)
    def get(self, query: dict[str, Any]) -> Answer:
        """The figures of each commune, and of what it is part of."""
        return asking.lines("area")(query)


@blp.route("/stats/channels")
class Channels(MethodView):
    @of_all_agencies
    @blp.arguments(LinesQuery, location="query")
    @blp.response(200, ChannelsSchema)
    def get(self, query: dict[str, Any]) -> Answer:
        """The figures of what came in by each channel."""
        return asking.lines("channel")(query)


@blp.route("/stats/trend")
class Trend(MethodView):
    @requires(Permission.SEE_FIGURES_OF_OWN_AGENCY)
    @blp.arguments(TrendQuery, location="query")
    @blp.response(200, TrendSchema)
    def get(self, query: dict[str, Any]) -> Answer:
        """The course of the figures by day, week or month, of all agencies or of one."""
        return asking.course(query)


@blp.route("/stats/backlog")
class Backlog(MethodView):
    @of_all_agencies
    @blp.arguments(FiguresQuery, location="query")
    @blp.response(200, BacklogSchema)
    def get(self, query: dict[str, Any]) -> Answer:
        """What is open now at each agency, how old, and how long overdue."""
        return asking.backlog(query)


@blp.route("/stats/five-groups")
class FiveGroups(MethodView):
    @of_all_agencies
    @blp.arguments(FiguresQuery, location="query")
    @blp.response(200, FiveGroupsSchema)
    def get(self, query: dict[str, Any]) -> Answer:
        """The five groups of Decision 766/QĐ-TTg: which of them these figures speak to."""
        return asking.five_groups(query)


@blp.route("/stats/assignments")
class Assignments(MethodView):
    @requires(Permission.SEE_FIGURES_OF_OWN_AGENCY)
    @blp.arguments(BehindQuery, location="query")
    @blp.response(200, BehindSchema)
    def get(self, query: dict[str, Any]) -> Answer:
        """The assignments behind a number, with the filters it was counted with."""
        number = asking.number(query)
        paging = {name: query[name] for name in ("cursor", "limit")}
        found = lists.behind(number.scope, number.measure, number.agency, **paging)
        scope = number.scope
        about = {"scope": scope, "listed_at": scope.asked_at, "measure": number.measure}
        return {**about, "behind": found}


@blp.route("/stats/definitions")
class Definitions(MethodView):
    @public
    @blp.arguments(AskedOnce, location="query")
    @blp.response(200, DefinitionsSchema)
    def get(self, query: dict[str, Any]) -> Answer:
        """Each measure in words, with its formula."""
        return asking.definitions(query)


downloads.offer(blp)
