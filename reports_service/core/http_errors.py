"""Refusals become answers here, once: RFC 9457 problem documents, in the reader's language."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException, RequestTimeout

from reports_service.core import words
from reports_service.core.auth import current_language
from reports_service.core.db import AWAY, is_away
from reports_service.core.storage import NoSuchFile
from reports_service.core.uploads import SenderTooSlow, in_bytes
from reports_service.domain import errors
from reports_service.domain.errors import AsSent, Refusal

log = logging.getLogger(__name__)
Called = Callable[[str], str]
Answering = Callable[[Any], Response]

# The kind of refusal decides; the nearest ancestor that stands here counts.
STATUS: Final[Mapping[type[Refusal], int]] = {
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.NotSignedIn: HTTPStatus.UNAUTHORIZED,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Stale: HTTPStatus.PRECONDITION_FAILED,
    errors.VersionMissing: HTTPStatus.PRECONDITION_REQUIRED,
    errors.Malformed: HTTPStatus.BAD_REQUEST,
    errors.MediaTypeUnknown: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.Gone: HTTPStatus.GONE,
    errors.Locked: HTTPStatus.LOCKED,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.PieceDamaged: 460,  # named by tus, unknown to HTTP
}

# What marshmallow and webargs say in English -> the code of our own words for it.
FIELD_WORDS: Final[Mapping[str, str]] = {
    "Missing data for required field.": "field_required",
    "Unknown field.": "field_unknown",
    "Field may not be null.": "field_null",
    "Not a valid string.": "field_not_text",
    "Not a valid number.": "field_not_number",
    "Not a valid integer.": "field_not_integer",
    "Not a valid boolean.": "field_not_boolean",
    "Not a valid datetime.": "field_not_datetime",
    "Not a valid date.": "field_not_date",
    "Not a valid time.": "field_not_time",
    "Not a valid list.": "field_not_list",
    "Not a valid mapping type.": "field_not_object",
    "Not a valid email address.": "field_not_email",
    "Not a valid UUID.": "field_not_uuid",
    "Not a valid URL.": "field_not_url",
    "Invalid input type.": "field_not_object",
    "Invalid value.": "field_invalid",
    "Special numeric values (nan or infinity) are not permitted.": "field_not_finite",
    "Invalid JSON body.": "body_not_json",
    "Invalid type.": "field_not_object",
    "Number too large.": "field_not_finite",
    "Not a valid utf-8 string.": "field_not_text",
}

RETRY_AFTER_S: Final = 5  # for apps; with a part away, sooner brings nothing
BODY: Final = "body"  # what stands for the field where the whole body is to blame
_SAID_AT_ONCE: Final = 3

_BY_STATUS: Final[Mapping[int, str]] = {
    400: "bad_request",
    404: "address_unknown",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    415: "media_type_unknown",
    416: "range_beyond_end",
    422: "invalid",
    429: "too_many_requests",
    431: "headers_too_large",
}


def status_of(kind: type[Refusal]) -> int:
    """The HTTP status for a kind of refusal. Raises ``KeyError`` for one that is placed nowhere."""
    for ancestor in kind.__mro__:
        if ancestor in STATUS:
            return STATUS[ancestor]
    raise KeyError(kind)


def init_errors(app: Flask) -> None:
    """Answer every refusal and error of the app with a problem document."""
    for kind, answering in ANSWERS.items():
        app.register_error_handler(kind, answering)
    app.register_error_handler(SenderTooSlow, _answer_slow)


def problem(
    status: int,
    code: str,
    values: Mapping[str, object],
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
    detail: str | None = None,
) -> Response:
    """A problem document; ``code`` names the words, ``values`` fill them, or ``detail`` stands."""
    answer = Response(
        orjson.dumps(problem_body(status, code, values, errors, detail)),
        status,
        mimetype="application/problem+json",
    )
    answer.headers["Content-Language"] = current_language()
    answer.headers.update(dict(headers or {}))
    return answer


def problem_body(
    status: int,
    code: str,
    values: Mapping[str, object],
    errors: list[dict[str, str]] | None = None,
    detail: str | None = None,
) -> dict[str, Any]:
    """The members of a problem document (RFC 9457)."""
    g.problem = code  # for the line of the log
    language = current_language()
    said = words.say(code, language, **_readable({"field": "–", **values}, language))
    return {
        "type": f"/docs/errors#{code}",
        "title": _title(status, language),
        "status": status,
        "detail": detail or said,
        "code": code,
        "errors": errors or [],
        "request_id": g.get("request_id"),
    }


def refusal_body(refusal: Refusal, called: Called | None = None) -> dict[str, Any]:
    """The problem document of a refusal, as part of a larger answer; ``called`` as below."""
    status, values = status_of(type(refusal)), refusal.values
    if called and "field" in values:
        values = {**values, "field": called(str(values["field"]))}
    return problem_body(status, refusal.code, values, _blamed(refusal, called))


def invalid_body(messages: Any, called: Called | None = None) -> dict[str, Any]:
    """The problem document of fields that marshmallow refused; ``messages`` as it gives them.

    ``called``: what people see as a field's name, from its path. Without it sentences name the
    path, as programs know it.
    """
    found = list(_by_field(messages, current_language(), called=called))
    return problem_body(422, "invalid", {}, found, _first_said(found))


def _title(status: int, language: str) -> str:
    """What kind of problem a status is, in words (RFC 9457: the same for all of its kind)."""
    key = f"title_{int(status)}"
    return words.say(key, language) if words.knows(key) else HTTPStatus(status).phrase


def _readable(values: Mapping[str, object], language: str) -> dict[str, object]:
    """Values as people read them: codes that have words of their own are said in words."""
    return {name: _in_words(value, language) for name, value in values.items()}


def _in_words(value: object, language: str) -> object:
    if isinstance(value, AsSent):
        return value
    if isinstance(value, tuple | list | set | frozenset):
        return ", ".join(str(_in_words(part, language)) for part in value) or "–"
    if isinstance(value, datetime):
        zone = ZoneInfo(current_app.config["TZ_NAME"])
        return value.astimezone(zone).strftime("%H:%M %d/%m/%Y")
    for prefix in ("word", "status", "action", "role", "need", "unit"):
        key = f"{prefix}_{value}"
        if isinstance(value, str) and words.knows(key):
            return words.say(key, language)
    return value


def _answer_refusal(refusal: Refusal) -> Response:
    status = status_of(type(refusal))
    return problem(
        status, refusal.code, refusal.values, _blamed(refusal), headers=headers_of(refusal)
    )


def _blamed(refusal: Refusal, called: Called | None = None) -> list[dict[str, str]]:
    """The refusal beside the field that it blames; empty where it blames none."""
    field = refusal.values.get("field")
    return [_one_field(str(field), refusal, current_language(), called)] if field else []


def headers_of(refusal: Refusal) -> dict[str, str]:
    """What goes with a refusal. Its value ``retry_after_s`` says when to come again."""
    if "retry_after_s" in refusal.values:
        return {"Retry-After": str(refusal.values["retry_after_s"])}
    match status_of(type(refusal)):
        case HTTPStatus.UNAUTHORIZED:
            return {"WWW-Authenticate": "Bearer, Tracking"}
        case HTTPStatus.SERVICE_UNAVAILABLE:
            return {"Retry-After": str(RETRY_AFTER_S)}
        case _:
            return {}


def answer_http(error: HTTPException) -> Response:
    """A problem document for what Flask, werkzeug and webargs raise."""
    status = error.code or 500
    if status >= 500:
        return problem(status, "fault", {})
    messages = getattr(error, "data", {}).get("messages")
    if messages:
        found = list(_by_field(messages, current_language()))
        code = "body_not_json" if status == 400 else "invalid"
        return problem(status, code, {}, found, detail=_first_said(found))
    headers = {
        k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After", "Content-Range")
    }
    most = in_bytes(request.max_content_length or current_app.config["MAX_JSON_BYTES"])
    values = {"path": request.path, "method": request.method, "most": most}
    return problem(status, _BY_STATUS.get(status, "bad_request"), values, headers=headers)


def _first_said(found: list[dict[str, str]]) -> str:
    """The sentences about the first fields, each said once; they name their fields themselves."""
    said = dict.fromkeys(error["detail"] for error in found)
    return " ".join(list(said)[:_SAID_AT_ONCE])


def _by_field(
    messages: Any, language: str, path: str = "", called: Called | None = None
) -> Iterator[dict[str, str]]:
    """marshmallow's nested messages as a flat list of {field, code, detail}."""
    if isinstance(messages, dict):
        for name, below in messages.items():
            # webargs puts the place ("json", "query") on top; people know fields only.
            place = path == "" and name in ("json", "query", "form", "files", "headers", "path")
            step = "" if place or name == "_schema" else str(name)
            inner = ".".join(part for part in (path, step) if part)
            yield from _by_field(below, language, inner, called)
        return
    for message in messages if isinstance(messages, list) else [messages]:
        if path:
            yield _one_field(path, message, language, called)
        else:
            yield _whole_body(message, language)


