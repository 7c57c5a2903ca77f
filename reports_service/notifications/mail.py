"""Mail: to an SMTP server, or as .eml files in a folder where there is none."""

from __future__ import annotations

import os
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from flask import Flask

TIMEOUT_S = 20.0
LINE_LONGEST = 75  # of headers; RFC 2047 allows 76, and the library is one off in the first line
PERMANENT = 500  # SMTP replies from here on will be the same tomorrow (RFC 5321, 4.2.1)


class WholeWords(EmailPolicy):
    """Writes a Subject beyond ASCII as encoded words that hold its blanks too.

    The standard library's own folding leaves a blank between two encoded words, where RFC 2047
    (6.2) has readers drop it: two words of Vietnamese would become one.
    """

    def fold(self, name: str, value: str) -> str:
        if name.lower() != "subject" or value.isascii():
            return super().fold(name, value)
        header = Header(str(value), "utf-8", maxlinelen=LINE_LONGEST, header_name=name)
        words = header.encode(linesep=self.linesep)
        return f"{name}: {words}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


POLICY = WholeWords(linesep="\r\n")


class Undeliverable(Exception):
    """The mail can never reach this recipient; trying again is of no use."""


class NotSentYet(Exception):
    """The mail could not be handed over now; later it may."""


class MailUrlWrong(ValueError):
    """MAIL_URL is none of smtp://, smtps://."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    media_type: str  # as in application/pdf
    content: bytes


@dataclass(frozen=True)
class Letter:
    """A mail to one recipient. ``name`` and ``written_at`` make its Message-ID, always the same:
    receivers can drop a repeated one. Letters that are numbered apart have a ``series``.
    """

    number: int
    written_at: datetime
    to: str
    subject: str
    body: str
    language: str
    series: str = ""
    attachments: tuple[Attachment, ...] = ()

    @property
    def name(self) -> str:
        """What no other letter is called."""
        return f"{self.series}{self.number}"


class Mailer(Protocol):
    """Brings letters on their way."""

    def send(self, letter: Letter) -> None:
        """Hand one letter over; on return it is the receiver's.

        Raises ``Undeliverable`` and ``NotSentYet``.
        """


@dataclass(frozen=True)
class Sender:
    """In whose name letters go: ``address`` as in "1022 <no-reply@…>", ``domain`` of their ids."""

    address: str
    domain: str

    def envelope(self, letter: Letter) -> EmailMessage:
        """The letter as a message. Raises ``Undeliverable`` where its address cannot be one."""
        message = EmailMessage(policy=POLICY)
        try:
            message["From"] = self.address
            message["To"] = letter.to
            message["Subject"] = letter.subject
            if not message["To"].addresses:  # before Python 3.11.4 an empty one passes
                raise ValueError("no address")
        except (ValueError, MessageError, IndexError) as wrong:
            raise Undeliverable(f"not an address: {type(wrong).__name__}") from wrong
        message["Date"] = format_datetime(letter.written_at)
        message["Message-ID"] = f"<{letter.name}.{letter.written_at:%Y%m%d%H%M%S%f}@{self.domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence answers it
        message.set_content(letter.body)
        message["Content-Language"] = letter.language  # after it: new content clears Content-*
        for file in letter.attachments:
            kind, _, subtype = file.media_type.partition("/")
            message.add_attachment(file.content, kind, subtype, filename=file.name)
        return message


@dataclass(frozen=True)
class SmtpMailer:
    """Sends to the server of an smtp:// or smtps:// URL."""

    sender: Sender
    url: str
    timeout_s: float = TIMEOUT_S

    def send(self, letter: Letter) -> None:
        """Raises ``Undeliverable`` when the server refuses for good, else ``NotSentYet``.

        Neither says to whom: what servers say often has the address in it, and it would be logged.
        """
        message = self.sender.envelope(letter)
        try:
            with self._connect() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _said in refused.recipients.values()]
            code = codes[0] if codes else PERMANENT  # none: there was no address at all
            raise _refusal(code, final=code >= PERMANENT) from None
        except smtplib.SMTPDataError as refused:
            raise _refusal(refused.smtp_code, final=refused.smtp_code >= PERMANENT) from None
        except smtplib.SMTPResponseException as refused:
            raise _refusal(refused.smtp_code, final=False) from None
        except (smtplib.SMTPNotSupportedError, UnicodeError):
            raise Undeliverable("the mail server does not take such an address") from None
        except (smtplib.SMTPException, OSError) as away:
            raise NotSentYet(f"{type(away).__name__}: the mail server could not be used") from None

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, tls = parts.hostname or "localhost", ssl.create_default_context()
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=self.timeout_s, context=tls)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=self.timeout_s)
        try:
            if parse_qs(parts.query).get("starttls") == ["1"]:
                server.starttls(context=tls)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server


@dataclass(frozen=True)
class FolderMailer:
    """Writes each letter as <name>.eml; a repeated one takes the place of the first."""

    sender: Sender
    folder: Path

    def send(self, letter: Letter) -> None:
        """The file appears whole or not at all."""
        content = self.sender.envelope(letter).as_bytes()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self.folder / f".{letter.name}.{os.getpid()}"
        draft.write_bytes(content)
        draft.replace(self.folder / f"{letter.name}.eml")


def init_mail(app: Flask) -> None:
    """Keep the deployment's ``Mailer`` as ``app.extensions["mailer"]``. Connects to nothing yet.

    Raises ``MailUrlWrong``.
    """
    config = app.config
    domain = urlsplit(config["PUBLIC_URL"]).hostname or "localhost"
    sender = Sender(config["MAIL_FROM"], domain)
    app.extensions["mailer"] = mailer(sender, config["MAIL_URL"], Path(config["MAIL_FOLDER"]))


def mailer(sender: Sender, url: str | None, folder: Path) -> Mailer:
    """The mail server's mailer where a URL is given, else the folder's."""
    if not url:
        return FolderMailer(sender, folder)
    if urlsplit(url).scheme not in ("smtp", "smtps"):
        raise MailUrlWrong("MAIL_URL must begin with smtp:// or smtps://")
    return SmtpMailer(sender, url)


def _refusal(code: int, *, final: bool) -> Exception:
    said = f"the mail server answered {code}"
    return Undeliverable(said) if final else NotSentYet(said)
