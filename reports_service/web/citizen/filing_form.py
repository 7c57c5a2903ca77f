"""The form of a report as it was filled in: read, shown again, filed once.

Its fields are named as ``FilingSchema`` names them, with dots for what is inside, so that what the
schema blames is found beside its field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import uuid4

from flask import request
from marshmallow import ValidationError
from werkzeug.datastructures import FileStorage

from reports_service.areas.index import PointSwapped
from reports_service.attachments.formats import BadPicture
from reports_service.attachments.inspection import Limits, inspect
from reports_service.attachments.uploads.keeping import keep
from reports_service.categories import service as categories
from reports_service.categories.answers import QuestionKind
from reports_service.core.auth import Actor, RoleLacks, current_actor
from reports_service.core.uploads import opened
from reports_service.core.words import knows, say
from reports_service.domain.channels import Channel
from reports_service.domain.errors import NotSignedIn
from reports_service.domain.roles import Permission
from reports_service.reports import idempotency
from reports_service.reports.filing import NothingSaid, PlaceMissing
from reports_service.reports.models import Report
from reports_service.reports.nearby import open_near
from reports_service.reports.requests import FilingSchema
from reports_service.reports.views.answering import sent_pictures
from reports_service.reports.views.filing import file_once
from reports_service.web.forms import nested

PLAIN: Final = ("category", "area", "address", "description")
REPORTER: Final = tuple(f"reporter.{part}" for part in ("name", "phone", "email", "consent"))
POINT: Final = ("location.lat", "location.lon")
PLACE: Final = "location"
ANSWERS: Final = "answers."
KEY, ON_BEHALF, ASKED, UPLOADS = "idempotency_key", "on_behalf", "asked", "uploads"
YES: Final = "yes"
SCHEMA: Final = FilingSchema()


@dataclass(frozen=True)
class Form:
    """A form as typed: ``fields`` name to text, or to several; the pictures that came with it."""

    fields: Mapping[str, str | list[str]]
    key: str
    uploads: Sequence[str] = ()
    files: Sequence[FileStorage] = ()
    on_behalf: bool = False
    asked: bool = False  # whether the category's questions were shown

    def text(self, name: str) -> str:
        """What was typed into a field that takes one thing."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else value[0]

    @property
    def answers(self) -> dict[str, str | list[str]]:
        """The answers as typed, by the code of their question."""
        return {
            name.removeprefix(ANSWERS): value
            for name, value in self.fields.items()
            if name.startswith(ANSWERS)
        }

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees, where both were found and are numbers."""
        lat, lon = (_number(self.text(name)) for name in POINT)
        return (lat, lon) if isinstance(lat, float) and isinstance(lon, float) else None


def empty(fields: Mapping[str, str] | None = None, *, on_behalf: bool = False) -> Form:
    """A form that nobody has filled in; ``fields`` are kept from the one before."""
    return Form(dict(fields or {}), str(uuid4()), on_behalf=on_behalf)


def received() -> Form:
    """The form of this request."""
    given = request.form
    fields: dict[str, str | list[str]] = {
        name: _one_or_several([value.strip() for value in values if value.strip()])
        for name, values in given.lists()
        if _is_field(name) and any(value.strip() for value in values)
    }
    return Form(
        fields,
        key=given.get(KEY, "").strip() or str(uuid4()),
        uploads=[upload for upload in given.getlist(UPLOADS) if upload],
        files=[file for file in sent_pictures() if file.filename],
        on_behalf=given.get(ON_BEHALF) == YES,
        asked=given.get(ASKED) == YES,
    )


def asks_more(form: Form) -> bool:
    """Whether something is to be asked before filing: the category's questions, or whether it is
    one of those near. What cannot be filed anyway is refused first.
    """
    said = form.text("description") or form.files or form.uploads
    placed = form.point or form.text("area")
    if form.asked or not said or not placed or SCHEMA.validate(body(form)):
        return False
    code = form.text("category")
    category = categories.book().by_code(code)
    asking = category is not None and bool(category.questions)
    return asking or (form.point is not None and bool(open_near(*form.point, code or None, None)))


def file(form: Form) -> tuple[Report, bool]:
    """File it; the report, and whether it is a new one.

    Raises what is wrong: a ``Refusal``, or a ``ValidationError`` of the schema.
    """
    if form.on_behalf:
        _may_file_for_others(current_actor())
    key = idempotency.checked_key(form.key)
    wrong = _wrong(form)
    if len(wrong) > 1:
        raise ValidationError(wrong)
    return file_once(SCHEMA.load(body(form)), form.files, key)


def _wrong(form: Form) -> dict[str, Any]:
    """What is wrong by field, as far as the form alone tells: nobody mends it piece by piece."""
    found: dict[str, Any] = SCHEMA.validate(body(form))
    if not form.text("description") and not form.files and not form.uploads:
        found.setdefault("description", [NothingSaid(field="description")])
    if not form.text("area") and not any(form.text(name) for name in POINT):
        found.setdefault(PLACE, [PlaceMissing(field=PLACE)])
    return found


def without_bad_pictures(form: Form, limits: Limits) -> tuple[Form, list[tuple[str, BadPicture]]]:
    """The form without the files that are no pictures, and their names with the reasons."""
    good, bad = [], []
    for file in form.files:
        try:
            inspect(opened(file), limits)
            good.append(file)
        except BadPicture as reason:
            bad.append((file.filename or "", reason))
    return replace(form, files=good), bad


def with_pictures_kept(form: Form) -> Form:
    """The form without its files: they wait as uploads, since no page can fill in a file again."""
    kept = [keep(opened(file)) for file in form.files]
    return replace(form, files=(), uploads=[*form.uploads, *kept])


def without_point(form: Form) -> Form:
    """The form without the point that cannot be meant: a commune can be chosen instead."""
    fields = {name: value for name, value in form.fields.items() if name not in POINT}
    return replace(form, fields=fields)


def body(form: Form) -> dict[str, Any]:
    """The form as the interface takes it (``FilingSchema``); what was left blank is left out."""
    plain = {name: form.text(name) for name in form.fields if not name.startswith(ANSWERS)}
    point = {name: _number(text) for name, text in plain.items() if name.startswith("location.")}
    return {
        **nested({**plain, **point}.items()),
        "channel": str(Channel.FACILITATOR if form.on_behalf else Channel.WEB),
        "answers": _answers(form),
        "uploads": list(form.uploads),
    }


def _may_file_for_others(actor: Actor) -> None:
    need = Permission.FILE_FOR_OTHERS
    if actor.role is None:
        raise NotSignedIn()
    if not actor.may(need):
        raise RoleLacks(role=actor.role, need=need)


def in_own_words(problem: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What was wrong, in the words of this page where it has some: they name fields as it does."""
    errors = {error["field"]: error for error in map(_of_a_field, problem["errors"])}
    return {
        **problem,
        "errors": [
            {**error, "detail": _said(error["code"], error["detail"], language)}
            for error in errors.values()
        ],
        "detail": _said(problem["code"], problem["detail"], language),
    }


