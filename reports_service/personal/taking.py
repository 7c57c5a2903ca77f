"""A reporter's data as a file: for the interface by token, for pages by the device's cookie."""

from __future__ import annotations

from flask import Response, current_app, send_file

from reports_service.core.auth import Actor, current_language
from reports_service.core.db import unit_of_work
from reports_service.personal import holdings
from reports_service.personal.schemas import Holdings
from reports_service.reports import presenting, service
from reports_service.reports.codes import grouped
from reports_service.reports.models import Report
from reports_service.reports.views.answering import limits

HELD = Holdings()  # made once: making it costs more than using it


def as_json(code: str, actor: Actor) -> Response:
    """All of it as one JSON document."""
    report, data = _data(code, actor)
    return _private(Response(data, mimetype="application/json"), f"{grouped(report.code)}.json")


def as_zip(code: str, actor: Actor) -> Response:
    """The same with the reporter's own pictures beside it."""
    report, data = _data(code, actor)
    file = holdings.archive(data, report, current_app.extensions["storage"])
    return _private(send_file(file, mimetype="application/zip"), f"{grouped(report.code)}.zip")


def _data(code: str, actor: Actor) -> tuple[Report, bytes]:
    with unit_of_work():
        report, _ = service.find(code, actor)
        eye = presenting.onlooker(report, actor, current_language(), limits())
        return report, holdings.as_json(HELD.dump(holdings.held(report, eye)))


def _private(answer: Response, name: str) -> Response:
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