def _whole_body(message: Any, language: str) -> dict[str, str]:
    if FIELD_WORDS.get(str(message)) == "field_not_object":
        detail = words.say("body_not_object", language)
        return {"field": BODY, "code": "body_not_object", "detail": detail}
    return _one_field(BODY, message, language)


def _one_field(
    field: str, message: Any, language: str, called: Called | None = None
) -> dict[str, str]:
    refused = isinstance(message, Refusal)
    code = message.code if refused else FIELD_WORDS.get(str(message), "field_invalid")
    values = _readable(message.values, language) if refused else {}
    said = f"form_{code}" if called and words.knows(f"form_{code}") else code
    name = called(field) if called else field
    detail = words.say(said, language, **{**values, "field": name})
    return {"field": field, "code": code, "detail": detail}


def _answer_file_lost(lost: NoSuchFile) -> Response:
    log.error("a file that the database names is not in the store", exc_info=lost)
    return _answer_refusal(errors.NotFound())


def _answer_slow(_slow: SenderTooSlow) -> Any:
    return current_app.handle_user_exception(RequestTimeout())


def _answer_database_away(error: Exception) -> Response:
    if not is_away(error):
        return _answer_fault(error)
    log.error("the database does not answer", exc_info=error)
    return _answer_refusal(errors.Unavailable(part="database"))


def _answer_fault(error: Exception) -> Response:
    log.error("a fault of ours", exc_info=error)
    return problem(500, "fault", {})


# What answers each kind of error; pages show the same in their own form.
ANSWERS: Final[Mapping[type[Exception], Answering]] = {
    Refusal: _answer_refusal,
    HTTPException: answer_http,
    NoSuchFile: _answer_file_lost,
    **dict.fromkeys(AWAY, _answer_database_away),
    Exception: _answer_fault,
}
