"""What is deleted of a report when the people in it are to be forgotten. Facts stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reports_service.attachments import service as attachments
from reports_service.core.db import db
from reports_service.reports import identity
from reports_service.reports.models import Event, Report

AFTER = "after"  # the role of a picture of the work done, which the agency took


@dataclass(frozen=True)
class Forgotten:
    """How much was deleted: identities, events whose words went, pictures."""

    people: int
    words: int
    pictures: int


def everybody(report: Report) -> Forgotten:
    """All people in a report: who filed and follows it, every word, what citizens photographed.

    Pictures of the work done stay, without what the camera wrote into them.
    """
    people = [report.reporter, *(follower.reporter for follower in report.followers)]
    known = [one for one in people if one is not None and one.erased_at is None]
    for one in known:
        identity.erase(one)
    spoken = words(report.events)
    description(report)
    report.text_hidden_reason = None
    report.fingerprint = report.idempotency_key = None
    pictures = [photo.attachment for photo in report.photos if photo.role != AFTER]
    kept = [photo.attachment for photo in report.photos if photo.role == AFTER]
    for picture in pictures:
        attachments.forget(picture)
    for picture in kept:
        attachments.forget_original(picture)
    return Forgotten(len(known), len(spoken), len(pictures))


def words(events: Iterable[Event]) -> list[int]:
    """Delete the words of these events. Returns the numbers of those that had any."""
    spoken = [event for event in events if event.words is not None]
    for event in spoken:
        db.session.delete(event.words)
    return [event.seq for event in spoken]


def description(report: Report) -> None:
    """Delete what the report says of itself. That a question was answered is a fact, and stays."""
    report.description = report.public_description = report.address = report.search_text = ""
    report.answers = [_without_words(answer) for answer in report.answers]


def _without_words(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "value": ""} if answer["kind"] == "text" else answer
