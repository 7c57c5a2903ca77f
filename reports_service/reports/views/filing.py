"""POST /reports: a citizen's report, as JSON or as multipart with pictures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Response, request
from flask.views import MethodView
from werkzeug.datastructures import FileStorage

from reports_service.core.auth import current_actor, current_language, public
from reports_service.core.blueprints import Blueprint, loaded
from reports_service.core.db import transact
from reports_service.domain.channels import require_open
from reports_service.reports import filing, idempotency
from reports_service.reports.models import Report
from reports_service.reports.requests import FilingSchema
from reports_service.reports.schemas import ReportSchema
from reports_service.reports.views.answering import (
    answered,
    bounded_request,
    measured,
    sent_pictures,
    taken_in,
    uploaded,
)

blp = Blueprint("filing", __name__, description="File a report")
BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": FilingSchema},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "report": FilingSchema,
                    "photos": {"type": "array", "items": {"type": "string", "format": "binary"}},
                },
                "required": ["report"],
            },
            "encoding": {"report": {"contentType": "application/json"}},
        },
    },
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "maxLength": idempotency.KEY_LONGEST},
    "description": "Made by the app before the first try; sent again, it files nothing twice",
}

SENT = FilingSchema()  # made once: making it costs more than using it


@blp.route("/reports")
class Filing(MethodView):
    @public
    @blp.doc(requestBody=BODY, parameters=[KEY])
    @blp.response(201, ReportSchema)
    def post(self) -> Response:
        """File a report. The answer is durable, with code, token, agency and promised date."""
        sent = bounded_request()
        body = sent.json_part("report") if sent.is_multipart else sent.json_body()
        given = loaded(SENT, body)
        key = idempotency.checked_key(request.headers.get("Idempotency-Key"))
        report, is_new = file_once(given, sent_pictures(), key)
        return answered(report, 201 if is_new else 200, with_token=True)


def file_once(
    given: dict[str, Any], files: Sequence[FileStorage], key: str | None
) -> tuple[Report, bool]:
    """File what ``FilingSchema`` made of a request, with its pictures; and whether it is new.

    Filed before with the same key, it is found and not filed again. Raises ``ChannelOfStaff``, and
    as ``filing.file`` and ``filing.find_or_file`` do.
    """
    require_open(given["channel"], current_actor().role)
    digests = measured(files)
    known = idempotency.fingerprint_of(given, digests)
    has_pictures = files or given["uploads"]
    before = idempotency.filed_before(key, known) if has_pictures else None  # none stored twice
    if before is not None:
        return before, False
    wanted = filing.Filing(
        **_fields(given),
        language=current_language(),
        pictures=[*taken_in(files, digests), *uploaded(given["uploads"], before=len(files))],
        key=key,
        fingerprint=known,
    )
    return transact(
        partial(filing.file, wanted, current_actor()),
        again=partial(filing.find_or_file, wanted, current_actor()),
    )


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    place = given["location"] or {}
    return {
        "category": given["category"],
        "lat": place.get("lat"),
        "lon": place.get("lon"),
        "area": given["area"],
        "address": given["address"] or "",
        "description": given["description"] or "",
        "channel": given["channel"],
        "reporter": given["reporter"],
        "answers": given["answers"],
    }
