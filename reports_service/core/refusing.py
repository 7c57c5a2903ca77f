"""The answer to a request that is refused before it is read, because too much is asked or it came
too slowly: whole, as bytes, made once for each language and kind of reader.
"""

from __future__ import annotations

import random
import re
from functools import lru_cache
from html import escape
from http import HTTPStatus
from typing import Final

import orjson
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from reports_service.core.admission import Overloaded
from reports_service.core.content_policy import NOTHING_MORE
from reports_service.core.words import DEFAULT_LANGUAGE, LANGUAGES, say

TOO_SLOW: Final = "too_slow"
SECONDS: Final = (5, 15)  # drawn, so that who is refused together does not come back together
_LANGUAGES: Final = re.compile(rb"\r\naccept-language:[ \t]*([^\r\n]{1,100})", re.IGNORECASE)
_FOR_PEOPLE: Final = re.compile(rb"\r\naccept:[^\r\n]*text/html", re.IGNORECASE)


def refusal(head: bytes) -> bytes:
    """The HTTP answer (503, Retry-After) for the request that begins with these bytes."""
    seconds = random.randint(*SECONDS)
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return _answer(status, Overloaded.code, _language(head), _for_people(head), seconds)


def too_slow(head: bytes) -> bytes:
    """The HTTP answer (408) for the request that begins with these bytes and was not sent on."""
    return _answer(HTTPStatus.REQUEST_TIMEOUT, TOO_SLOW, _language(head), _for_people(head))


def _language(head: bytes) -> str:
    asked = _LANGUAGES.search(head)
    return _best(asked[1]) if asked else DEFAULT_LANGUAGE


def _for_people(head: bytes) -> bool:
    return bool(_FOR_PEOPLE.search(head))


@lru_cache(maxsize=256)
def _best(asked: bytes) -> str:
    accepted = parse_accept_header(asked.decode("latin-1"), LanguageAccept)
    return accepted.best_match(LANGUAGES) or DEFAULT_LANGUAGE


@lru_cache(maxsize=128)
def _answer(
    status: HTTPStatus, code: str, language: str, for_people: bool, seconds: int | None = None
) -> bytes:
    """``seconds``: after how many to come again, where that is known."""
    title = say(f"title_{status.value}", language)
    detail = say(code, language, seconds=seconds)
    body = _page(language, title, detail) if for_people else _problem(status, code, title, detail)
    kind = "text/html; charset=utf-8" if for_people else "application/problem+json"
    head = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        f"Content-Language: {language}",
        *([] if seconds is None else [f"Retry-After: {seconds}"]),
        "Cache-Control: no-store",
        f"Content-Security-Policy: {NOTHING_MORE}",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ]
    return "\r\n".join([*head, "", ""]).encode("ascii") + body


def _problem(status: HTTPStatus, code: str, title: str, detail: str) -> bytes:
    return orjson.dumps(
        {
            "type": f"/docs/errors#{code}",
            "title": title,
            "status": status.value,
            "detail": detail,
            "code": code,
            "errors": [],
            "request_id": None,
        }
    )


def _page(language: str, title: str, detail: str) -> bytes:
    # Nothing else may be asked for now: no style, no script.
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · 1022</title>"
        f"<main><h1>{escape(title)}</h1><p>{escape(detail)}</p></main></html>"
    ).encode()
