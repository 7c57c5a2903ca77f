"""What the queue may be asked for; filters are saved as a query string of this."""

from __future__ import annotations

from reports_service.core.schemas import Choice, Moment, PageQuery, Schema, Text
from reports_service.reports.lookup import QueueState
from reports_service.reports.queueing import NOBODY


class QueueFilters(Schema):
    """Which part of the queue. ``agency`` counts for who sees the work of all of them."""

    state = Choice(QueueState, load_default=None)
    category = Text(60, load_default=None)
    area = Text(20, load_default=None)
    agency = Text(60, load_default=None)
    officer = Text(
        200,
        load_default=None,
        metadata={"description": f"e-mail address of an officer, or {NOBODY!r}"},
    )
    q = Text(200, load_default=None)


class QueuePageQuery(QueueFilters, PageQuery):
    """A page of it."""


class QueueNewsQuery(QueueFilters):
    """The same, for what came since."""

    since = Moment(required=True)
