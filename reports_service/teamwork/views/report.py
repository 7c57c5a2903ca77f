"""What stands beside a report for who works on it: templates, own drafts, who else is here."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask.views import MethodView

from reports_service.core.auth import current_actor, current_language, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work
from reports_service.core.queue import Waker
from reports_service.domain.lifecycle import Action
from reports_service.domain.roles import Permission
from reports_service.teamwork import drafts, mentions, presence, templates
from reports_service.teamwork.inside import opened
from reports_service.teamwork.models import Draft
from reports_service.teamwork.schemas.report import (
    ColleagueList,
    ColleagueQuery,
    DraftList,
    DraftRequest,
    DraftSchema,
    OfferedList,
    OfferedQuery,
    PresentList,
)

blp = Blueprint("beside", __name__, description="Working on a report together")


@blp.route("/reports/<code>/templates")
class OfferedTemplates(MethodView):
    @requires(Permission.SEE_QUEUE)
    @blp.arguments(OfferedQuery, location="query")
    @blp.response(200, OfferedList)
    def get(self, query: dict[str, Any], code: str) -> dict[str, Any]:
        """The templates for an act on this report, filled, the most used first."""
        actor, language = current_actor(), query["language"] or current_language()
        report = opened(code, actor)
        action = query["action"]
        return {"items": templates.offered(report, actor, [action], language)[action]}


@blp.route("/reports/<code>/drafts")
class Drafts(MethodView):
    @requires(Permission.SEE_QUEUE)
    @blp.response(200, DraftList)
    def get(self, code: str) -> dict[str, Any]:
        """One's own drafts on this report."""
        actor = current_actor()
        return {"items": list(drafts.kept(actor, opened(code, actor)).values())}


@blp.route("/reports/<code>/drafts/<action>")
class DraftOf(MethodView):
    @requires(Permission.SEE_QUEUE)
    @blp.arguments(DraftRequest)
    @blp.response(200, DraftSchema)
    def put(self, given: dict[str, Any], code: str, action: str) -> Draft:
        """Keep what is typed now. It goes when the act is done, or after 30 days."""
        actor = current_actor()
        with unit_of_work():
            return drafts.keep(actor, opened(code, actor), action, given["fields_"])

    @requires(Permission.SEE_QUEUE)
    @blp.response(204)
    def delete(self, code: str, action: str) -> None:
        """Throw the draft away."""
        actor = current_actor()
        with unit_of_work():
            drafts.drop(actor, opened(code, actor), action)


@blp.route("/reports/<code>/presence")
class Presence(MethodView):
    @requires(Permission.SEE_INTERNAL_VIEW)
    @blp.response(200, PresentList)
    def get(self, code: str) -> dict[str, Any]:
        """Who else has this report open."""
        actor = current_actor()
        return {"items": presence.others(actor, opened(code, actor), _waker())}

    @requires(Permission.SEE_INTERNAL_VIEW)
    @blp.response(200, PresentList)
    def put(self, code: str) -> dict[str, Any]:
        """I have it open, for the next 60 seconds; who else has."""
        actor = current_actor()
        return {"items": presence.here(actor, opened(code, actor), _waker())}

    @requires(Permission.SEE_INTERNAL_VIEW)
    @blp.response(204)
    def delete(self, code: str) -> None:
        """I have closed it."""
        actor = current_actor()
        presence.leave(actor, opened(code, actor), _waker())


@blp.route("/reports/<code>/colleagues")
class Colleagues(MethodView):
    @requires(Action.NOTE)
    @blp.arguments(ColleagueQuery, location="query")
    @blp.response(200, ColleagueList)
    def get(self, query: dict[str, Any], code: str) -> dict[str, Any]:
        """Whom a note can name, by what was typed after the @."""
        actor = current_actor()
        return {"items": mentions.suggestions(opened(code, actor), actor, query["q"])}


def _waker() -> Waker:
    waker: Waker = current_app.extensions["waker"]
    return waker
