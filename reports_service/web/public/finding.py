"""Finding reports for the public pages: a page of the list, a map's view, one card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, astuple
from typing import Any, Final

from flask import request

from reports_service.attachments.inspection import Limits
from reports_service.core.db import db
from reports_service.core.pages import page
from reports_service.reports import codes, lookup, published
from reports_service.reports.clusters import Cluster, clusters
from reports_service.reports.codes import ReportUnknown
from reports_service.reports.models import Report
from reports_service.web.moments import Moments
from reports_service.web.public import asked
from reports_service.web.public.cards import card

ON_A_PAGE: Final = 20
NEWEST: Final = lookup.SORTS[lookup.Sort.NEWEST]


def listed(reading: Moments, limits: Limits) -> dict[str, Any]:
    """A page of the list, and the address of the next. Raises what ``asked.tried`` says."""
    query = asked.read(asked.ListQuery)
    cursor = query.pop("cursor")
    found = page(published.listing(query, reading.now), NEWEST, cursor, ON_A_PAGE)
    onward = found.next_cursor and asked.with_filters(request.path, cursor=found.next_cursor)
    cards = [card(report, reading, limits) for report in found.items]
    return {"cards": cards, "next": onward, "first": cursor is None}


def recent(
    filters: Mapping[str, Any], reading: Moments, limits: Limits, number: int
) -> list[dict[str, Any]]:
    """The newest cards that fit."""
    found = page(published.listing(filters, reading.now), NEWEST, None, number)
    return [card(report, reading, limits) for report in found.items]


def view(reading: Moments) -> dict[str, Any]:
    """A map's view in plain values: marks of many reports, and of single ones."""
    query = asked.read(asked.ViewQuery)
    found = clusters(query, query.pop("zoom"), reading.now)
    return {"total": sum(one.count for one in found), "clusters": [_mark(one) for one in found]}


def _mark(cluster: Cluster) -> dict[str, Any]:
    mark = {**asdict(cluster), "box": astuple(cluster.box)}
    if cluster.code:
        mark["code"] = codes.grouped(cluster.code)
    return mark


def one(code: str, reading: Moments, limits: Limits) -> dict[str, Any]:
    """The card of a published report. Raises ``ReportUnknown``."""
    query = published.listing({}, reading.now).where(Report.code == codes.plain(code))
    report = db.session.scalar(query)
    if report is None:
        raise ReportUnknown(report=code[:40])
    found = card(report, reading, limits)
    return {**found, "at": found["at"].isoformat()}
