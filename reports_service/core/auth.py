"""Who is asking: a staff account or a machine by bearer token, a reporter by tracking token, or
the public.

Core knows no accounts and no keys: ``create_app`` hands in the function that turns a bearer token
into an ``Actor``. Each route says who may enter by ``@requires(...)`` or ``@public``; a test walks
all routes and fails for one that says neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from reports_service.core import words
from reports_service.domain.errors import NotAllowed, NotSignedIn, VersionMissing
from reports_service.domain.lifecycle import Action, staff_who_may
from reports_service.domain.roles import PERMISSIONS, Permission, Role, Scope, may, opens

View = TypeVar("View", bound=Callable[..., Any])
GUARD = "_guard"
REPORTERS_ONLY = "reporters_only"  # the need that no staff role has; it has words


@dataclass(frozen=True)
class Actor:
    """Who acts. All None: the public. ``tracking`` is a token as shown, not yet compared.

    ``scopes`` are those of a machine's key; it has no role. ``session_id`` is the sign-in by which
    an account acts. An account that must set up its second factor before anything
    else has no role either: its id is in ``enrolling``.
    """

    role: Role | None = None
    account_id: int | None = None
    agency_id: int | None = None
    name: str = ""
    language: str = words.DEFAULT_LANGUAGE
    tracking: str | None = None
    system: bool = False
    scopes: frozenset[Scope] = frozenset()
    session_id: int | None = None
    enrolling: int | None = None

    @property
    def own_account(self) -> int | None:
        """The account that is signed in, also one that has to set up its second factor yet."""
        return self.account_id if self.enrolling is None else self.enrolling

    def may(self, permission: Permission) -> bool:
        """Whether this actor's role, or a scope of the key, has the permission."""
        return may(self.role, permission) or opens(self.scopes, permission)


SYSTEM = Actor(name="system", system=True)


class RoleLacks(NotAllowed):
    """The account's role does not have this permission."""

    code = "role_lacks"


class ScopeLacks(NotAllowed):
    """The key was not made for this."""

    code = "scope_lacks"


class SecondFactorMissing(NotAllowed):
    """The account's role asks for a second factor, which this session has not shown."""

    code = "second_factor_missing"


def init_auth(app: Flask, load_actor: Callable[[str], Actor | None]) -> None:
    """Hand in how a bearer token becomes an actor (None when it does not hold)."""
    app.extensions["load_actor"] = load_actor


def current_actor() -> Actor:
    """The actor of this request. Raises ``NotSignedIn`` for a bearer token that does not hold."""
    if "actor" not in g:
        g.actor = _read_actor()
    actor: Actor = g.actor
    return actor


def current_language() -> str:
    """The language of the answer: what the request asks for, else Vietnamese."""
    if "language" not in g:
        asked = request.accept_languages
        g.language = asked.best_match(words.LANGUAGES) or words.DEFAULT_LANGUAGE
    language: str = g.language
    return language


def answer_in(language: str) -> None:
    """Answer this request in ``language``, whatever its headers ask for."""
    g.language = language


def _read_actor() -> Actor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    match scheme.lower():
        case "bearer":
            actor: Actor | None = current_app.extensions["load_actor"](token)
            if actor is None:
                raise NotSignedIn()
            return actor
        case "tracking":
            return Actor(tracking=token, language=current_language())
        case _:
            return Actor(language=current_language())


def public(view: View) -> View:
    """Mark a route that anybody may call."""
    setattr(view, GUARD, "public")
    return view


def requires(
    *needs: Action | Permission, reporter: bool = False, before_enrolment: bool = False
) -> Callable[[View], View]:
    """Let in staff whose role may do one of ``needs``, machines whose key may and, with
    ``reporter``, who shows a token; with ``before_enrolment`` also who is setting up a second
    factor.

    Whether the act is possible on this very report is the lifecycle's matter, later.
    """

    def guarded(view: View) -> View:
        @wraps(view)
        def entered(*args: Any, **kwargs: Any) -> Any:
            if not (before_enrolment and current_actor().enrolling is not None):
                _let_in(current_actor(), needs, reporter)
            return view(*args, **kwargs)

        setattr(entered, GUARD, (needs, reporter))
        return entered  # type: ignore[return-value]

    return guarded


def _let_in(actor: Actor, needs: tuple[Action | Permission, ...], reporter: bool) -> None:
    if reporter and actor.tracking:
        return
    need = needs[0] if needs else REPORTERS_ONLY
    if actor.enrolling is not None:
        raise SecondFactorMissing()
    if actor.scopes:
        if not any(isinstance(one, Permission) and opens(actor.scopes, one) for one in needs):
            raise ScopeLacks(scopes=sorted(actor.scopes), need=need)
    elif actor.role is None:
        raise NotSignedIn()
    elif not any(actor.role in roles_for(one) for one in needs):
        raise RoleLacks(role=actor.role, need=need)


def roles_for(need: Action | Permission) -> frozenset[Role]:
    """The roles that a guard with this need lets in."""
    return staff_who_may(need) if isinstance(need, Action) else PERMISSIONS[need]


def expected_version() -> str | None:
    """The entity tag that ``If-Match`` names. Staff must send one: ``VersionMissing`` otherwise.

    Reporters need none: what they say is added, and never decided on an older view.
    """
    header = request.headers.get("If-Match", "").strip()
    if header:
        return header
    if current_actor().role is not None:
        raise VersionMissing()
    return None
