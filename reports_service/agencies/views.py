"""/agencies for everybody, /admin/agencies for administrators."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from reports_service.agencies import service
from reports_service.agencies.models import Agency
from reports_service.agencies.schemas import (
    AgencyAdminSchema,
    AgencyChange,
    AgencyNew,
    AgencyQuery,
    AgencySchema,
    EndQuery,
)
from reports_service.core.auth import current_actor, public, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work
from reports_service.core.pages import Key, Page, page
from reports_service.core.schemas import page_of
from reports_service.domain.roles import Permission

blp = Blueprint("agencies", __name__, description="Who answers")
BY_CODE = (Key(Agency.code, lambda agency: agency.code),)


@blp.route("/agencies")
class Agencies(MethodView):
    @public
    @blp.arguments(AgencyQuery, location="query")
    @blp.response(200, page_of(AgencySchema))
    def get(self, query: dict[str, Any]) -> Page[Agency]:
        return page(service.listing(), BY_CODE, **query)


@blp.route("/admin/agencies")
class AdminAgencies(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(AgencyQuery, location="query")
    @blp.response(200, page_of(AgencyAdminSchema))
    def get(self, query: dict[str, Any]) -> Page[Agency]:
        return page(service.listing(), BY_CODE, **query)

    @requires(Permission.ADMINISTER)
    @blp.arguments(AgencyNew)
    @blp.response(201, AgencyAdminSchema)
    def post(self, values: dict[str, Any]) -> Agency:
        with unit_of_work():
            return service.add(current_actor(), values)


@blp.route("/admin/agencies/<code>")
class AdminAgency(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, AgencyAdminSchema)
    def get(self, code: str) -> Agency:
        return service.by_code(code)

    @requires(Permission.ADMINISTER)
    @blp.arguments(AgencyChange)
    @blp.response(200, AgencyAdminSchema)
    def patch(self, values: dict[str, Any], code: str) -> Agency:
        with unit_of_work():
            return service.change(current_actor(), code, values)

    @requires(Permission.ADMINISTER)
    @blp.arguments(EndQuery, location="query")
    @blp.response(200, AgencyAdminSchema)
    def delete(self, query: dict[str, Any], code: str) -> Agency:
        with unit_of_work():
            return service.end(current_actor(), code, **query)


@blp.route("/admin/agencies/<code>/end")
class AdminAgencyEnd(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, AgencyAdminSchema)
    def delete(self, code: str) -> Agency:
        """Take its end back: it can be given work again."""
        with unit_of_work():
            return service.bring_back(current_actor(), code)
