"""The JSON interface: which blueprints stand under /api/v1, and its OpenAPI 3.1 description."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

import flask_smorest
from flask import Flask, Response, current_app, json
from marshmallow import fields

from reports_service.accounts.account_views import blp as account
from reports_service.accounts.api_key_views import blp as api_keys
from reports_service.accounts.views import blp as accounts
from reports_service.agencies.views import blp as agencies
from reports_service.areas.views import blp as areas
from reports_service.attachments.uploads.views import blp as uploads
from reports_service.attachments.views import blp as photos
from reports_service.categories.views import blp as categories
from reports_service.core.http_errors import answer_http
from reports_service.core.schemas import Schema
from reports_service.dead_letters.views import blp as dead_letters
from reports_service.describing import JSON, PROBLEM, Guards
from reports_service.exports.views import blp as exports
from reports_service.logbook.views import blp as logbook
from reports_service.notifications.views import blp as notifications
from reports_service.personal.views import blp as personal
from reports_service.reports.views import blueprints as reports
from reports_service.routing.views import blp as routing
from reports_service.sla.views import blp as sla
from reports_service.statistics.closing.views import blp as closing
from reports_service.statistics.interface.views import blp as statistics
from reports_service.statistics.monthly.views import blp as monthly
from reports_service.statistics.quality.views import blp as quality
from reports_service.statistics.verification.views import blp as heads
from reports_service.teamwork.views import blueprints as teamwork

PREFIX = "/api/v1"
BLUEPRINTS = (
    accounts,
    account,
    api_keys,
    agencies,
    areas,
    categories,
    routing,
    sla,
    photos,
    uploads,
    *reports,
    *teamwork,
    notifications,
    statistics,
    heads,
    closing,
    monthly,
    quality,
    exports,
    personal,
    dead_letters,
    logbook,
)


class FieldProblem(Schema):
    """What is wrong with one field."""

    field = fields.String()
    code = fields.String()
    detail = fields.String()


class Problem(Schema):
    """An RFC 9457 problem document."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String(metadata={"description": "In the reader's language"})
    code = fields.String(metadata={"description": "Stable, for programs"})
    errors = fields.List(fields.Nested(FieldProblem))
    request_id = fields.String()


class Api(flask_smorest.Api):
    """flask-smorest, answering errors with our problem documents, and describing its views when
    somebody asks: a worker or a command is never asked.
    """

    ERROR_SCHEMA = Problem
    DEFAULT_RESPONSE_CONTENT_TYPE: str = JSON

    def __init__(self, app: Flask, **settings: Any) -> None:
        self._to_describe: list[Callable[[], None]] = []
        self._describing = Lock()
        super().__init__(app, **settings)

    def describe_later(self, describe: Callable[[], None]) -> None:
        """Do this before the first description is given."""
        self._to_describe.append(describe)

    def description(self) -> dict[str, Any]:
        """The OpenAPI document."""
        with self._describing:
            while self._to_describe:
                self._to_describe.pop(0)()
            described: dict[str, Any] = self.spec.to_dict()
            return described

    def _openapi_json(self) -> Response:
        said = json.dumps(self.description(), indent=2, sort_keys=False)
        return current_app.response_class(said, mimetype=JSON)

    def _register_responses(self) -> None:
        """Refusals and faults are problem documents, whatever else an operation answers."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = JSON

    def handle_http_exception(self, error: Any) -> Any:
        return answer_http(error)


def init_api(app: Flask) -> None:
    """Register every JSON blueprint under ``PREFIX``; /openapi.json describes them."""
    app.config.update(
        API_TITLE="1022",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = Api(
        app,
        spec_kwargs={
            "info": {"description": "Field reports (phản ánh hiện trường): file, follow, answer."},
            "extra_plugins": [Guards(app)],
        },
    )
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    api.spec.components.security_scheme(
        "tracking",
        {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Tracking <tracking_token>",
        },
    )
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
