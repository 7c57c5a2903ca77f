"""Mails to staff that are about no single event: each occasion once to each account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import select

from reports_service.core import clock
from reports_service.core.db import db
from reports_service.notifications import sending
from reports_service.notifications.mail import Attachment, Letter, Mailer, Undeliverable
from reports_service.notifications.models import Mailing
from reports_service.notifications.wording import SUBJECT_LONGEST

MAIL = "mail"  # the kind of effect that sends one as it is; its payload: {"mailing_id"}
SERIES = "m"  # so that these letters are not taken for deliveries of the same number


class Said(NamedTuple):
    """What a mail says."""

    subject: str
    body: str


def post(occasion: str, account_id: int, language: str, said: Said) -> Mailing:
    """Write a mail in the caller's unit of work. Whoever calls puts the effect that sends it.

    Raises ``IntegrityError`` at the flush when this account has one of this occasion already.
    """
    mailing = Mailing(
        occasion=occasion,
        account_id=account_id,
        language=language,
        subject=said.subject[:SUBJECT_LONGEST],
        body=said.body,
        created_at=clock.now(),
        attempts=0,
    )
    db.session.add(mailing)
    db.session.flush()
    return mailing


def posted(occasion: str) -> set[int]:
    """The accounts that have a mail of this occasion."""
    return set(db.session.scalars(select(Mailing.account_id).where(Mailing.occasion == occasion)))


def send(
    mailing_id: int,
    mailer: Mailer,
    attached: Callable[[Mailing], Sequence[Attachment]] = lambda _: (),
) -> bool:
    """Send one mail with the files that ``attached`` makes for it. Returns whether it is sent.

    May run twice: both mails carry one Message-ID. Raises ``NotSentYet``, to be tried again.
    """
    return sending.send(Mailing, mailing_id, mailer, lambda mailing: _letter(mailing, attached))


def _letter(mailing: Mailing, attached: Callable[[Mailing], Sequence[Attachment]]) -> Letter:
    account = mailing.account
    if account.ended_at is not None and account.ended_at <= clock.now():
        raise Undeliverable("the account has ended")
    return Letter(
        number=mailing.id,
        written_at=mailing.created_at,
        to=account.email,
        subject=mailing.subject,
        body=mailing.body,
        language=mailing.language,
        series=SERIES,
        attachments=tuple(attached(mailing)),
    )
