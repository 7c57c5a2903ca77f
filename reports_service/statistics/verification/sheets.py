"""The daily heads as a table for spreadsheets, to be copied as it is."""

from __future__ import annotations

from reports_service.reports.models import DailyHead
from reports_service.statistics.interface.columns import said
from reports_service.statistics.interface.downloads import Offer
from reports_service.statistics.interface.spreadsheets import Column, Kind, Sheet
from reports_service.statistics.interface.tables import Table
from reports_service.statistics.verification import asking
from reports_service.statistics.verification.asking import Query
from reports_service.statistics.verification.schemas import HeadsQuery


def daily_heads(query: Query) -> Table:
    """A row for each day, the oldest first."""
    answer = asking.daily_heads(query)
    period = answer["period"]
    columns = [
        Column(said("heads_day"), Kind.DAY, lambda one: one.day),
        Column(said("heads_reports"), Kind.COUNT, lambda one: one.reports),
        Column(said("heads_head"), Kind.TEXT, lambda one: one.head.hex()),
        Column(said("heads_audit_number"), Kind.COUNT, lambda one: one.audit_number),
        Column(said("heads_audit_head"), Kind.TEXT, _audit_head),
        Column(said("heads_made_at"), Kind.INSTANT, lambda one: one.made_at),
    ]
    about = [
        (said("heads_sheet"), ""),
        (said("sheet_period"), f"{period.first:%d/%m/%Y} – {period.last:%d/%m/%Y}"),
        (said("sheet_zone"), period.zone.key),
        *((said("sheet_note"), note) for note in answer["notes"]),
    ]
    days = (period.first.isoformat(), period.last.isoformat())
    sheet = Sheet(said("heads_sheet"), about, columns, answer["items"], period.zone)
    return Table(sheet, ("daily-heads", *days))


def _audit_head(one: DailyHead) -> str | None:
    return one.audit_head.hex() if one.audit_head else None


OFFERS = (Offer("daily-heads", HeadsQuery, daily_heads, None),)
