"""What workers do about notices: fan an event out, send one mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from reports_service.core import outbox
from reports_service.notifications import mailings, service
from reports_service.notifications.push import service as push
from reports_service.notifications.wording import Site
from reports_service.reports.chain import NOTIFY


@outbox.handles(NOTIFY)
def notify(payload: Mapping[str, Any]) -> None:
    """Perform ``{"event_id"}``: write its deliveries. May run twice."""
    config = current_app.config
    service.tell(payload["event_id"], Site(config["PUBLIC_URL"], ZoneInfo(config["TZ_NAME"])))


@outbox.handles(service.DELIVER)
def deliver(payload: Mapping[str, Any]) -> None:
    """Perform ``{"delivery_id"}``: send one mail. May run twice."""
    service.deliver(payload["delivery_id"], current_app.extensions["mailer"])


@outbox.handles(service.PUSH)
def show_on_device(payload: Mapping[str, Any]) -> None:
    """Perform ``{"delivery_id"}``: send one message to one device. May run twice."""
    push.deliver(payload["delivery_id"], current_app.extensions["pusher"])


@outbox.handles(mailings.MAIL)
def mail(payload: Mapping[str, Any]) -> None:
    """Perform ``{"mailing_id"}``: send one mail that is about no single event. May run twice."""
    mailings.send(payload["mailing_id"], current_app.extensions["mailer"])
