"""/sessions for staff, /admin/accounts for administrators."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app, request
from flask.views import MethodView

from reports_service.accounts import service
from reports_service.accounts.models import Account
from reports_service.accounts.schemas import (
    AccountChange,
    AccountNew,
    AccountSchema,
    SignedInSchema,
    SignIn,
)
from reports_service.agencies.schemas import EndQuery
from reports_service.core.auth import current_actor, public, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work
from reports_service.core.pages import Key, Page, page
from reports_service.core.schemas import PageQuery, page_of
from reports_service.domain.roles import Permission

blp = Blueprint("accounts", __name__, description="Staff accounts and sessions")
BY_EMAIL = (Key(Account.email, lambda account: account.email),)


@blp.route("/sessions")
class Sessions(MethodView):
    @public
    @blp.arguments(SignIn)
    @blp.response(201, SignedInSchema)
    def post(self, given: dict[str, str]) -> service.SignedIn:
        lasting = timedelta(hours=current_app.config["SESSION_HOURS"])
        account = service.authenticate(given["email"], given["password"])
        with unit_of_work():
            return service.sign_in(account, lasting)

    @requires(Permission.SEE_INBOX)
    @blp.response(204)
    def delete(self) -> None:
        token = request.headers["Authorization"].partition(" ")[2].strip()
        with unit_of_work():
            service.sign_out(token)


@blp.route("/admin/accounts")
class AdminAccounts(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(AccountSchema))
    def get(self, query: dict[str, Any]) -> Page[Account]:
        return page(service.listing(), BY_EMAIL, **query)

    @requires(Permission.ADMINISTER)
    @blp.arguments(AccountNew)
    @blp.response(201, AccountSchema)
    def post(self, values: dict[str, Any]) -> Account:
        with unit_of_work():
            return service.add(current_actor(), values)


@blp.route("/admin/accounts/<email>")
class AdminAccount(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, AccountSchema)
    def get(self, email: str) -> Account:
        return service.by_email(email)

    @requires(Permission.ADMINISTER)
    @blp.arguments(AccountChange)
    @blp.response(200, AccountSchema)
    def patch(self, values: dict[str, Any], email: str) -> Account:
        with unit_of_work():
            return service.change(current_actor(), email, values)

    @requires(Permission.ADMINISTER)
    @blp.arguments(EndQuery, location="query")
    @blp.response(200, AccountSchema)
    def delete(self, query: dict[str, Any], email: str) -> Account:
        with unit_of_work():
            return service.end(current_actor(), email, **query)
