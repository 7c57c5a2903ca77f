"""/admin/routing-rules: who answers for what, changed and tried."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from reports_service.agencies.schemas import EndQuery
from reports_service.core.auth import current_actor, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work
from reports_service.core.pages import Key, Page, page
from reports_service.core.schemas import page_of
from reports_service.domain.roles import Permission
from reports_service.routing import rules, service
from reports_service.routing.models import RoutingRule
from reports_service.routing.schemas import (
    RuleChange,
    RuleNew,
    RuleQuery,
    RuleSchema,
    TrialRequest,
    TrialSchema,
)

blp = Blueprint("routing", __name__, description="Who answers for what")
BY_ID = (Key(RoutingRule.id, lambda rule: rule.id),)


@blp.route("/admin/routing-rules")
class Rules(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(RuleQuery, location="query")
    @blp.response(200, page_of(RuleSchema))
    def get(self, query: dict[str, Any]) -> Page[RoutingRule]:
        found = rules.listing(query["category"], query["area"], query["agency"])
        return page(found, BY_ID, query["cursor"], query["limit"])

    @requires(Permission.ADMINISTER)
    @blp.arguments(RuleNew)
    @blp.response(201, RuleSchema)
    def post(self, values: dict[str, Any]) -> RoutingRule:
        with unit_of_work():
            return rules.add(current_actor(), values)


@blp.route("/admin/routing-rules/try")
class Trial(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(TrialRequest)
    @blp.response(200, TrialSchema)
    def post(self, given: dict[str, Any]) -> service.Trial:
        """Where a sample would go, with the rule that decides and the runners-up."""
        point = given["location"]
        return service.try_out(
            category=given["category"],
            area=given["area"],
            location=(point["lat"], point["lon"]) if point else None,
            text=given["description"],
            answers=given["answers"],
            draft=given["rule"],
        )


@blp.route("/admin/routing-rules/<int:rule_id>")
class Rule(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, RuleSchema)
    def get(self, rule_id: int) -> RoutingRule:
        return rules.by_id(rule_id)

    @requires(Permission.ADMINISTER)
    @blp.arguments(RuleChange)
    @blp.response(200, RuleSchema)
    def patch(self, values: dict[str, Any], rule_id: int) -> RoutingRule:
        with unit_of_work():
            return rules.change(current_actor(), rule_id, values)

    @requires(Permission.ADMINISTER)
    @blp.arguments(EndQuery, location="query")
    @blp.response(200, RuleSchema)
    def delete(self, query: dict[str, Any], rule_id: int) -> RoutingRule:
        with unit_of_work():
            return rules.end(current_actor(), rule_id, **query)


@blp.route("/admin/routing-rules/<int:rule_id>/end")
class RuleEnd(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, RuleSchema)
    def delete(self, rule_id: int) -> RoutingRule:
        """Take its end back: it routes again."""
        with unit_of_work():
            return rules.bring_back(current_actor(), rule_id)
