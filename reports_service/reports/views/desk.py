"""What the operators of the 1022 centre do."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from reports_service.core.auth import requires
from reports_service.core.blueprints import Blueprint
from reports_service.domain.lifecycle import Action
from reports_service.reports import classification, desk, merging, moderation
from reports_service.reports.classification import Classification
from reports_service.reports.requests import (
    ClassificationRequest,
    MergeRequest,
    ModerationRequest,
    NoteSchema,
    ReasonSchema,
    ReferralRequest,
)
from reports_service.reports.schemas import ReportSchema
from reports_service.reports.views.answering import carried_out

blp = Blueprint("desk", __name__, description="The 1022 centre's desk")


@blp.route("/reports/<code>/rejection")
class Rejection(MethodView):
    @requires(Action.REJECT)
    @blp.arguments(ReasonSchema)
    @blp.response(201, ReportSchema)
    def post(self, reason: str, code: str) -> Response:
        """Refuse it, with a reason that the reporter reads."""
        return carried_out(code, desk.reject, reason)

    @requires(Action.TAKE_BACK_REJECTION)
    @blp.arguments(NoteSchema)
    @blp.response(200, ReportSchema)
    def delete(self, given: dict[str, str], code: str) -> Response:
        """The rejection was wrong."""
        return carried_out(code, desk.take_back_rejection, given["note"], answering=200)


@blp.route("/reports/<code>/referral")
class Referral(MethodView):
    @requires(Action.REFER)
    @blp.arguments(ReferralRequest)
    @blp.response(201, ReportSchema)
    def post(self, given: dict[str, Any], code: str) -> Response:
        """Send it where it belongs by place or by law."""
        reason = "\n".join(part for part in (given["reason"], given["note"]) if part)
        return carried_out(code, desk.refer, given["to"], reason, restricted=given["restricted"])

    @requires(Action.TAKE_BACK_REFERRAL)
    @blp.arguments(NoteSchema)
    @blp.response(200, ReportSchema)
    def delete(self, given: dict[str, str], code: str) -> Response:
        """The referral was wrong."""
        return carried_out(code, desk.take_back_referral, given["note"], answering=200)


@blp.route("/reports/<code>/merge")
class Merge(MethodView):
    @requires(Action.MERGE)
    @blp.arguments(MergeRequest)
    @blp.response(201, ReportSchema)
    def post(self, given: dict[str, str], code: str) -> Response:
        """A duplicate of an open report."""
        return carried_out(code, merging.merge, given["into"], given["note"])

    @requires(Action.UNDO_MERGE)
    @blp.arguments(NoteSchema)
    @blp.response(200, ReportSchema)
    def delete(self, given: dict[str, str], code: str) -> Response:
        """No duplicate after all."""
        return carried_out(code, merging.undo_merge, given["note"], answering=200)


@blp.route("/reports/<code>/classification")
class ClassificationOf(MethodView):
    @requires(Action.RECLASSIFY, Action.CHANGE_PRIORITY)
    @blp.arguments(ClassificationRequest)
    @blp.response(201, ReportSchema)
    def post(self, given: dict[str, Any], code: str) -> Response:
        """Another category, place or priority: routed anew, with new clocks."""
        place = given.get("location") or {}
        change = Classification(
            category=given.get("category"),
            lat=place.get("lat"),
            lon=place.get("lon"),
            priority=given.get("priority"),
        )
        return carried_out(code, classification.classify, change, given["note"])


@blp.route("/reports/<code>/moderation")
class Moderation(MethodView):
    @requires(Action.MODERATE)
    @blp.arguments(ModerationRequest)
    @blp.response(201, ReportSchema)
    def post(self, given: dict[str, Any], code: str) -> Response:
        """Hide a text or a picture from the public, or show it again."""
        reason = "\n".join(part for part in (given.pop("reason"), given.pop("note")) if part)
        return carried_out(code, moderation.moderate, reason=reason, **given)
