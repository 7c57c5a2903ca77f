"""What reporters do with their tracking token, and whoever follows a report."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask.views import MethodView

from reports_service.core.auth import current_actor, current_language, public, requires
from reports_service.core.blueprints import Blueprint, loaded
from reports_service.core.db import unit_of_work
from reports_service.domain.lifecycle import Action
from reports_service.domain.roles import Permission
from reports_service.reports import idempotency, renewal, reporter_acts, service, tracking
from reports_service.reports.codes import grouped
from reports_service.reports.identity import Contact
from reports_service.reports.requests import (
    CorrectionSchema,
    FeedbackSchema,
    FollowerRequest,
    LookQuery,
    NoteSchema,
    ReplySchema,
)
from reports_service.reports.schemas import FollowerCount, IdentitySchema, ReportSchema, TokenSchema
from reports_service.reports.views.answering import (
    bounded_request,
    carried_out,
    sent_pictures,
    taken_in,
)

KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "maxLength": idempotency.KEY_LONGEST},
    "description": "Made by the app; with it, an answer that was lost can be asked for again",
}

blp = Blueprint("reporter", __name__, description="The reporter's own report")


@blp.route("/reports/<code>/photos")
class Photos(MethodView):
    @requires(Action.ADD_PHOTOS, reporter=True)
    @blp.response(201, ReportSchema)
    def post(self, code: str) -> Response:
        """Add pictures (multipart, parts named ``photos``)."""
        report, _ = service.find(code, current_actor())
        pictures = taken_in(sent_pictures(), before=len(report.photos))
        return carried_out(code, reporter_acts.add_photos, pictures)


@blp.route("/reports/<code>/replies")
class Replies(MethodView):
    @requires(Action.REPLY, reporter=True)
    @blp.response(201, ReportSchema)
    def post(self, code: str) -> Response:
        """Answer the agency's question (JSON, or multipart with ``reply`` and ``photos``)."""
        sent = bounded_request()
        body = sent.json_part("reply") if sent.is_multipart else sent.json_body()
        given = loaded(ReplySchema(), body)
        report, _ = service.find(code, current_actor())
        pictures = taken_in(sent_pictures(), before=len(report.photos))
        return carried_out(code, reporter_acts.reply, given["text"], pictures)


@blp.route("/reports/<code>/feedback")
class Feedback(MethodView):
    @requires(reporter=True)
    @blp.arguments(FeedbackSchema)
    @blp.response(201, ReportSchema)
    def post(self, given: dict[str, Any], code: str) -> Response:
        """Was it fixed? No reopens the report."""
        return carried_out(code, reporter_acts.judge, **given)


@blp.route("/reports/<code>/reopening")
class Reopening(MethodView):
    @requires(Action.REOPEN, reporter=True)
    @blp.arguments(NoteSchema)
    @blp.response(201, ReportSchema)
    def post(self, given: dict[str, str], code: str) -> Response:
        """Not fixed after all: the same agency has it again, with fresh clocks."""
        return carried_out(code, reporter_acts.reopen, given["note"])


@blp.route("/reports/<code>/withdrawal")
class Withdrawal(MethodView):
    @requires(reporter=True)
    @blp.arguments(NoteSchema)
    @blp.response(201, ReportSchema)
    def post(self, given: dict[str, str], code: str) -> Response:
        """Take the report back."""
        return carried_out(code, reporter_acts.withdraw, given["note"])


@blp.route("/reports/<code>/correction")
class Correction(MethodView):
    @requires(Action.CORRECT, reporter=True)
    @blp.arguments(CorrectionSchema)
    @blp.response(201, ReportSchema)
    def post(self, given: dict[str, Any], code: str) -> Response:
        """Say it better: the words, the place, the own contact."""
        place = given.get("location") or {}
        return carried_out(
            code,
            reporter_acts.correct,
            description=given.get("description"),
            address=given.get("address"),
            lat=place.get("lat"),
            lon=place.get("lon"),
            contact=given.get("reporter"),
        )


@blp.route("/reports/<code>/tracking-token")
class TrackingToken(MethodView):
    @requires(reporter=True)
    @blp.doc(parameters=[KEY])
    @blp.response(201, TokenSchema)
    def post(self, code: str) -> tuple[dict[str, str], dict[str, str]]:
        """Ask for another token: the one shown, and private links with it, open nothing from now
        on. Sent again with the same key and the token of before, it is answered the same.
        """
        key = idempotency.checked_key(request.headers.get("Idempotency-Key"))
        with unit_of_work():
            report = renewal.renew(code, current_actor(), key)
        token = {"code": grouped(report.code), "tracking_token": tracking.token_of(report)}
        return token, {"Cache-Control": "no-store"}


@blp.route("/reports/<code>/followers")
class Followers(MethodView):
    @public
    @blp.arguments(FollowerRequest)
    @blp.response(201, FollowerCount)
    def post(self, given: dict[str, Any], code: str) -> dict[str, int]:
        """Follow this report instead of filing the same again."""
        with unit_of_work():
            service.find(code, current_actor())
            turn = service.take(code, current_actor())
            followed = reporter_acts.follow(turn, given["reporter"], current_language())
        return {"followers": followed.followers_count}


@blp.route("/reports/<code>/identity")
class Identity(MethodView):
    @requires(Permission.SEE_IDENTITY, reporter=True)
    @blp.arguments(LookQuery, location="query")
    @blp.response(200, IdentitySchema)
    def get(self, query: dict[str, Any], code: str) -> Contact:
        """The reporter's own data. An operator's look is logged, with the reason given."""
        with unit_of_work():
            report, _ = service.find(code, current_actor())
            return reporter_acts.see_identity(
                report, current_actor(), query["why"], request.remote_addr
            )

    @requires(reporter=True)
    @blp.response(200, ReportSchema)
    def delete(self, code: str) -> Response:
        """Erase who filed it and what they wrote. Facts and figures stay."""
        return carried_out(code, reporter_acts.erase_identity, answering=200)
