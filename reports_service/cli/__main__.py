"""``python -m reports_service.cli``."""

from __future__ import annotations

from reports_service.cli import reports

reports(prog_name="reports")
