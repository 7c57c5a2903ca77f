"""/absences for everybody at work; /team for who leads one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask.views import MethodView

from reports_service.core import clock
from reports_service.core.auth import current_actor, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work
from reports_service.domain.roles import Permission
from reports_service.teamwork import absences, leading, load
from reports_service.teamwork.models import Absence
from reports_service.teamwork.schemas.leading import (
    AbsenceList,
    AbsenceNew,
    AbsenceSchema,
    HandedOverList,
    HandOverQuery,
    LoadList,
    TeamQuery,
    WaitingList,
)

blp = Blueprint("team", __name__, description="Absences, deputies and the load of a team")


@blp.route("/absences")
class Absences(MethodView):
    @requires(Permission.SEE_QUEUE)
    @blp.response(200, AbsenceList)
    def get(self) -> dict[str, Any]:
        """One's own, now and to come; for a head those of the agency."""
        return {"items": absences.for_actor(current_actor())}

    @requires(Permission.SEE_QUEUE)
    @blp.arguments(AbsenceNew)
    @blp.response(201, AbsenceSchema)
    def post(self, given: dict[str, Any]) -> Absence:
        """Away on these days: new work goes to the deputy, notices to both."""
        actor = current_actor()
        account, deputy = given.pop("account") or actor.name, given.pop("deputy")
        with unit_of_work():
            return absences.set_absence(actor, account, deputy_email=deputy, **given)


@blp.route("/absences/<int(max=9223372036854775807):absence_id>")
class AbsenceOf(MethodView):
    @requires(Permission.SEE_QUEUE)
    @blp.response(200, AbsenceSchema)
    def delete(self, absence_id: int) -> Absence:
        """Back earlier than said, or not away after all."""
        with unit_of_work():
            return absences.end(current_actor(), absence_id)


@blp.route("/team")
class Team(MethodView):
    @requires(Permission.LEAD_TEAM)
    @blp.arguments(TeamQuery, location="query")
    @blp.response(200, LoadList)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What each officer holds: open, overdue, due soon, how old."""
        return {"items": load.team(_agency(query["agency"]))}


@blp.route("/team/extensions")
class TeamExtensions(MethodView):
    @requires(Permission.LEAD_TEAM)
    @blp.arguments(TeamQuery, location="query")
    @blp.response(200, WaitingList)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Requests for more time that wait for a decision, with their reasons."""
        return {"items": leading.extensions_waiting(_agency(query["agency"]))}


@blp.route("/team/hand-overs")
class TeamHandOvers(MethodView):
    @requires(Permission.LEAD_TEAM)
    @blp.arguments(HandOverQuery, location="query")
    @blp.response(200, HandedOverList)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What came from other agencies and what went to them."""
        since = clock.now() - timedelta(days=query["days"])
        return {"items": leading.handed_over(_agency(query["agency"]), since)}


def _agency(code: str | None) -> int:
    return leading.led(current_actor(), code)
