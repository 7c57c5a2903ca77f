"""Where no page answers: an unknown address, a fault of ours, a database that is away.

Who reads pages is shown one. The interface under /api/v1, and whoever asks for JSON or takes
anything, gets the problem document of ``core.http_errors``.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, make_response, request

from reports_service.core.http_errors import ANSWERS, Answering
from reports_service.web import pages

INTERFACE: Final = "/api/"
CARRIED: Final = ("Allow", "Retry-After")


def init_wrong(app: Flask) -> None:
    """Show pages for what no blueprint of pages answers. Comes after ``init_errors`` and the API,
    whose answers it dresses.
    """
    for kind, answering in ANSWERS.items():
        app.register_error_handler(kind, partial(_answer, answering))


def _answer(answering: Answering, error: Any) -> Response:
    if request.path.startswith(INTERFACE) or not reads_pages():
        return answering(error)
    pages.answer_as_page()
    found = answering(error)
    broken = found.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    pages.meet(None if broken else pages.visitor())
    shown = make_response(pages.wrong(found.get_json(), bare=broken), found.status_code)
    shown.headers.update({name: found.headers[name] for name in CARRIED if name in found.headers})
    return pages.guarded(shown)


def reads_pages() -> bool:
    """Whether a browser wants to show the answer: it names HTML, and likes it better than JSON."""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted["application/json"]
