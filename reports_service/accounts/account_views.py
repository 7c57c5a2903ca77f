"""/account: one's own sessions, second factor and password; /password-resets for who lost it."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask.views import MethodView

from reports_service.accounts import own, resets, second_factor, service, sessions
from reports_service.accounts.account_schemas import (
    EndedSchema,
    EnrolmentConfirmed,
    EnrolmentSchema,
    PasswordChange,
    ProofGiven,
    RecoveryCodesSchema,
    RenewedSession,
    ResetAsked,
    ResetUsed,
    SecondFactorSchema,
    SessionsSchema,
)
from reports_service.accounts.entrance import Proof
from reports_service.accounts.models import Account, Session
from reports_service.accounts.visits import visit
from reports_service.core.auth import Actor, current_actor, public, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work
from reports_service.domain.roles import Permission

blp = Blueprint("account", __name__, description="One's own account")
own_account = requires(Permission.KEEP_ACCOUNT)
while_enrolling = requires(Permission.KEEP_ACCOUNT, before_enrolment=True)


def listed(account: Account, actor: Actor) -> dict[str, Any]:
    """The sessions of an account, the one that asks marked."""
    found = sessions.open_sessions(account.id)
    return {"items": [{**_shown(one), "current": one.id == actor.session_id} for one in found]}


def _shown(session: Session) -> dict[str, Any]:
    names = ("browser", "system", "address_prefix", "second_factor", "created_at", "last_used_at")
    said = {name: getattr(session, name) for name in (*names, "expires_at")}
    return {"id": session.public_id, **said}


@blp.route("/account/sessions")
class OwnSessions(MethodView):
    @own_account
    @blp.response(200, SessionsSchema)
    def get(self) -> dict[str, Any]:
        """Where this account is signed in now."""
        actor = current_actor()
        return listed(service.of_actor(actor), actor)

    @own_account
    @blp.response(200, EndedSchema)
    def delete(self) -> dict[str, int]:
        """End all sessions but the one that asks."""
        actor = current_actor()
        with unit_of_work():
            account = service.of_actor(actor)
            return {"ended": sessions.end_all(actor, account, except_id=actor.session_id)}


@blp.route("/account/sessions/<session_id>")
class OwnSession(MethodView):
    @own_account
    @blp.response(204)
    def delete(self, session_id: str) -> None:
        """End one of them."""
        actor = current_actor()
        with unit_of_work():
            sessions.end(actor, service.of_actor(actor), session_id)


@blp.route("/account/password")
class OwnPassword(MethodView):
    @own_account
    @blp.arguments(PasswordChange)
    @blp.response(200, RenewedSession)
    def put(self, given: dict[str, Any]) -> dict[str, Any]:
        """A new password; other sessions end, this one goes on under a new token."""
        actor = current_actor()
        proof = Proof(given["old"], given["code"], visit(None))
        return {"session": own.change_password(actor, service.of_actor(actor), given["new"], proof)}


@blp.route("/account/second-factor")
class OwnSecondFactor(MethodView):
    @while_enrolling
    @blp.response(200, SecondFactorSchema)
    def get(self) -> dict[str, Any]:
        """Whether there is one, and must be."""
        account = service.of_actor(current_actor())
        found = second_factor.standing(account.id)
        return {
            "since": found.factor.since if found.factor else None,
            "recovery_codes_left": found.recovery_codes_left,
            "required": account.role in current_app.config["SECOND_FACTOR_ROLES"],
        }

    @while_enrolling
    @blp.response(200, EnrolmentSchema)
    def post(self) -> second_factor.Enrolment:
        """A fresh secret. It is in force once PUT confirms it with a code."""
        return second_factor.begin(service.of_actor(current_actor()))

    @while_enrolling
    @blp.arguments(EnrolmentConfirmed)
    @blp.response(200, RecoveryCodesSchema)
    def put(self, given: dict[str, Any]) -> own.FreshCodes:
        """Turn it on, or replace it; all other sessions end, this one goes on under a new token."""
        actor = current_actor()
        proof = Proof(given["password"], given["present_code"], visit(None))
        return own.confirm_second_factor(
            actor, service.of_actor(actor), given["enrolment"], given["code"], proof
        )


@blp.route("/account/second-factor/off")
class OwnSecondFactorOff(MethodView):
    @own_account
    @blp.arguments(ProofGiven)
    @blp.response(200, RenewedSession)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Do without from now on; this session goes on under a new token."""
        actor = current_actor()
        required = current_app.config["SECOND_FACTOR_ROLES"]
        proof = Proof(given["password"], given["code"], visit(None))
        account = service.of_actor(actor)
        return {"session": own.turn_second_factor_off(actor, account, proof, required)}


@blp.route("/account/recovery-codes")
class OwnRecoveryCodes(MethodView):
    @own_account
    @blp.arguments(ProofGiven)
    @blp.response(201, RecoveryCodesSchema)
    def post(self, given: dict[str, Any]) -> own.FreshCodes:
        """Ten fresh codes; the old ones serve no more. This session goes on under a new token."""
        actor = current_actor()
        proof = Proof(given["password"], given["code"], visit(None))
        return own.renew_recovery_codes(actor, service.of_actor(actor), proof)


@blp.route("/password-resets")
class PasswordResets(MethodView):
    @public
    @blp.arguments(ResetAsked)
    @blp.response(202)
    def post(self, given: dict[str, str]) -> None:
        """Ask for a letter with a way to a new password. The answer is the same for everybody."""
        resets.ask(given["email"], visit(None))


@blp.route("/password-resets/use")
class PasswordResetUsed(MethodView):
    @public
    @blp.arguments(ResetUsed)
    @blp.response(204)
    def post(self, given: dict[str, str]) -> None:
        """Set a new password by the letter's token; all sessions end."""
        with unit_of_work():
            resets.use(given["token"], given["password"], visit(None))
