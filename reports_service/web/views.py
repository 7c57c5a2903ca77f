"""GET /r/{code}: the page of a report, which the links in notices open."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request

from reports_service.core import clock
from reports_service.core.auth import current_language, public
from reports_service.core.words import LANGUAGES, say
from reports_service.domain.errors import NotFound
from reports_service.reports.views.answering import limits, zone
from reports_service.web.report_page import Reading, report_page

CONTENT_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
bp = Blueprint("web", __name__)


def init_web(app: Flask) -> None:
    """Serve the pages for people."""
    app.register_blueprint(bp)


@bp.get("/r/<code>")
@public
def report(code: str) -> str:
    """One report as the public sees it; ``?lang=`` wins over what the browser asks for."""
    reading = Reading(_language(), zone(), clock.now())
    return _page("web/report.html", report=report_page(code, reading, limits()))


@bp.get("/r/style.css")
@public
def stylesheet() -> Response:
    return Response(render_template("web/style.css"), mimetype="text/css")


@bp.errorhandler(NotFound)
def unknown(refusal: NotFound) -> tuple[str, int]:
    """In words, on a page: it is read by who opened a link."""
    words = say(refusal.code, _language(), **refusal.values)
    return _page("web/unknown.html", words=words), 404


@bp.after_request
def guarded(answer: Response) -> Response:
    """What citizens wrote stands on these pages as text, and can be nothing else."""
    answer.headers["Content-Security-Policy"] = CONTENT_POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    if answer.mimetype == "text/html":
        answer.headers["Content-Language"] = _language()
        answer.headers["Cache-Control"] = "no-cache"
        answer.vary.add("Accept-Language")
    return answer


def _page(template: str, **values: Any) -> str:
    language = _language()
    return render_template(
        template,
        language=language,
        others=[one for one in LANGUAGES if one != language],
        say=partial(_say, language),
        **values,
    )


def _say(language: str, word: str, /, **values: object) -> str:
    return say(word, language, **values)


def _language() -> str:
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else current_language()
