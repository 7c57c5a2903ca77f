"""After filing: the code, the promised date, the private link and its QR."""

from __future__ import annotations

from typing import Any

import segno
from flask import current_app, url_for
from markupsafe import Markup

from reports_service.attachments.inspection import Limits
from reports_service.core.auth import Actor
from reports_service.core.words import named, say
from reports_service.domain.errors import NotFound
from reports_service.reports import presenting, service, tracking
from reports_service.reports.codes import grouped
from reports_service.reports.models import Report
from reports_service.reports.service import TrackingTokenWrong
from reports_service.web.moments import Moments


class PrivateLinkWrong(NotFound):
    """The link names a report, and its token is not, or no longer, that report's."""

    code = "private_link_wrong"


def report_of(code: str, token: str) -> Report:
    """The report that this token is for. Raises ``ReportUnknown``, ``PrivateLinkWrong``."""
    try:
        report, _ = service.find(code, Actor(tracking=token))
    except TrackingTokenWrong as wrong:
        raise PrivateLinkWrong() from wrong
    return report


def done_page(report: Report, reading: Moments, limits: Limits) -> dict[str, Any]:
    """The values of the page, as its reporter may know them."""
    reporter = Actor(language=reading.language, tracking=tracking.token_of(report))
    eye = presenting.onlooker(report, reporter, reading.language, limits)
    shown = presenting.full(report, eye)
    photos = shown["photos"]
    link = private_link(report)
    return {
        "code": shown["code"],
        "category": _named(shown["category"], reading.language),
        "area": _named(shown["area"], reading.language),
        "agency": _named(shown["agency"], reading.language),
        "promised": reading.when(shown["promised_by"]),
        "filed": reading.when(shown["created_at"]),
        "photos": sum(photo["state"] != "rejected" for photo in photos),
        "rejected": [photo["reason"] for photo in photos if photo["reason"]],
        "link": link,
        "qr": qr(link, say("filing_qr", reading.language, code=shown["code"])),
    }


def same_place(report: Report) -> dict[str, str | float]:
    """The fields of the form that say where this report lies, for the next one from there."""
    place = {
        "area": report.area.code if report.area else None,
        "address": report.address or None,
        "location.lat": report.filed_lat,
        "location.lon": report.filed_lon,
    }
    return {name: value for name, value in place.items() if value is not None}


def private_link(report: Report) -> str:
    """The address that opens the report as its reporter's, on any device."""
    site: str = current_app.config["PUBLIC_URL"].rstrip("/")
    code, token = grouped(report.code), tracking.token_of(report)
    return site + url_for("citizen.private", code=code, token=token)


def qr(link: str, title: str) -> Markup:
    """The link as a QR code (ISO/IEC 18004, level M), an SVG without styles of its own."""
    drawn: str = segno.make(link, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None,
        title=title,
    )  # fmt: skip
    return Markup(drawn.replace("<svg ", '<svg role="img" ', 1))


def _named(thing: Any, language: str) -> str | None:
    return named(thing.names, language) if thing else None
