"""What workers do about notices: fan an event out, send one mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from reports_service.accounts import resets
from reports_service.core import outbox
from reports_service.notifications import account_letters, mailings, service
from reports_service.notifications.push import service as push
from reports_service.notifications.wording import Site
from reports_service.reports.chain import NOTIFY


@outbox.handles(NOTIFY)
def notify(payload: Mapping[str, Any]) -> None:
    """Perform ``{"event_id"}``: write its deliveries. May run twice."""
    service.tell(payload["event_id"], _site())


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


@outbox.handles(resets.LETTER)
def write_reset(payload: Mapping[str, Any]) -> None:
    """Perform ``{"account_id", "nonce"}``: send the way to a new password. May run twice."""
    mailer = current_app.extensions["mailer"]
    account_letters.send_reset(payload["account_id"], payload["nonce"], mailer, _site())


@outbox.handles(resets.NEWS)
def write_news(payload: Mapping[str, Any]) -> None:
    """Perform ``{"account_id", "what", "at"}``: tell an owner of a change. May run twice."""
    account_letters.tell_owner(payload["account_id"], payload["what"], payload["at"], _site())


def _site() -> Site:
    config = current_app.config
    return Site(config["PUBLIC_URL"], ZoneInfo(config["TZ_NAME"]))
