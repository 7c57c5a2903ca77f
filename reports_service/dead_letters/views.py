"""/admin/dead-letters: what workers have given up, for administrators."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from reports_service.core.auth import current_actor, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work
from reports_service.core.schemas import page_of
from reports_service.dead_letters import service
from reports_service.dead_letters.schemas import (
    LetterSchema,
    LettersQuery,
    RetriedSchema,
    RetryRequest,
)
from reports_service.domain.roles import Permission

blp = Blueprint("dead_letters", __name__, description="What workers have given up")


@blp.route("/admin/dead-letters")
class DeadLetters(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(LettersQuery, location="query")
    @blp.response(200, page_of(LetterSchema))
    def get(self, query: dict[str, Any]) -> service.Letters:
        """Effects given up after all attempts, newest first: what for, how often, with what error.

        That somebody looked is kept in the audit log.
        """
        with unit_of_work():
            return service.look(current_actor(), **query)


@blp.route("/admin/dead-letters/retries")
class Retries(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(RetryRequest)
    @blp.response(200, RetriedSchema)
    def post(self, given: dict[str, Any]) -> dict[str, int]:
        """Have all of them tried again, or all of one kind: a mail server that was away is back."""
        with unit_of_work():
            return {"retried": service.retry_all(current_actor(), given["kind"])}


@blp.route("/admin/dead-letters/<int:letter_id>")
class OneDeadLetter(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, LetterSchema)
    def get(self, letter_id: int) -> service.Letter:
        with unit_of_work():
            return service.look_at(current_actor(), letter_id)

    @requires(Permission.ADMINISTER)
    @blp.response(200, LetterSchema)
    def delete(self, letter_id: int) -> service.Letter:
        """Let it never happen. The audit log keeps what it was."""
        with unit_of_work():
            return service.drop(current_actor(), letter_id)


@blp.route("/admin/dead-letters/<int:letter_id>/retry")
class OneRetry(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, LetterSchema)
    def post(self, letter_id: int) -> service.Letter:
        """Have it tried again from the beginning, with all attempts before it."""
        with unit_of_work():
            return service.retry(current_actor(), letter_id)