def _of_a_field(error: Mapping[str, str]) -> Mapping[str, str]:
    """Nobody types degrees: what is wrong with them is wrong with the place."""
    if error["field"] not in POINT:
        return error
    return {"field": PLACE, "code": PointSwapped.code, "detail": error["detail"]}


def _said(code: str, otherwise: str, language: str) -> str:
    own = f"filing_wrong_{code}"
    return say(own, language) if knows(own) else otherwise


def _answers(form: Form) -> dict[str, Any]:
    """Answers to what the chosen category asks; those to another's questions do not count."""
    category = categories.book().by_code(form.text("category"))
    given = form.answers
    return {
        question["code"]: _meant(QuestionKind(question["kind"]), given[question["code"]])
        for question in (category.questions if category else ())
        if question["code"] in given
    }


def _meant(kind: QuestionKind, typed: str | list[str]) -> Any:
    """An answer as its kind is kept; what cannot be read stays as typed, to be refused."""
    if kind is QuestionKind.MULTI_CHOICE:
        return [typed] if isinstance(typed, str) else typed
    text = typed if isinstance(typed, str) else typed[0]
    if kind is QuestionKind.NUMBER:
        return _number(text)
    if kind is QuestionKind.YES_NO:
        return {"yes": True, "no": False}.get(text, text)
    return text


def _number(text: str) -> float | str:
    """The number that a text says, with a comma or a point; else the text."""
    with suppress(ValueError):
        return float(text.replace(",", "."))
    return text


def _is_field(name: str) -> bool:
    return name in (*PLAIN, *POINT, *REPORTER) or name.startswith(ANSWERS)


def _one_or_several(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
