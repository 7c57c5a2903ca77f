"""A file through taking in, deriving and publishing; what became of it, in one word."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, tzinfo

from reports_service.attachments import imaging
from reports_service.attachments.bare_jpeg import foreign_parts
from reports_service.attachments.exif import PhotoFacts, read_facts
from reports_service.attachments.formats import BadPicture
from reports_service.attachments.inspection import Limits, inspect
from reports_service.attachments.isolation import Bounds
from reports_service.core import clock

READY, REJECTED = "ready", "rejected"
NO_FACTS = PhotoFacts()


@dataclass(frozen=True)
class Became:
    """``state``: ready or rejected; ``reason``: of a rejection; ``leaks``: what is published that
    is no pixel; ``at_once``: refused before anything was decoded.
    """

    state: str
    reason: str | None = None
    at_once: bool = False
    facts: PhotoFacts = NO_FACTS
    leaks: tuple[str, ...] = ()
    peak_bytes: int = 0


def went_through(content: bytes, bounds: Bounds | None = None, zone: tzinfo = UTC) -> Became:
    """As a request and a worker do it. Whatever it raises is a fault of ours."""
    try:
        inspect(io.BytesIO(content), Limits())
    except BadPicture as refusal:
        return Became(REJECTED, refusal.code, at_once=True)
    facts = read_facts(io.BytesIO(content), zone, clock.now())
    try:
        derived = imaging.derive(content, bounds)
    except BadPicture as refusal:
        return Became(REJECTED, refusal.code, facts=facts)
    leaks = (*foreign_parts(derived.large), *foreign_parts(derived.small))
    return Became(READY, facts=facts, leaks=leaks, peak_bytes=derived.peak_bytes)
