"""What the views of reports share: reading pictures, answering with a report and its tag."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, current_app, jsonify, request
from werkzeug.datastructures import FileStorage

from reports_service.attachments import intake
from reports_service.attachments.inspection import Fingerprint, Limits, fingerprint
from reports_service.attachments.intake import TakenIn
from reports_service.core.auth import current_actor, current_language, expected_version
from reports_service.core.db import unit_of_work
from reports_service.core.uploads import BoundedRequest, opened
from reports_service.reports import presenting, service
from reports_service.reports.models import Report
from reports_service.reports.onlooker import Onlooker
from reports_service.reports.schemas import ReportSchema
from reports_service.reports.service import Turn

ANSWER = ReportSchema()  # made once: making it costs more than using it


def bounded_request() -> BoundedRequest:
    """The request, as the class that the app serves."""
    return cast("BoundedRequest", request)


def limits() -> Limits:
    """How large pictures may be here, and how many a report may have."""
    config = current_app.config
    return Limits(
        byte_size=config["PHOTO_MAX_BYTES"],
        pixels=config["PHOTO_MAX_PIXELS"],
        count=config["PHOTOS_PER_REPORT"],
    )


def zone() -> ZoneInfo:
    """The deployment's time zone."""
    return ZoneInfo(current_app.config["TZ_NAME"])


def sent_pictures(name: str = "photos") -> list[FileStorage]:
    """The pictures of a multipart body; none of any other body."""
    return request.files.getlist(name) if bounded_request().is_multipart else []


def measured(files: Sequence[FileStorage]) -> list[Fingerprint]:
    """The digests of pictures, before anything is stored."""
    return [fingerprint(opened(file)) for file in files]


def taken_in(
    files: Sequence[FileStorage], known: Sequence[Fingerprint] | None = None, before: int = 0
) -> list[TakenIn]:
    """Check and store pictures; those beyond the limit, after ``before`` earlier ones, are not."""
    digests = known or measured(files)
    bounds, storage = limits(), current_app.extensions["storage"]
    room = max(0, bounds.count - before)
    return [
        intake.take_in(opened(file), bounds, storage, digest)
        if number < room
        else intake.surplus(opened(file), bounds, digest)
        for number, (file, digest) in enumerate(zip(files, digests, strict=True))
    ]


def uploaded(uploads: Sequence[UUID], before: int = 0) -> list[TakenIn]:
    """Take in what arrived piece by piece; what did not, is a rejected picture with its reason."""
    uuids = [str(upload) for upload in uploads]
    return intake.take_in_uploads(uuids, limits(), current_app.extensions["storage"], before)


def taken_turn(code: str) -> Turn:
    """This request's turn at a report; staff must name the version they saw."""
    return service.take(code, current_actor(), expected_version())


def carried_out(
    code: str, act: Callable[..., object], *given: object, answering: int = 201, **named: object
) -> Response:
    """Take this request's turn at a report, do ``act(turn, …)``, make it durable, and answer.

    Staff must name the version that they saw (``If-Match``).
    """
    with unit_of_work():
        turn = taken_turn(code)
        act(turn, *given, **named)
    return answered(turn.report, answering)


def answered(report: Report, status: int = 200, *, with_token: bool = False) -> Response:
    """The report as this asker may see it, with its strong entity tag."""
    answer = jsonify(ANSWER.dump(shown(report, with_token=with_token)))
    answer.status_code = status
    answer.headers["ETag"] = service.etag(report)
    answer.headers["Content-Language"] = current_language()
    answer.headers["Vary"] = "Authorization, Accept-Language"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def shown(report: Report, *, with_token: bool = False) -> dict[str, Any]:
    """The report as this asker may see it."""
    return presenting.full(report, onlooker(report), with_token=with_token)


def onlooker(report: Report) -> Onlooker:
    """How this asker meets a report."""
    return presenting.onlooker(report, current_actor(), current_language(), limits())
