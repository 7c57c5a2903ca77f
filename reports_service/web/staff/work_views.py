"""/work/CODE: a report on one page, with what may be done to it now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from reports_service.core.auth import current_actor, requires
from reports_service.domain.roles import Permission
from reports_service.reports import presenting, service
from reports_service.reports.models import Report
from reports_service.reports.views.answering import onlooker
from reports_service.web.pages import back_to, page, reading
from reports_service.web.staff import acts_forms, work_values
from reports_service.web.staff.acts import ACTS
from reports_service.web.staff.acts_trying import Wrong

Sent = Mapping[str, Mapping[str, str]]


def add_to(bp: Blueprint) -> None:
    """Serve the page, and the same with one of its forms open."""
    bp.add_url_rule("/work/<code>", "work", work)
    for name, act in ACTS.items():
        view = requires(*act.actions)(_opened(name))
        bp.add_url_rule(f"/work/<code>/{name}", f"open_{name}", view)


@requires(Permission.SEE_INTERNAL_VIEW)
def work(code: str) -> str | Response:
    """The report; who does not see inside is led to the public's page."""
    return _page(code, None)


def _opened(name: str) -> Any:
    def opened(code: str) -> str | Response:
        return _page(code, name)

    return opened


def _page(code: str, name: str | None) -> str | Response:
    report, _ = service.find(code, current_actor())
    if not service.sees_inside(report, current_actor()):
        return back_to("web.report", code=presenting.codes.grouped(report.code))
    return filled(report, name)


def filled(
    report: Report, name: str | None, sent: Sent | None = None, wrong: Wrong | None = None
) -> str:
    """The page with the form ``name`` open; after a refusal with what was sent, and why."""
    eye, moments = onlooker(report), reading()
    given = sent or {}
    forms = acts_forms.forms(report, eye, moments, given)
    possible = {form["name"] for form in forms["forms"]}
    return page(
        "staff/work.html",
        report=work_values.shown(report, eye, moments),
        acts=forms,
        opened=name,
        lost=given.get(name) if name and name not in possible else None,
        problem=wrong.within(name) if wrong and name else None,
        here=acts_forms.others_here(report, eye.actor),
        **_news(report, wrong),
    )


def _news(report: Report, wrong: Wrong | None) -> dict[str, Any]:
    """What changed since the version that a refused form was decided on."""
    if wrong is None or not isinstance(wrong.refusal, service.Stale):
        return {"since": None}
    return {"since": seen_version(wrong.refusal, report)}


def seen_version(stale: service.Stale, report: Report) -> int:
    """The number of the last event that the form knew. It names it itself: it may be anything."""
    number = str(stale.values.get("seen", "")).rpartition("-")[2]
    return int(number) if number.isdecimal() and len(number) < 9 else report.event_seq
