"""What all pages share: language, who looks, what they may load, and errors said in words."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from reports_service.core import clock
from reports_service.core.auth import (
    Actor,
    SecondFactorMissing,
    answer_in,
    current_actor,
    current_language,
)
from reports_service.core.http_errors import RETRY_AFTER_S, answer_http, refusal_body, status_of
from reports_service.core.words import DEFAULT_LANGUAGE, LANGUAGES, catalogue, knows, named, say
from reports_service.domain.errors import NotSignedIn, Refusal
from reports_service.domain.roles import Permission
from reports_service.web import assets, sessions
from reports_service.web.moments import Moments
from reports_service.web.navigation import ways

LANGUAGE: Final = "language"
log = logging.getLogger(__name__)
# Problems that people read in other words than programs.
PLAINLY: Final[Mapping[str, str]] = {
    "address_unknown": "lost",
    "method_not_allowed": "lost",
    "fault": "broken",
    "unavailable": "away",
}
CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{tiles}; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def pages(name: str, import_name: str, **options: Any) -> Blueprint:
    """A blueprint whose views answer with pages."""
    bp = Blueprint(name, import_name, **options)
    bp.before_request(_arrive)
    bp.after_request(guarded)
    bp.register_error_handler(Refusal, refused)
    bp.register_error_handler(HTTPException, _went_wrong)
    return bp


def page(template: str, **values: Any) -> str:
    """A page from a template of ``templates/web``, in the reader's language."""
    return render_template(f"web/{template}", **_at_hand(), **values)


def reading() -> Moments:
    """How moments and names are said to who reads this page."""
    zone = ZoneInfo(current_app.config["TZ_NAME"])
    return Moments(language(), zone, clock.now())


def language() -> str:
    """The language of this page: asked for now or earlier on this device, or the account's own."""
    return current_language()


def sent() -> dict[str, str]:
    """The fields of a form that were filled in, but for its token."""
    return {
        name: value.strip()
        for name, value in request.form.items()
        if name != sessions.FIELD and value.strip()
    }


def back_to(endpoint: str, **values: Any) -> AnyResponse:
    """After a change: look at this page (303)."""
    return redirect(url_for(endpoint, **values), 303)


def _arrive() -> None:
    meet(visitor())
    sessions.require_own_form()


def _turned_away() -> None:
    """Who was refused before arriving is answered without a question to the database."""
    if "actor" not in g:
        meet(None)


def visitor() -> Actor:
    """Who looks: the account that is signed in here, or the public."""
    return sessions.actor_of_page(_asked() or DEFAULT_LANGUAGE)


def meet(actor: Actor | None) -> None:
    """Answer this one, in their language; None: somebody, without asking the database who."""
    g.actor = actor or Actor(language=_asked() or DEFAULT_LANGUAGE)
    answer_in(_asked() or g.actor.language)


def answer_as_page() -> None:
    """Answer in a page's language, where no page was reached that had chosen it."""
    answer_in(_asked() or DEFAULT_LANGUAGE)


def _asked() -> str | None:
    """The language asked for now or earlier on this device."""
    asked = request.args.get("lang") or request.cookies.get(LANGUAGE)
    return asked if asked in LANGUAGES else None


def guarded(answer: Response) -> Response:
    """What citizens wrote stands on these pages as text, and can be nothing else."""
    tiles = current_app.config["MAP_TILES_URL"] or ""
    origin = f" {urlsplit(tiles).scheme}://{urlsplit(tiles).netloc}" if tiles else ""
    headers = answer.headers
    headers.setdefault("Content-Security-Policy", CONTENT_POLICY.format(tiles=origin))
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    # What staff read is on no disk of a machine that others use too.
    staff = sessions.SESSION in request.cookies
    headers.setdefault("Cache-Control", "private, no-store" if staff else "private, no-cache")
    if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.setdefault("Retry-After", str(RETRY_AFTER_S))
    if answer.mimetype == "text/html" and "language" in g:
        headers["Content-Language"] = language()
        answer.vary.add("Cookie")
    if request.args.get("lang") in LANGUAGES:
        sessions.keep(answer, LANGUAGE, request.args["lang"], sessions.A_YEAR)
    sessions.keep_device(answer)
    sessions.keep_renewed(answer)
    return answer


def refused(refusal: Refusal) -> AnyResponse | tuple[str, int]:
    """A refusal on a page of its own, with a way on; who is not signed in is led to do so."""
    _turned_away()
    if isinstance(refusal, NotSignedIn) and request.method in sessions.SAFE:
        return redirect(url_for("web.sign_in", next=request.full_path.rstrip("?")))
    if isinstance(refusal, SecondFactorMissing) and request.method in sessions.SAFE:
        return redirect(url_for("web.second_factor"))
    status = int(status_of(type(refusal)))
    return wrong(refusal_body(refusal)), status


def wrong(problem: Mapping[str, Any], *, bare: bool = False) -> str:
    """A page that says what was wrong, and leads on. ``bare``: its bar asks the database nothing;
    plain words of our own for what a program's words were written for.
    """
    own = PLAINLY.get(problem["code"])
    if own:
        said = {part: say(f"web_{own}_{part}", language()) for part in ("title", "detail")}
        problem = {**problem, **said}
    return page("wrong.html" if bare else "refused.html", problem=problem)


def _went_wrong(error: HTTPException) -> AnyResponse | tuple[str, int]:
    _turned_away()
    answer = answer_http(error)
    if error.code is not None and error.code < 400:
        return error.get_response()  # a redirect
    return wrong(answer.get_json()), answer.status_code


def this_page_in(other: str) -> str:
    """The address of this page in the other language, with all else that was asked for."""
    asked = [pair for pair in request.args.items(multi=True) if pair[0] != "lang"]
    return f"?{urlencode([*asked, ('lang', other)])}"


def _at_hand() -> Mapping[str, Any]:
    """What every template may use."""
    spoken, actor = language(), current_actor()
    moments = reading()
    return {
        "language": spoken,
        "languages": LANGUAGES,
        "this_page_in": this_page_in,
        "say": partial(_say, spoken),
        "name": lambda thing: named(thing.names, spoken) if thing else None,
        "when": moments.when,
        "day": moments.day,
        "short_day": moments.short,
        "asset": assets.address,
        "actor": actor,
        "may": lambda permission: actor.may(Permission(permission)),
        "ways": partial(ways, actor),
        "notes": _notes,
        "form_token": lambda: Markup('<input type="hidden" name="{}" value="{}">').format(
            sessions.FIELD, sessions.form_token()
        ),
        "token": sessions.form_token,
    }


def _notes() -> list[dict[str, str]]:
    """What was just done, once it is: the page before named it in the address (``?done=``)."""
    word = f"web_done_{request.args.get('done', '')}"
    return [{"tone": "good", "words": say(word, language())}] if knows(word) else []


def _say(spoken: str, word: str, /, **values: object) -> str:
    """A sentence; one that has elements put in, such as those of ``when``, is markup itself, and
    all else of it is escaped.
    """
    if not any(isinstance(value, Markup) for value in values.values()):
        return say(word, spoken, **values)
    return Markup(escape(catalogue()[word][spoken])).format(**values)
