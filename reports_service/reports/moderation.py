"""What the public does not see: words and pictures hidden, whole reports restricted."""

from __future__ import annotations

from reports_service.attachments import service as attachments
from reports_service.domain.errors import Invalid
from reports_service.domain.lifecycle import Action
from reports_service.reports import search
from reports_service.reports.models import Event, Report
from reports_service.reports.service import NothingToChange, Turn


class PhotoUnknown(Invalid):
    """The report has no such picture."""

    code = "photo_unknown"


def moderate(
    turn: Turn,
    *,
    hide_text: bool | None = None,
    public_text: str | None = None,
    hide_photo: str | None = None,
    show_photo: str | None = None,
    reason: str,
) -> Event:
    """Hide or mask a text or a picture from the public. Who may see more sees it still.

    Raises ``PhotoUnknown``, ``NothingToChange``.
    """
    turn.move(Action.MODERATE)
    report, actor_id = turn.report, turn.actor.account_id
    if hide_text is None and public_text is None and not (hide_photo or show_photo):
        raise NothingToChange(field="hide_text")
    if hide_text is not None:
        report.text_hidden_at = turn.at if hide_text else None
        report.text_hidden_by_id = actor_id if hide_text else None
        report.text_hidden_reason = reason if hide_text else None
    if public_text is not None:
        report.public_description = public_text
    report.search_text = search.sought_in(report)
    for uuid, hidden in ((hide_photo, True), (show_photo, False)):
        if uuid:
            _hide_photo(report, uuid, hidden, turn, reason)
    facts = {
        "hide_text": hide_text,
        "masked": public_text is not None,
        "hide_photo": hide_photo,
        "show_photo": show_photo,
    }
    return turn.record("moderated", facts, {"reason": reason}, internal=True)


def restrict(report: Report) -> None:
    """Take a report out of the public's sight, its pictures too."""
    report.restricted = True
    for photo in report.photos:
        photo.attachment.published = False


def publish(report: Report) -> None:
    """Let the public see a report again, and those of its pictures that are not hidden."""
    report.restricted = False
    for photo in report.photos:
        photo.attachment.published = True


def _hide_photo(report: Report, uuid: str, hidden: bool, turn: Turn, reason: str) -> None:
    photo = next((one for one in report.photos if one.attachment.uuid == uuid), None)
    if photo is None:
        raise PhotoUnknown(field="photo", photo=uuid)
    if hidden:
        assert turn.actor.account_id is not None  # only staff moderate
        attachments.hide(photo.attachment, by_id=turn.actor.account_id, reason=reason)
    else:
        attachments.show_again(photo.attachment)
