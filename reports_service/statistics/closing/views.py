"""/stats/periods: closed months, closing one, stating a correction."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from reports_service.core.auth import current_actor, public, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.pages import Key, page
from reports_service.core.schemas import PageQuery
from reports_service.domain.roles import Permission
from reports_service.statistics.closing import checking, service
from reports_service.statistics.closing.models import ClosedPeriod, PeriodCorrection
from reports_service.statistics.closing.months import Month
from reports_service.statistics.closing.schemas import (
    ClosedPeriods,
    ClosedPeriodSchema,
    FrozenContentQuery,
    NewCorrection,
    NewPeriod,
)
from reports_service.statistics.interface.local import zone

NEWEST_FIRST = (Key(ClosedPeriod.month, lambda row: row.month, descending=True),)
blp = Blueprint("closing", __name__, description="Closed months and their corrections")


@blp.route("/stats/periods")
class Periods(MethodView):
    @requires(Permission.SEE_FIGURES)
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, ClosedPeriods)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The closed months, with their corrections and how many figures differ since."""
        found, checks = page(service.listing(), NEWEST_FIRST, **query), checking.checks()
        return {
            "items": [_listed(period, checks) for period in found.items],
            "next_cursor": found.next_cursor,
        }

    @requires(Permission.ADMINISTER)
    @blp.arguments(NewPeriod)
    @blp.response(201, ClosedPeriodSchema)
    def post(self, values: dict[str, Any]) -> dict[str, Any]:
        """Close a month that has ended: freeze its figures with their definitions."""
        month = Month.parse(values["month"])
        return _shown(service.close(current_actor(), month, zone()))


@blp.route("/stats/periods/<month>")
class OnePeriod(MethodView):
    @requires(Permission.SEE_FIGURES)
    @blp.response(200, ClosedPeriodSchema)
    def get(self, month: str) -> dict[str, Any]:
        """A closed month exactly as it was frozen, its corrections, and what differs since."""
        return _shown(service.closed(Month.parse(month)))


@blp.route("/stats/periods/<month>.json")
class PeriodContent(MethodView):
    @public
    @blp.arguments(FrozenContentQuery, location="query")
    @blp.response(200, {"type": "object"}, content_type="application/json")
    def get(self, query: dict[str, Any], month: str) -> Response:
        """The frozen content byte for byte, for anybody: its SHA-256 is the published one."""
        frozen = service.version(Month.parse(month), query["correction"])
        return Response(frozen.content, mimetype="application/json")


@blp.route("/stats/periods/<month>/corrections")
class Corrections(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(NewCorrection)
    @blp.response(201, ClosedPeriodSchema)
    def post(self, values: dict[str, Any], month: str) -> dict[str, Any]:
        """State what differs now as a correction, with its reason; the first figures stay."""
        asked = Month.parse(month)
        return _shown(service.correct(current_actor(), asked, values["reason"], zone()).period)


def _listed(period: ClosedPeriod, checks: dict[str, Any]) -> dict[str, Any]:
    check = checks.get(period.month)
    return {
        "month": period.month,
        "closed": period,
        "corrections": period.corrections,
        "differing_at_last_check": check and check.differing,
        "checked_at": check and check.checked_at,
    }


def _shown(period: ClosedPeriod) -> dict[str, Any]:
    compared = checking.compare(period, zone())
    return {
        "month": period.month,
        "closed": period,
        "intact": service.intact(period),
        "content": period.figures,
        "corrections": [
            {**_correction(correction), "changes": changes}
            for correction, changes in service.versions(period)
        ],
        "compared_at": compared.as_of,
        "uncorrected": compared.uncorrected,
        "definitions_changed": compared.definitions_changed,
    }


def _correction(one: PeriodCorrection) -> dict[str, Any]:
    names = ("number", "reason", "frozen_at", "frozen_by", "as_of", "sha256")
    return {**{name: getattr(one, name) for name in names}, "intact": service.intact(one)}
