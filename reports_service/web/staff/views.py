"""The blueprint of these pages."""

from __future__ import annotations

from reports_service.web.pages import pages
from reports_service.web.staff import (
    acts_views,
    inbox,
    queue_bulk,
    queue_saved,
    queue_views,
    work_live,
    work_views,
)

bp = pages("staff", __name__)
for part in (queue_views, queue_saved, queue_bulk, work_views, acts_views, work_live, inbox):
    part.add_to(bp)
