"""The blueprint of these pages."""

from __future__ import annotations

from reports_service.web.desk import calls, contact, deciding, team, triage
from reports_service.web.pages import pages

bp = pages("centre", __name__)
for part in (triage, calls, contact, deciding, team):
    part.add_to(bp)
