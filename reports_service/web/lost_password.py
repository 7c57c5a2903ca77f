"""/forgotten and /reset: a way to a new password by a letter."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from reports_service.accounts import resets
from reports_service.accounts.guessing import TriedTooOften
from reports_service.accounts.resets import ResetOver
from reports_service.core.auth import public
from reports_service.core.db import unit_of_work
from reports_service.domain.errors import Invalid
from reports_service.web.accounts import door
from reports_service.web.forms import problem_of
from reports_service.web.pages import back_to, page, sent


def add_to(bp: Blueprint) -> None:
    """Serve these pages."""
    bp.add_url_rule("/forgotten", "forgotten", forgotten)
    bp.add_url_rule("/forgotten", "letter_asked", letter_asked, methods=["POST"])
    bp.add_url_rule("/reset/<token>", "reset", reset)
    bp.add_url_rule("/reset/<token>", "reset_done", reset_done, methods=["POST"])


@public
def forgotten() -> str:
    """The form for the address."""
    return page("forgotten.html", given={}, problem=None)


@public
def letter_asked() -> Response | tuple[str, int]:
    """A letter is on its way, if there is such an account; the page says no more than that."""
    given = sent()
    try:
        resets.ask(given.get("email", ""), door().visit)
    except TriedTooOften as refusal:
        problem, status = problem_of(refusal)
        return page("forgotten.html", given=given, problem=problem), status
    return back_to("web.forgotten", done="letter_asked")


@public
def reset(token: str) -> str | tuple[str, int]:
    """The form for the new password, from the letter's link."""
    return _form(token, None)


@public
def reset_done(token: str) -> Response | str | tuple[str, int]:
    """Set it; then sign in with it."""
    try:
        with unit_of_work():
            resets.use(token, sent().get("password", ""), door().visit)
    except ResetOver:
        return _form(token, None)
    except Invalid as wrong:
        problem, status = problem_of(wrong)
        return _form(token, problem), status  # type: ignore[return-value]
    return redirect(url_for("web.sign_in", done="password_reset"), 303)


def _form(token: str, problem: Any) -> str | tuple[str, int]:
    try:
        account = resets.account_of(token)
    except ResetOver as over:
        said, status = problem_of(over)
        return page("reset_over.html", words=said["detail"]), status
    return page("reset.html", email=account.email, problem=problem)
