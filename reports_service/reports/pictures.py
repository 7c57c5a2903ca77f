"""Pictures become part of a report: of its filing, of a reply, or as proof of the work done."""

from __future__ import annotations

from collections.abc import Sequence

from reports_service.attachments import intake
from reports_service.attachments.intake import TakenIn
from reports_service.reports.models import Report, ReportPhoto


def attach_all(report: Report, pictures: Sequence[TakenIn]) -> None:
    """The pictures of a filing, in their order."""
    for position, taken in enumerate(pictures):
        attach(report, taken, role="report", position=position, event_seq=1)


def attach(
    report: Report, taken: TakenIn, *, role: str, position: int, event_seq: int
) -> ReportPhoto:
    """Make a picture part of a report, in the caller's unit of work."""
    attachment = intake.record(taken, role=role, position=position)
    attachment.published = not report.restricted
    photo = ReportPhoto(attachment=attachment, role=role, position=position, event_seq=event_seq)
    report.photos.append(photo)
    return photo
