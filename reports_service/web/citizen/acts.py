"""What can be done on the page of a report: what each form holds, and the service that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import request

from reports_service.attachments.intake import TakenIn
from reports_service.reports import reporter_acts
from reports_service.reports.models import Report
from reports_service.reports.requests import (
    Contact,
    CorrectionSchema,
    FeedbackSchema,
    NoteSchema,
    ReplySchema,
)
from reports_service.reports.views.answering import sent_pictures, taken_in
from reports_service.web.pages import language, sent

CONTACT: Final = ("name", "phone", "email")


@dataclass(frozen=True)
class Act:
    """One form: ``read`` takes what was sent apart, ``do`` takes a turn at the report and that."""

    name: str  # in the address and the words of its page
    read: Callable[[Report], Mapping[str, Any]]
    do: Callable[..., object]
    of_reporter: bool = True


def _reply(report: Report) -> dict[str, Any]:
    return {**ReplySchema().load(picked("text")), "pictures": pictures(report)}


def _feedback(_: Report) -> dict[str, Any]:
    given: dict[str, Any] = picked("fixed", "rating", "comment")
    if given.get("rating", "").isdecimal():
        given["rating"] = int(given["rating"])
    return dict(FeedbackSchema().load(given))


def _reason(_: Report) -> dict[str, Any]:
    return {"reason": NoteSchema().load(picked("note"))["note"]}


def _photos(report: Report) -> dict[str, Any]:
    return {"pictures": pictures(report)}


def _correction(_: Report) -> dict[str, Any]:
    """An address can be emptied, a description cannot: then there would be nothing reported."""
    given = picked("description")
    if "address" in request.form:
        given["address"] = request.form["address"]
    return dict(CorrectionSchema().load(given))


def _identity(_: Report) -> dict[str, Any]:
    """All of the contact: what was emptied is deleted."""
    given = sent()
    contact = {name: given.get(name) for name in CONTACT}
    return {"contact": Contact().load({**contact, "consent": "consent" in given})}


def _follow(_: Report) -> dict[str, Any]:
    given = picked("email")
    contact = Contact().load({**given, "consent": "consent" in sent()}) if given else None
    return {"contact": contact, "language": language()}


def _nothing(_: Report) -> dict[str, Any]:
    return {}


ACTS: Final[Mapping[str, Act]] = {
    act.name: act
    for act in (
        Act("reply", _reply, reporter_acts.reply),
        Act("feedback", _feedback, reporter_acts.judge),
        Act("reopening", _reason, reporter_acts.reopen),
        Act("photos", _photos, reporter_acts.add_photos),
        Act("correction", _correction, reporter_acts.correct),
        Act("withdrawal", _reason, reporter_acts.withdraw),
        Act("identity", _identity, reporter_acts.correct),
        Act("erasure", _nothing, reporter_acts.erase_identity),
        Act("follow", _follow, reporter_acts.follow, of_reporter=False),
    )
}


def picked(*names: str) -> dict[str, Any]:
    """These fields of the form, where they were filled in."""
    given = sent()
    return {name: given[name] for name in names if name in given}


def pictures(report: Report) -> list[TakenIn]:
    """The pictures of the form, checked and stored; a field that was left empty sends none."""
    files = [file for file in sent_pictures() if file.filename]
    return taken_in(files, before=len(report.photos))
