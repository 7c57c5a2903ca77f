"""/categories and /suggestions/category for everybody, /admin/categories for administrators."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from reports_service.agencies.schemas import EndQuery
from reports_service.categories import service
from reports_service.categories.models import Category
from reports_service.categories.schemas import (
    CategoryAdminSchema,
    CategoryChange,
    CategoryList,
    CategoryNew,
    CategoryQuery,
    SuggestionList,
    SuggestionRequest,
    dump_category,
)
from reports_service.core.auth import current_actor, current_language, public, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work
from reports_service.core.pages import Key, Page, page
from reports_service.core.schemas import PageQuery, page_of
from reports_service.domain.roles import Permission

blp = Blueprint("categories", __name__, description="What reports are about")
BY_CODE = (Key(Category.code, lambda category: category.code),)


@blp.route("/categories")
class Categories(MethodView):
    @public
    @blp.arguments(CategoryQuery, location="query")
    @blp.response(200, CategoryList)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What can be reported, parents before children, with the extra questions of each."""
        codes = {one.id: one.code for one in service.book()}
        items = [dump_category(one, codes) for one in service.serving(query["q"])]
        return {"items": items, "next_cursor": None}


@blp.route("/suggestions/category")
class Suggestions(MethodView):
    @public
    @blp.arguments(SuggestionRequest)
    @blp.response(200, SuggestionList)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Which category may be meant by these words."""
        return {"items": service.suggest(given["text"], current_language())}


@blp.route("/admin/categories")
class AdminCategories(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(CategoryAdminSchema))
    def get(self, query: dict[str, Any]) -> Page[Category]:
        return page(service.listing(), BY_CODE, **query)

    @requires(Permission.ADMINISTER)
    @blp.arguments(CategoryNew)
    @blp.response(201, CategoryAdminSchema)
    def post(self, values: dict[str, Any]) -> Category:
        with unit_of_work():
            return service.add(current_actor(), values)


@blp.route("/admin/categories/<code>")
class AdminCategory(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, CategoryAdminSchema)
    def get(self, code: str) -> Category:
        return service.by_code(code)

    @requires(Permission.ADMINISTER)
    @blp.arguments(CategoryChange)
    @blp.response(200, CategoryAdminSchema)
    def patch(self, values: dict[str, Any], code: str) -> Category:
        with unit_of_work():
            return service.change(current_actor(), code, values)

    @requires(Permission.ADMINISTER)
    @blp.arguments(EndQuery, location="query")
    @blp.response(200, CategoryAdminSchema)
    def delete(self, query: dict[str, Any], code: str) -> Category:
        with unit_of_work():
            return service.end(current_actor(), code, **query)


@blp.route("/admin/categories/<code>/end")
class AdminCategoryEnd(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, CategoryAdminSchema)
    def delete(self, code: str) -> Category:
        """Take its end back: reports are taken under it again."""
        with unit_of_work():
            return service.bring_back(current_actor(), code)
