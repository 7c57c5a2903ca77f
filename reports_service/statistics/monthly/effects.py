"""What workers do when a month was closed: write to the leaders, send each mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app

from reports_service.core import outbox
from reports_service.notifications.wording import Site
from reports_service.statistics.closing.service import MONTH_CLOSED
from reports_service.statistics.interface.local import zone
from reports_service.statistics.monthly import mailing


@outbox.handles(MONTH_CLOSED)
def month_closed(payload: Mapping[str, Any]) -> None:
    """Perform ``{"month"}``: write to every leader, once each. May run twice."""
    here = zone()
    mailing.tell_leaders(payload["month"], Site(current_app.config["PUBLIC_URL"], here), here)


@outbox.handles(mailing.MAIL_MONTH)
def mail_month(payload: Mapping[str, Any]) -> None:
    """Perform ``{"mailing_id"}``: send one mail with the report. May run twice."""
    mailing.send(payload["mailing_id"], current_app.extensions["mailer"], zone())
