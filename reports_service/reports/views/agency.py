"""What officers and heads do to the reports that their agency holds; operators may too."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from reports_service.core.auth import current_actor, requires
from reports_service.core.blueprints import Blueprint, loaded
from reports_service.core.http_errors import refusal_body
from reports_service.domain.lifecycle import Action
from reports_service.domain.targets import Target, Unit
from reports_service.reports import agency_work, bulk, extensions, results
from reports_service.reports.requests import (
    AssignmentRequest,
    BulkRequest,
    ExtensionDecision,
    ExtensionRequest,
    NoteRequired,
    NoteSchema,
    QuestionToReporter,
    ReasonSchema,
    ResolutionRequest,
)
from reports_service.reports.schemas import BulkAnswers, ReportSchema
from reports_service.reports.views.answering import (
    bounded_request,
    carried_out,
    sent_pictures,
    taken_in,
)

blp = Blueprint("agency", __name__, description="The agency's work on a report")


@blp.route("/reports/<code>/acknowledgement")
class Acknowledgement(MethodView):
    @requires(Action.ACKNOWLEDGE)
    @blp.arguments(NoteSchema)
    @blp.response(201, ReportSchema)
    def post(self, given: dict[str, str], code: str) -> Response:
        """We have seen it and work on it."""
        return carried_out(code, agency_work.acknowledge, given["note"])


@blp.route("/reports/<code>/assignment")
class Assignment(MethodView):
    @requires(Action.ASSIGN, Action.TRANSFER, Action.DELEGATE)
    @blp.arguments(AssignmentRequest)
    @blp.response(201, ReportSchema)
    def post(self, given: dict[str, Any], code: str) -> Response:
        """Hand it to an agency, or to an officer of one's own."""
        reason = given["reason"] or given["note"]
        return carried_out(code, agency_work.assign, given["agency"], reason, given["officer"])


@blp.route("/reports/<code>/return")
class Return(MethodView):
    @requires(Action.HAND_BACK)
    @blp.arguments(ReasonSchema)
    @blp.response(201, ReportSchema)
    def post(self, reason: str, code: str) -> Response:
        """Not ours: back to the 1022 centre."""
        return carried_out(code, agency_work.hand_back, reason)


@blp.route("/reports/<code>/question")
class Question(MethodView):
    @requires(Action.ASK)
    @blp.arguments(QuestionToReporter)
    @blp.response(201, ReportSchema)
    def post(self, question: str, code: str) -> Response:
        """Ask the reporter; the clock stands still until the reply."""
        return carried_out(code, agency_work.ask, question)

    @requires(Action.TAKE_BACK_QUESTION)
    @blp.arguments(NoteSchema)
    @blp.response(200, ReportSchema)
    def delete(self, given: dict[str, str], code: str) -> Response:
        """Go on without a reply."""
        return carried_out(code, agency_work.take_back_question, given["note"], answering=200)


@blp.route("/reports/<code>/extension")
class Extension(MethodView):
    @requires(Action.REQUEST_EXTENSION)
    @blp.arguments(ExtensionRequest)
    @blp.response(201, ReportSchema)
    def post(self, given: dict[str, Any], code: str) -> Response:
        """Ask the head for more time."""
        length = Target(given["amount"], Unit(given["unit"]))
        return carried_out(code, extensions.request, length, given["reason"])


@blp.route("/reports/<code>/extension/approval")
class ExtensionApproval(MethodView):
    @requires(Action.DECIDE_EXTENSION)
    @blp.arguments(ExtensionDecision)
    @blp.response(201, ReportSchema)
    def post(self, given: dict[str, Any], code: str) -> Response:
        """Grant it, or not (``approved: false``)."""
        return carried_out(code, extensions.decide, given["approved"], given["note"])


@blp.route("/reports/<code>/resolution")
class ResolutionOf(MethodView):
    @requires(Action.RESOLVE)
    @blp.doc(requestBody={"content": {"application/json": {"schema": ResolutionRequest}}})
    @blp.response(201, ReportSchema)
    def post(self, code: str) -> Response:
        """A result (JSON, or multipart with ``resolution`` and ``photos`` of the work done)."""
        sent = bounded_request()
        body = sent.json_part("resolution") if sent.is_multipart else sent.json_body()
        given = loaded(ResolutionRequest(), body)
        pictures = taken_in(sent_pictures())
        return carried_out(code, results.resolve, results.Resolution(pictures=pictures, **given))


@blp.route("/reports/<code>/notes")
class Notes(MethodView):
    @requires(Action.NOTE)
    @blp.arguments(NoteRequired)
    @blp.response(201, ReportSchema)
    def post(self, given: dict[str, str], code: str) -> Response:
        """A note that only staff see."""
        return carried_out(code, agency_work.note, given["note"])


@blp.route("/bulk")
class Bulk(MethodView):
    @requires(Action.ACKNOWLEDGE)
    @blp.arguments(BulkRequest)
    @blp.response(200, BulkAnswers)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """One act on many reports, one answer per report, no half-done report."""
        report_codes, etags = given.pop("codes"), given.pop("etags")
        done = bulk.carry_out(bulk.Order(**given), report_codes, etags, current_actor())
        return {"items": [_answer(one) for one in done]}


def _answer(one: bulk.Done) -> dict[str, Any]:
    return {
        "code": one.code,
        "done": one.refusal is None,
        "status": one.status,
        "etag": one.etag,
        "problem": refusal_body(one.refusal) if one.refusal else None,
    }
