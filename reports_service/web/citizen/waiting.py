"""What lies on a device still: the page of it, and what lets pages work without network."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, g, jsonify, request

from reports_service.core.auth import public
from reports_service.core.words import say
from reports_service.web import assets, sessions
from reports_service.web.pages import language, page, pages

# Pages that a device may keep a copy of, as long as nobody of the staff is signed in on it.
SHELL: Final = frozenset({"/", "/file", "/mine", "/waiting", "/offline"})
COPY: Final = "Offline-Copy"
# What a script fills in.
BLANKS: Final = {name: f"{{{name}}}" for name in ("number", "count", "percent", "code", "when")}
WORDS: Final = (
    "offline_state_waiting",
    "offline_state_photo",
    "offline_state_sending",
    "offline_state_received",
    "offline_state_refused",
    "offline_state_draft",
    "offline_kept_at",
    "offline_without_words",
    "offline_photos",
    "offline_one_photo",
    "offline_no_photos",
    "offline_refused_unclear",
)

bp = pages("waiting", __name__)


def init_waiting(app: Flask) -> None:
    """Serve these pages, and mark which pages a device may keep."""
    app.register_blueprint(bp)
    app.after_request(_marked)


@bp.get("/waiting")
@public
def waiting() -> str:
    """What waits on this device: a script lists it, for only the device knows."""
    return page("citizen/waiting.html", words=_words())


@bp.get("/offline")
@public
def offline() -> str:
    """Shown in place of a page that this device did not keep, while there is no network."""
    return page("citizen/offline.html", in_language=lambda spoken, word: say(word, spoken))


@bp.get("/file/token")
@public
def token() -> Response:
    """The token of a form that is sent later than it was opened: ``{"token"}``."""
    answer = jsonify(token=sessions.form_token())
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/sw.js")
@public
def worker() -> Response:
    """The service worker. It changes with any file that pages load; browsers see so that there is
    a new version.
    """
    module = assets.address("js/service-worker.js")
    answer = Response(f'import "{module}";\n', mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _words() -> dict[str, str]:
    spoken = language()
    return {word.removeprefix("offline_"): say(word, spoken, **BLANKS) for word in WORDS}


def _marked(answer: Response) -> Response:
    actor = g.get("actor")
    if request.path in SHELL and answer.status_code == 200 and actor and actor.role is None:
        answer.headers[COPY] = "yes"
    return answer
