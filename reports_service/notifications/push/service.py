"""Devices ask to be told of a report, are told, and are forgotten when they are gone."""

from __future__ import annotations

import hashlib

from sqlalchemy import ColumnElement, Select, delete, func, select

from reports_service.core import abroad, clock
from reports_service.core.auth import Actor
from reports_service.core.db import db, unit_of_work
from reports_service.domain.errors import Conflict, Invalid
from reports_service.domain.roles import Party
from reports_service.notifications import sending
from reports_service.notifications.mail import NotSentYet
from reports_service.notifications.models import Delivery
from reports_service.notifications.push.models import Subscription
from reports_service.notifications.push.sending import Gone, Message, NeverTaken, Pusher
from reports_service.notifications.wording import path_of
from reports_service.reports import service as reports
from reports_service.reports.models import Report

RECIPIENT = "push:"  # what a delivery's recipient begins with, before the subscription's number
DEVICES_MOST = 500  # of one report


class PushAddressWrong(Invalid):
    """No push service has such an address."""

    code = "push_address_wrong"


class PushTooMany(Conflict):
    """So many devices are told of this report that no other is taken."""

    code = "push_too_many"


def subscribe(
    code: str, actor: Actor, *, endpoint: str, p256dh: str, auth: str, language: str
) -> Subscription:
    """Tell this device of a report from now on; said again, with its newest keys.

    Raises ``ReportUnknown``, ``PushAddressWrong``, ``PushTooMany``.
    """
    if not abroad.is_abroad(endpoint):
        raise PushAddressWrong(field="endpoint")
    report, party = reports.find(code, actor)
    known = db.session.scalar(_of(report, endpoint))
    if known is None and _devices(report) >= DEVICES_MOST:
        raise PushTooMany()
    subscription = known or Subscription(
        report_id=report.id,
        endpoint=endpoint,
        endpoint_hash=_hash(endpoint),
        created_at=clock.now(),
    )
    subscription.reporter = party is Party.REPORTER
    subscription.p256dh, subscription.auth = p256dh, auth
    subscription.language = language
    db.session.add(subscription)
    db.session.flush()
    return subscription


def unsubscribe(code: str, actor: Actor, endpoint: str) -> None:
    """Tell this device of the report no longer. Who knows the address of a device is the device."""
    report, _ = reports.find(code, actor)
    db.session.execute(
        delete(Subscription).where(
            Subscription.report_id == report.id, Subscription.endpoint_hash == _hash(endpoint)
        )
    )


def forget(report_id: int, *, followers_too: bool) -> None:
    """Forget the devices of who filed a report, and those of all others that were told of it."""
    devices = delete(Subscription).where(Subscription.report_id == report_id)
    db.session.execute(devices if followers_too else devices.where(Subscription.reporter))


def devices(report: ColumnElement[bool], *, of_reporter: bool | None = None) -> list[Subscription]:
    """The devices that are told of the reports for which ``report`` holds, the oldest first."""
    found = select(Subscription).join(Report, Report.id == Subscription.report_id).where(report)
    if of_reporter is not None:
        found = found.where(Subscription.reporter.is_(of_reporter))
    return list(db.session.scalars(found.order_by(Subscription.id)))


def deliver(delivery_id: int, pusher: Pusher) -> bool:
    """Send one message. Returns whether it is sent; a device that is gone is forgotten.

    May run twice: the second message takes the place of the first. Raises ``NotSentYet``.
    """
    delivery = db.session.get(Delivery, delivery_id)
    if delivery is None or delivery.sent_at is not None:
        return delivery is not None
    subscription = db.session.get(Subscription, number_of(delivery.recipient))
    if subscription is None or not delivery.body:
        sending.note_attempt(Delivery, delivery_id, error="the device is not told any more")
        return False
    message = _message(delivery)
    db.session.expunge(subscription)
    db.session.rollback()  # nothing is held while the push service takes its time
    return _sent(delivery_id, subscription, message, pusher)


def _sent(delivery_id: int, subscription: Subscription, message: Message, pusher: Pusher) -> bool:
    try:
        pusher.send(subscription, message)
    except Gone:
        _forget_device(subscription)
        sending.note_attempt(Delivery, delivery_id, error="the device is gone")
        return False
    except NeverTaken as never:
        sending.note_attempt(Delivery, delivery_id, error=str(never))
        return False
    except NotSentYet as failure:
        sending.note_attempt(Delivery, delivery_id, error=str(failure))
        raise
    sending.note_attempt(Delivery, delivery_id, sent_at=clock.now())
    return True


def number_of(recipient: str) -> int:
    """The subscription that a delivery's recipient names."""
    return int(recipient.removeprefix(RECIPIENT))


def _forget_device(subscription: Subscription) -> None:
    """Of all its reports: the address has ended, not the interest in one of them."""
    with unit_of_work():
        db.session.execute(
            delete(Subscription).where(Subscription.endpoint_hash == subscription.endpoint_hash)
        )


def _message(delivery: Delivery) -> Message:
    return Message(
        title=delivery.subject,
        body=delivery.body,
        path=path_of(delivery.event.report.code),
        language=delivery.language,
    )


def _of(report: Report, endpoint: str) -> Select[Subscription]:
    return select(Subscription).where(
        Subscription.report_id == report.id, Subscription.endpoint_hash == _hash(endpoint)
    )


def _devices(report: Report) -> int:
    counted = select(func.count()).select_from(Subscription)
    return db.session.scalar(counted.where(Subscription.report_id == report.id)) or 0


def _hash(endpoint: str) -> bytes:
    return hashlib.sha256(endpoint.encode()).digest()
