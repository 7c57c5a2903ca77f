"""/sessions for staff, /admin/accounts for administrators."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app, request
from flask.views import MethodView

from reports_service.accounts import entrance, own, service, sessions, signing_in
from reports_service.accounts.account_schemas import EndedSchema, SessionsSchema
from reports_service.accounts.account_views import listed
from reports_service.accounts.models import Account
from reports_service.accounts.schemas import (
    AccountChange,
    AccountNew,
    AccountSchema,
    SignedInSchema,
    SignIn,
)
from reports_service.accounts.visits import visit
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
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Open a session. Where the account has a second factor, ``code`` is one of its codes."""
        device = given["device"] or entrance.new_device()
        lasting = timedelta(hours=current_app.config["SESSION_HOURS"])
        door = entrance.Door(visit(device), lasting)
        opened = entrance.by_password(given["email"], given["password"], given["code"], door)
        role, required = opened.account.role, current_app.config["SECOND_FACTOR_ROLES"]
        return {
            "token": opened.token,
            "expires_at": opened.expires_at,
            "account": opened.account,
            "device": device,
            "must_set_up_second_factor": role in required and not opened.second_factor,
        }

    @requires(Permission.KEEP_ACCOUNT, before_enrolment=True)
    @blp.response(204)
    def delete(self) -> None:
        token = request.headers["Authorization"].partition(" ")[2].strip()
        with unit_of_work():
            signing_in.sign_out(token)


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


@blp.route("/admin/accounts/<email>/end")
class AdminAccountEnd(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, AccountSchema)
    def delete(self, email: str) -> Account:
        """Take its end back: it can sign in again."""
        with unit_of_work():
            return service.bring_back(current_actor(), email)


@blp.route("/admin/accounts/<email>/sessions")
class AdminSessions(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, SessionsSchema)
    def get(self, email: str) -> dict[str, Any]:
        """Where an account is signed in now."""
        return listed(service.by_email(email), current_actor())

    @requires(Permission.ADMINISTER)
    @blp.response(200, EndedSchema)
    def delete(self, email: str) -> dict[str, int]:
        """End all sessions of an account."""
        with unit_of_work():
            return {"ended": sessions.end_all(current_actor(), service.by_email(email))}


@blp.route("/admin/accounts/<email>/sessions/<session_id>")
class AdminSession(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(204)
    def delete(self, email: str, session_id: str) -> None:
        """End one of them."""
        with unit_of_work():
            sessions.end(current_actor(), service.by_email(email), session_id)


@blp.route("/admin/accounts/<email>/second-factor")
class AdminSecondFactor(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(204)
    def delete(self, email: str) -> None:
        """Take away a second factor that its owner has lost; the account's sessions end."""
        with unit_of_work():
            own.reset_second_factor(current_actor(), service.by_email(email))
