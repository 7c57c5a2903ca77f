"""The blueprint of these pages."""

from __future__ import annotations

from reports_service.web.desk import calls, deciding, team, triage
from reports_service.web.pages import pages

bp = pages("centre", __name__)
for part in (triage, calls, deciding, team):
    part.add_to(bp)
