"""A filing that is sent again, by its key: found, and not filed twice."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from reports_service.attachments.inspection import Fingerprint
from reports_service.attachments.uploads import service as uploads
from reports_service.core.db import db
from reports_service.domain.errors import Invalid
from reports_service.reports import tracking
from reports_service.reports.models import Report

KEY_LONGEST = 100

# Made once: many filings are sent again.
_BY_KEY = select(Report.id, Report.fingerprint).where(Report.idempotency_key == bindparam("key"))


class KeyReused(Invalid):
    """The idempotency key was used for a filing with other content."""

    code = "idempotency_key_reused"


class KeyInvalid(Invalid):
    """The idempotency key is empty, too long, or no plain text."""

    code = "idempotency_key_invalid"


def fingerprint_of(sent: Mapping[str, Any], sent_with: Sequence[Fingerprint]) -> bytes:
    """What makes two filings the same: the decoded fields and the bytes of the pictures.

    An upload counts by its bytes too: a device that does not know whether its report was filed may
    have to send a picture again, and that is another upload.
    """
    uuids = [str(upload) for upload in sent["uploads"]]
    there = uploads.arrived(uuids) if uuids else {}
    sent_before = [there[uuid].fingerprint.sha256 if uuid in there else uuid for uuid in uuids]
    digests = [digest.sha256 for digest in sent_with] + sent_before
    return tracking.fingerprint({**sent, "uploads": []}, digests)


def checked_key(key: str | None) -> str | None:
    """The idempotency key as it is kept. Raises ``KeyInvalid`` for one that cannot be."""
    if key is None:
        return None
    key = key.strip()
    if not 1 <= len(key) <= KEY_LONGEST or not (key.isascii() and key.isprintable()):
        raise KeyInvalid(field="Idempotency-Key", longest=KEY_LONGEST)
    return key


def filed_before(key: str | None, fingerprint: bytes) -> Report | None:
    """The report that this key filed already. Raises ``KeyReused`` when its content was another."""
    if key is None:
        return None
    found = db.session.connection().execute(_BY_KEY, {"key": key}).one_or_none()
    if found is None:
        return None
    if found.fingerprint is None or not hmac.compare_digest(found.fingerprint, fingerprint):
        raise KeyReused(key=key)
    return db.session.get_one(Report, found.id)
