"""Letters to the owner of an account: a way to a new password, and that something was changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from reports_service.accounts import resets
from reports_service.accounts.models import Account
from reports_service.core import outbox
from reports_service.core.db import db, unit_of_work
from reports_service.core.words import say
from reports_service.notifications import mailings
from reports_service.notifications.mail import Letter, Mailer
from reports_service.notifications.wording import Site, moment

RESET_PATH = "/reset/"
SERIES = "p"  # so that these letters are not taken for others of the same number


def send_reset(account_id: int | None, nonce: str, mailer: Mailer, site: Site) -> bool:
    """Send the letter with the link. Returns whether there was one to send.

    The link stands in no table and no log: the letter is made when it is sent. May run twice: both
    letters are the same. Raises ``NotSentYet``, to be tried again.
    """
    asked = resets.letter(account_id, nonce)
    if asked is None:
        return False
    account, language = asked.account, asked.account.language
    until = moment(asked.expires_at, language, site.zone)
    link = f"{site.url.rstrip('/')}{RESET_PATH}{asked.token}"
    body = say("letter_reset_body", language, name=account.name, link=link, until=until)
    letter = Letter(
        number=asked.number,
        written_at=asked.asked_at,
        to=account.email,
        subject=say("letter_reset_subject", language),
        body=_signed(body, language),
        language=language,
        series=SERIES,
    )
    db.session.rollback()  # nothing is held while the mail server takes its time
    mailer.send(letter)
    return True


def tell_owner(account_id: int, what: str, at: str, site: Site) -> None:
    """Write that something of the account was changed at a moment. Once for each, if run twice."""
    occasion = f"{what}:{at}"
    try:
        with unit_of_work():
            account = db.session.get_one(Account, account_id)
            said = _news(account, what, datetime.fromisoformat(at), site)
            mailing = mailings.post(occasion, account_id, account.language, said)
            outbox.put(mailings.MAIL, {"mailing_id": mailing.id})
    except IntegrityError:
        if account_id not in mailings.posted(occasion):
            raise


def _news(account: Account, what: str, at: datetime, site: Site) -> mailings.Said:
    language = account.language
    change = say(f"letter_news_{what}", language)
    when = moment(at, language, site.zone)
    link = f"{site.url.rstrip('/')}/forgotten"
    body = say("letter_news_body", language, name=account.name, change=change, when=when, link=link)
    return mailings.Said(say("letter_news_subject", language), _signed(body, language))


def _signed(body: str, language: str) -> str:
    return f"{body}\n\n{say('notice_farewell', language)}\n"
