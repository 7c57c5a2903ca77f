"""RSS 2.0 feeds of published reports: for who follows a place, a matter or an agency."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from flask import Response, current_app, request

from reports_service.attachments.inspection import Limits
from reports_service.core.pages import page
from reports_service.core.words import say
from reports_service.reports import published
from reports_service.reports.models import Report
from reports_service.web.moments import Moments
from reports_service.web.public.cards import card
from reports_service.web.public.finding import NEWEST

ITEMS: Final = 50
ATOM: Final = "http://www.w3.org/2005/Atom"
MINUTES: Final = 5
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
register_namespace("atom", ATOM)


def feed(
    title: str, address: str, filters: Mapping[str, Any], reading: Moments, limits: Limits
) -> Response:
    """The newest reports that fit, with a tag and a date, so that only news is sent again.

    ``address`` is the page that says the same.
    """
    reports = page(published.listing(filters, reading.now), NEWEST, None, ITEMS).items
    answer = Response(
        _written(title, address, reports, reading, limits), content_type="application/rss+xml"
    )
    answer.charset = "utf-8"  # type: ignore[attr-defined]
    answer.headers["Cache-Control"] = f"public, max-age={MINUTES * 60}"
    answer.vary.add("Cookie")
    if reports:
        answer.last_modified = max(report.updated_at for report in reports)
    answer.add_etag()
    return answer.make_conditional(request)  # type: ignore[return-value]


def _written(title: str, address: str, reports: Any, reading: Moments, limits: Limits) -> bytes:
    rss = Element("rss", version="2.0")
    channel = SubElement(rss, "channel")
    _add(channel, "title", f"1022 – {title}")
    _add(channel, "link", absolute(address))
    _add(channel, "description", say("public_feed_about", reading.language))
    _add(channel, "language", reading.language)
    _add(channel, "ttl", str(MINUTES))
    own = absolute(request.path)
    SubElement(channel, f"{{{ATOM}}}link", href=own, rel="self", type="application/rss+xml")
    for report in reports:
        _item(SubElement(channel, "item"), report, reading, limits)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(rss, encoding="utf-8")


def _item(item: Element, report: Report, reading: Moments, limits: Limits) -> None:
    shown = card(report, reading, limits)
    link = absolute(shown["address"])
    _add(item, "title", " – ".join(part for part in (shown["title"], shown["place"]) if part))
    _add(item, "link", link)
    _add(item, "guid", link)
    _add(item, "pubDate", format_datetime(report.created_at))
    _add(item, "category", shown["title"])
    lines = (shown["words"], f"{shown['state_words']}. {shown['agency']}.")
    _add(item, "description", "\n".join(line for line in lines if line))


def _add(parent: Element, name: str, text: str) -> None:
    """An element with text; what no XML may hold (control characters) is left out."""
    SubElement(parent, name).text = _NO_XML.sub("", text)


def absolute(address: str) -> str:
    """An address of ours as it stands outside of our pages."""
    return f"{current_app.config['PUBLIC_URL'].rstrip('/')}{address}"
