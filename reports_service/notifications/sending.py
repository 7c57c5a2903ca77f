"""Sending one written mail once, and noting how that went."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import update

from reports_service.core import clock, outbox
from reports_service.core.db import db, unit_of_work
from reports_service.notifications.mail import Letter, Mailer, NotSentYet, Undeliverable
from reports_service.notifications.models import Delivery, Mailing

Mail = TypeVar("Mail", Delivery, Mailing)


def send(
    kind: type[Mail], number: int, mailer: Mailer, letter_of: Callable[[Mail], Letter]
) -> bool:
    """Send the letter of one mail. Returns whether it is sent; what is undeliverable never is.

    ``letter_of`` raises ``Undeliverable`` where there is nobody (any more) to write to.
    May run twice: both letters carry one Message-ID. Raises ``NotSentYet``, to be tried again.
    """
    mail = db.session.get(kind, number)
    if mail is None or mail.sent_at is not None:
        return mail is not None
    try:
        mailer.send(_letter(mail, letter_of))
    except Undeliverable as never:
        note_attempt(kind, number, error=str(never))
        return False
    except (NotSentYet, OSError) as failure:
        note_attempt(kind, number, error=str(failure))
        raise
    note_attempt(kind, number, sent_at=clock.now())
    return True


def _letter(mail: Mail, letter_of: Callable[[Mail], Letter]) -> Letter:
    try:
        return letter_of(mail)
    finally:
        db.session.rollback()  # nothing is held while the mail server takes its time


def note_attempt(
    kind: type[Mail], number: int, *, sent_at: datetime | None = None, error: str | None = None
) -> None:
    """Write down how an attempt went."""
    with unit_of_work():
        outbox.renew()
        db.session.execute(
            update(kind)
            .where(kind.id == number, kind.sent_at.is_(None))
            .values(attempts=kind.attempts + 1, sent_at=sent_at, last_error=error)
            .execution_options(synchronize_session=False)
        )
