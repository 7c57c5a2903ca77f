"""The private link of one's own report: shown on the device that holds it, and made anew."""

from __future__ import annotations

import secrets
from typing import Final

from flask import Blueprint, make_response
from werkzeug.wrappers import Response

from reports_service.core.auth import Actor, public
from reports_service.core.db import unit_of_work
from reports_service.core.words import say
from reports_service.reports import idempotency, renewal, service, tracking
from reports_service.reports.codes import ReportUnknown, grouped
from reports_service.reports.service import TrackingTokenWrong
from reports_service.web.citizen import holder, mine
from reports_service.web.citizen.filing_done import private_link, qr
from reports_service.web.pages import back_to, language, page, sent

KEY: Final = "renewal"  # made with the form: sent twice, it renews once


def add_to(bp: Blueprint) -> None:
    """Serve the page."""
    bp.add_url_rule("/r/<code>/link", "link", show)
    bp.add_url_rule("/r/<code>/link", "link_renewed", renewed, methods=["POST"])


@public
def show(code: str) -> Response:
    """The link, for a second device, and the button that makes another."""
    report, _ = service.find(code, holder.reporter(code))
    link, shown = private_link(report), grouped(report.code)
    drawn = qr(link, say("filing_qr", language(), code=shown))
    key = secrets.token_urlsafe(18)
    answer = make_response(page("citizen/link.html", code=shown, link=link, qr=drawn, key=key))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@public
def renewed(code: str) -> Response:
    """Another link; this device takes it, all others lose the report."""
    token = mine.token_for(code)
    if token is None:
        raise holder.NotYourReport()
    key = idempotency.checked_key(sent().get(KEY))
    try:
        with unit_of_work():
            report = renewal.renew(code, Actor(language=language(), tracking=token), key)
    except (TrackingTokenWrong, ReportUnknown) as wrong:
        raise holder.NotYourReport() from wrong
    answer = back_to("web.link", code=grouped(report.code), done="report_link")
    mine.remember(answer, report.code, tracking.token_of(report))
    return answer
