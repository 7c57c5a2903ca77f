"""Who a reporter is: encrypted fields in a table of their own, looked up by a keyed index."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet

from reports_service.core import clock, keys
from reports_service.core.db import db
from reports_service.domain.errors import Invalid
from reports_service.reports.models import Reporter

CONSENT_VERSION = "2026-1"  # of the words that the form shows beside the tick
_NOT_DIGITS = re.compile(r"\D+")


class ConsentNeeded(Invalid):
    """A contact was given and the consent to keep it was not."""

    code = "consent_needed"


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
    for name in ("name", "phone", "email"):
        if name in given:
            setattr(reporter, name, _encrypt(given[name]))
    if "phone" in given:
        reporter.phone_index = index_of(plain_phone(given["phone"]))
    if "email" in given:
        reporter.email_index = index_of(given["email"].lower() if given["email"] else None)


def read(reporter: Reporter) -> Contact:
    """The fields in the clear."""
    return Contact(
        name=_decrypt(reporter.name),
        phone=_decrypt(reporter.phone),
        email=_decrypt(reporter.email),
        language=reporter.language,
    )


def contact_of(reporter_id: int) -> Contact | None:
    """The contact of a reporter; None when there is none (any more)."""
    reporter = db.session.get(Reporter, reporter_id)
    return read(reporter) if reporter and reporter.erased_at is None else None


def erase(reporter: Reporter) -> None:
    """Delete all personal data; the row stays, so that figures do."""
    reporter.name = reporter.phone = reporter.email = None
    reporter.phone_index = reporter.email_index = None
    reporter.erased_at = clock.now()


def index_of(value: str | None) -> bytes | None:
    """The keyed index of a value: equal values have equal ones, and none can be guessed back."""
    return keys.keyed_hash(keys.REPORTER_INDEX, value.encode()) if value else None


def plain_phone(phone: str | None) -> str | None:
    """Digits only, with the country code 84 as the leading 0: one number, one index."""
    digits = _NOT_DIGITS.sub("", phone or "")
    return ("0" + digits[2:] if digits.startswith("84") else digits) or None


def _cipher() -> Fernet:
    return _made(keys.key(keys.REPORTER_FIELDS))


@lru_cache(maxsize=8)
def _made(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))


def _encrypt(value: str | None) -> bytes | None:
    return _cipher().encrypt(value.encode()) if value else None


def _decrypt(kept: bytes | None) -> str | None:
    return _cipher().decrypt(kept).decode() if kept else None
