"""Who a reporter is: encrypted fields in a table of their own, looked up by a keyed index."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken

from reports_service.core import clock
from reports_service.core.db import db, for_update
from reports_service.domain.errors import Conflict, Invalid
from reports_service.reports import reporter_keys
from reports_service.reports.models import Reporter
from reports_service.reports.reporter_keys import ReporterKey

FIELDS = ("name", "phone", "email")

CONSENT_VERSION = "2026-1"  # of the words that the form shows beside the tick
_NOT_DIGITS = re.compile(r"\D+")


class ConsentNeeded(Invalid):
    """A contact was given and the consent to keep it was not."""

    code = "consent_needed"


class Unreadable(Conflict):
    """A reporter's data are under a key that is not known: its secret is not told any more."""

    code = "reporter_unreadable"


@dataclass(frozen=True)
class Contact:
    """A reporter's own data in the clear. Not for logs, events or agencies."""

    name: str | None
    phone: str | None
    email: str | None
    language: str


def keep(given: Mapping[str, Any] | None, language: str) -> Reporter | None:
    """A new row, in the session, of ``reporter_of``."""
    reporter = reporter_of(given, language)
    if reporter is not None:
        db.session.add(reporter)
    return reporter


def reporter_of(given: Mapping[str, Any] | None, language: str) -> Reporter | None:
    """A row, not written yet, for a contact given with consent; None for an anonymous reporter.

    ``given``: name, phone, email, consent. Raises ``ConsentNeeded``.
    """
    if not given or not any(given.get(name) for name in ("name", "phone", "email")):
        return None
    if not given.get("consent"):
        raise ConsentNeeded(field="reporter.consent")
    now = clock.now()
    reporter = Reporter(
        language=language, consent_version=CONSENT_VERSION, consented_at=now, created_at=now
    )
    write(reporter, given)
    return reporter


def write(reporter: Reporter, given: Mapping[str, Any]) -> None:
    """Encrypt the fields that are given; a None deletes the field."""
    contact = read(reporter)
    plain = {name: getattr(contact, name) for name in FIELDS}
    plain |= {name: given[name] for name in FIELDS if name in given}
    present = reporter_keys.present()
    # All under one key, whichever the others were under: the row names only one.
    changed = FIELDS if reporter.key_name != present.name else tuple(given)
    for name in FIELDS:
        if name in changed:
            setattr(reporter, name, _encrypt(present, plain[name]))
    reporter.phone_index = _index(present, plain_phone(plain["phone"]))
    reporter.email_index = _index(present, plain_email(plain["email"]))
    reporter.key_name = present.name


def rewrite(reporter: Reporter) -> None:
    """Bring a row under the present key. Raises ``Unreadable``."""
    write(reporter, {})


def read(reporter: Reporter) -> Contact:
    """The fields in the clear. Raises ``Unreadable``."""
    return Contact(
        name=_decrypt(reporter, reporter.name),
        phone=_decrypt(reporter, reporter.phone),
        email=_decrypt(reporter, reporter.email),
        language=reporter.language,
    )


def contact_of(reporter_id: int) -> Contact | None:
    """The contact of a reporter; None when there is none (any more)."""
    reporter = db.session.get(Reporter, reporter_id)
    return read(reporter) if reporter and reporter.erased_at is None else None


def correct(reporter: Reporter, given: Mapping[str, Any]) -> None:
    """``write`` on a row that may be brought under another key just now."""
    db.session.get(Reporter, reporter.id, **for_update())
    write(reporter, given)


def erase(reporter: Reporter) -> None:
    """Delete all personal data; the row stays, so that figures do."""
    reporter.name = reporter.phone = reporter.email = None
    reporter.phone_index = reporter.email_index = reporter.key_name = None
    reporter.erased_at = clock.now()


def indexes_of(value: str | None) -> list[bytes]:
    """The keyed indexes of a value, one for each key that rows may be under; none of no value.

    Equal values have equal ones, and none can be guessed back.
    """
    found = (_index(one, value) for one in reporter_keys.all_known())
    return [index for index in found if index is not None]


def plain_phone(phone: str | None) -> str | None:
    """Digits only, with the country code 84 as the leading 0: one number, one index."""
    digits = _NOT_DIGITS.sub("", phone or "")
    return ("0" + digits[2:] if digits.startswith("84") else digits) or None


def plain_email(email: str | None) -> str | None:
    """In small letters: one address, one index."""
    return email.lower() if email else None


def _index(key: ReporterKey, value: str | None) -> bytes | None:
    return hmac.digest(key.index_key(), value.encode(), "sha256") if value else None


def _encrypt(key: ReporterKey, value: str | None) -> bytes | None:
    return key.cipher().encrypt(value.encode()) if value else None


def _decrypt(reporter: Reporter, kept: bytes | None) -> str | None:
    """The key that the row names opens it nearly always; else one of the others may."""
    if not kept:
        return None
    known = reporter_keys.all_known()
    for key in sorted(known, key=lambda one: one.name != reporter.key_name):
        with suppress(InvalidToken):
            return key.cipher().decrypt(kept).decode()
    raise Unreadable(key=reporter.key_name or "-")
