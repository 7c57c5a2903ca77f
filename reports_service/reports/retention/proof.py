"""Whether what was said to be forgotten is forgotten, from the rows and the chained events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import exists, or_, select

from reports_service.attachments.models import Attachment
from reports_service.core.db import db
from reports_service.reports.codes import grouped
from reports_service.reports.models import (
    Event,
    EventText,
    Follower,
    Report,
    Reporter,
    ReportPhoto,
)
from reports_service.reports.retention.forgetting import AFTER
from reports_service.reports.retention.models import Anonymisation
from reports_service.reports.retention.schedule import GENESIS, KIND, link


class Flaw(StrEnum):
    """What is not as it should be."""

    RUN_DIFFERS = "run_differs"  # its events are not those that it was sealed with
    RUN_MISSING = "run_missing"  # events name a run that there is not
    HOLDS_WORDS = "holds_words"
    HOLDS_PEOPLE = "holds_people"
    HOLDS_PICTURES = "holds_pictures"


@dataclass(frozen=True)
class Found:
    """One flaw: of a run by its number, or of a report by its code."""

    flaw: Flaw
    where: str


def flaws() -> Iterator[Found]:
    """Every flaw; none where all that was promised holds."""
    yield from _runs()
    yield from (Found(Flaw.HOLDS_WORDS, code) for code in _holding(_words()))
    yield from (Found(Flaw.HOLDS_PEOPLE, code) for code in _holding(_people()))
    yield from (Found(Flaw.HOLDS_PICTURES, code) for code in _holding(_pictures()))


def _runs() -> Iterator[Found]:
    events: dict[int, list[tuple[str, int, bytes]]] = defaultdict(list)
    rows = select(Report.code, Event.seq, Event.hash, Event.facts).join(Event.report)
    for code, seq, head, facts in db.session.execute(rows.where(Event.kind == KIND)):
        events[facts["run"]].append((code, seq, head))
    before = GENESIS
    for run in db.session.scalars(select(Anonymisation).order_by(Anonymisation.id)):
        held = events.pop(run.id, [])
        if run.digest != link(before, held) or run.reports != len(held):
            yield Found(Flaw.RUN_DIFFERS, str(run.id))
        before = run.digest
    yield from (Found(Flaw.RUN_MISSING, str(number)) for number in sorted(events))


def _holding(condition: Any) -> Iterator[str]:
    query = select(Report.code).where(Report.anonymised_at.is_not(None), condition)
    yield from map(grouped, db.session.scalars(query.order_by(Report.code)))


def _words() -> Any:
    said = (
        select(EventText.event_id)
        .join(Event, Event.id == EventText.event_id)
        .where(Event.report_id == Report.id)
    )
    return or_(Report.description != "", Report.address != "", Report.search_text != "",
               Report.public_description != "", exists(said))  # fmt: skip


def _people() -> Any:
    known = or_(
        Reporter.name.is_not(None), Reporter.phone.is_not(None), Reporter.email.is_not(None)
    )
    follows = select(1).where(
        Follower.report_id == Report.id, Follower.reporter_id == Reporter.id, known
    )
    filed = select(1).where(Reporter.id == Report.reporter_id, known)
    return or_(exists(follows), exists(filed))


def _pictures() -> Any:
    kept = or_(
        Attachment.original_key.is_not(None),
        Attachment.exif_lat.is_not(None),
        (ReportPhoto.role != AFTER) & Attachment.large_key.is_not(None),
    )
    pictures = select(1).where(
        ReportPhoto.report_id == Report.id, Attachment.id == ReportPhoto.attachment_id, kept
    )
    return exists(pictures)
