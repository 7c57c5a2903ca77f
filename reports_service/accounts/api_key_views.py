"""/admin/api-keys: keys for other systems, made and ended by administrators."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from reports_service.accounts import api_keys
from reports_service.accounts.api_key_schemas import ApiKeyMade, ApiKeyNew, ApiKeySchema
from reports_service.accounts.models import ApiKey
from reports_service.agencies.schemas import EndQuery
from reports_service.core.auth import current_actor, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work
from reports_service.core.pages import Key, Page, page
from reports_service.core.schemas import PageQuery, page_of
from reports_service.domain.roles import Permission

blp = Blueprint("api_keys", __name__, description="Keys for other systems")
NEWEST_FIRST = (Key(ApiKey.id, lambda row: row.id, descending=True),)


@blp.route("/admin/api-keys")
class ApiKeys(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(ApiKeySchema))
    def get(self, query: dict[str, Any]) -> Page[ApiKey]:
        """All keys, newest first, also those that expired or were ended."""
        return page(api_keys.listing(), NEWEST_FIRST, **query)

    @requires(Permission.ADMINISTER)
    @blp.arguments(ApiKeyNew)
    @blp.response(201, ApiKeyMade)
    def post(self, given: dict[str, Any]) -> api_keys.Made:
        """Make a key. This answer alone shows it."""
        with unit_of_work():
            return api_keys.create(current_actor(), **given)


@blp.route("/admin/api-keys/<key_id>")
class OneApiKey(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, ApiKeySchema)
    def get(self, key_id: str) -> ApiKey:
        return api_keys.by_id(key_id)

    @requires(Permission.ADMINISTER)
    @blp.arguments(EndQuery, location="query")
    @blp.response(200, ApiKeySchema)
    def delete(self, query: dict[str, Any], key_id: str) -> ApiKey:
        """End a key, now or at a later moment; it stays in the list."""
        with unit_of_work():
            return api_keys.end(current_actor(), key_id, **query)
