"""/templates: the words that an agency, or the province, has prepared for its answers."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from reports_service.core.auth import current_actor, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work
from reports_service.core.pages import Key, Page, page
from reports_service.core.schemas import page_of
from reports_service.domain.roles import Permission
from reports_service.teamwork import templates
from reports_service.teamwork.models import Template
from reports_service.teamwork.schemas.templates import (
    TemplateChange,
    TemplateNew,
    TemplateQuery,
    TemplateSchema,
)

blp = Blueprint("templates", __name__, description="Prepared words for answers")
MOST_USED_FIRST = (
    Key(Template.uses, lambda template: template.uses, descending=True),
    Key(Template.id, lambda template: template.id),
)


@blp.route("/templates")
class Templates(MethodView):
    @requires(Permission.SEE_QUEUE)
    @blp.arguments(TemplateQuery, location="query")
    @blp.response(200, page_of(TemplateSchema))
    def get(self, query: dict[str, Any]) -> Page[Template]:
        """The own agency's templates and the province's, the most used first."""
        found = templates.listing(current_actor(), query.pop("action"))
        return page(found, MOST_USED_FIRST, **query)

    @requires(Permission.LEAD_TEAM)
    @blp.arguments(TemplateNew)
    @blp.response(201, TemplateSchema)
    def post(self, values: dict[str, Any]) -> Template:
        """A new template. Placeholders in braces are filled for each report."""
        with unit_of_work():
            return templates.add(current_actor(), values)


@blp.route("/templates/<int(max=9223372036854775807):template_id>")
class TemplateOf(MethodView):
    @requires(Permission.SEE_QUEUE)
    @blp.response(200, TemplateSchema)
    def get(self, template_id: int) -> Template:
        """One template, as it is kept."""
        return templates.by_id(template_id, current_actor())

    @requires(Permission.LEAD_TEAM)
    @blp.arguments(TemplateChange)
    @blp.response(200, TemplateSchema)
    def patch(self, values: dict[str, Any], template_id: int) -> Template:
        """Other words, another act or category."""
        with unit_of_work():
            return templates.change(current_actor(), template_id, values)

    @requires(Permission.LEAD_TEAM)
    @blp.response(200, TemplateSchema)
    def delete(self, template_id: int) -> Template:
        """It is offered no longer."""
        with unit_of_work():
            return templates.end(current_actor(), template_id)


@blp.route("/templates/<int(max=9223372036854775807):template_id>/uses")
class TemplateUses(MethodView):
    @requires(Permission.SEE_QUEUE)
    @blp.response(204)
    def post(self, template_id: int) -> None:
        """It was put into a form: what is used most is offered first."""
        with unit_of_work():
            templates.count_use(template_id, current_actor())
