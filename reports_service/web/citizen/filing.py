"""/file: a report from anybody, by a form that is whole without scripts and stepwise with them."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, jsonify, redirect, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from reports_service.attachments.formats import BadPicture
from reports_service.core import clock
from reports_service.core.auth import current_actor, public, requires
from reports_service.core.db import unit_of_work
from reports_service.core.http_errors import refusal_body
from reports_service.core.schemas import rfc3339
from reports_service.core.words import say
from reports_service.domain.errors import Refusal
from reports_service.domain.roles import Permission
from reports_service.reports import helped, reporter_acts, service, tracking
from reports_service.reports.codes import grouped
from reports_service.reports.idempotency import KeyReused
from reports_service.reports.models import Report
from reports_service.reports.views.answering import limits, zone
from reports_service.web import pages
from reports_service.web.citizen import filing_done, filing_form, filing_page, followed, mine
from reports_service.web.citizen.filing_form import Form
from reports_service.web.forms import problem_of
from reports_service.web.pages import back_to, language, page, reading

bp = pages.pages("citizen", __name__)
KEPT_FOR_THE_NEXT: Final = ("category", "area", "address", "location.lat", "location.lon")
PROBLEM: Final = "application/problem+json"
WORTH_COMPRESSING: Final = 2000  # bytes
Answer = AnyResponse | str | tuple[str, int]


@bp.get("/file")
@public
def file() -> str:
    """The form; a link may name the category and the place."""
    return _form(filing_form.empty(_from_link()))


@bp.get("/file/for-others")
@requires(Permission.FILE_FOR_OTHERS)
def for_others() -> str:
    """The same for somebody who cannot file, with their consent."""
    return _form(filing_form.empty(_from_link(), on_behalf=True))


@bp.post("/file")
@public
def filed() -> Answer:
    """File it once; without a script, after asking what the category wants to know."""
    form = filing_form.received()
    if not _for_script() and filing_form.asks_more(form):
        return _ask(form)
    try:
        report, is_new = filing_form.file(form)
    except (Refusal, ValidationError) as wrong:
        return _once_more(form, wrong)
    return _received(form, report, is_new)


@bp.post("/file/me-too")
@public
def me_too() -> AnyResponse:
    """Instead of the same report again: one more whom it concerns; a device counts once."""
    code = request.form.get("code", "")
    if followed.has(code):
        return back_to("web.report", code=code, done="filing_counted")
    with unit_of_work():
        report = reporter_acts.follow(service.take(code, current_actor()), None, language())
    answer = back_to("web.report", code=grouped(report.code), done="filing_counted")
    return followed.remember(answer, report.code)


@bp.get("/done/<code>")
@public
def done(code: str) -> AnyResponse | str:
    """Code, promised date and private link, on the device that filed it."""
    token = mine.token_for(code)
    if token is None:
        return redirect(url_for("web.report", code=code))
    report = filing_done.report_of(code, token)
    return page(
        "citizen/done.html", report=filing_done.done_page(report, reading(), limits()), slip=False
    )


@bp.get("/file/slip/<code>")
@requires(Permission.FILE_FOR_OTHERS)
def slip(code: str) -> str:
    """What a facilitator prints for the person who reported."""
    report = helped.for_slip(code, current_actor())
    shown = filing_done.done_page(report, reading(), limits())
    again = f"{url_for('citizen.for_others')}?{urlencode(filing_done.same_place(report))}"
    return page("citizen/done.html", report=shown, slip=True, again=again, today=_today())


@bp.get("/r/<code>/t/<token>")
@public
def private(code: str, token: str) -> AnyResponse:
    """The private link: this device knows the report as its own from now on."""
    report = filing_done.report_of(code, token)
    answer = back_to("web.report", code=grouped(report.code))
    mine.remember(answer, report.code, tracking.token_of(report))
    return answer


def refused(refusal: Refusal) -> Answer:
    """A refusal, for a script as a problem document."""
    if _for_script():
        return _problem(refusal_body(refusal))
    return pages.refused(refusal)


bp.register_error_handler(Refusal, refused)


@bp.after_request
def _compressed(answer: Response) -> Response:
    """The form is long and phones are slow; what is secret on it is another each time."""
    answer.vary.add("Accept-Encoding")
    body = None if answer.direct_passthrough else answer.get_data()
    if body and len(body) > WORTH_COMPRESSING and request.accept_encodings["gzip"]:
        answer.set_data(gzip.compress(body, 6, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def _form(form: Form, problem: dict[str, Any] | None = None) -> str:
    code = form.text("category")
    return page(
        "citizen/file.html",
        form=form,
        problem=problem,
        kinds=filing_page.kinds(language()),
        communes=filing_page.communes(language()),
        questions=filing_page.all_questions(language()),
        asked=filing_page.questions(code, language()) if form.asked else [],
        words=filing_page.spoken(language()),
        limits=limits(),
        today=_today() if form.on_behalf else None,
        grouped=grouped,
    )


def _keep_pictures(form: Form) -> tuple[Form, list[str]]:
    """The form with its pictures kept for the next page; and of files that are none, in words."""
    fit, bad = filing_form.without_bad_pictures(form, limits())
    said = [
        say("filing_photo_not_kept", language(), name=name, reason=refusal_body(why)["detail"])
        for name, why in bad
    ]
    return filing_form.with_pictures_kept(fit), said


def _ask(sent: Form) -> str:
    """The second page of those who run no script: questions, and what is near."""
    form, not_kept = _keep_pictures(sent)
    return page(
        "citizen/file_more.html",
        form=replace(form, asked=True),
        not_kept=not_kept,
        questions=filing_page.questions(form.text("category"), language()),
        near=_near(form),
        problem=None,
    )


def _once_more(form: Form, wrong: Refusal | ValidationError) -> Answer:
    """The form again, filled in, with what was wrong in words; a script gets the document."""
    found, status = problem_of(wrong)
    problem = filing_form.in_own_words(found, language())
    if _for_script():
        return _problem(problem)
    again, not_kept = _keep_pictures(form)
    problem["errors"] += [
        {"field": "photos", "code": BadPicture.code, "detail": said} for said in not_kept
    ]
    if any(error["field"] == filing_form.PLACE for error in problem["errors"]):
        again = filing_form.without_point(again)
    if isinstance(wrong, KeyReused):
        again = replace(again, key=filing_form.empty().key)
    return _form(again, problem), status


def _received(form: Form, report: Report, is_new: bool) -> AnyResponse:
    """To the page that says the code; the device remembers a report of its own."""
    code = grouped(report.code)
    token = tracking.token_of(report) if tracking.is_first(report) else None
    endpoint = "citizen.slip" if form.on_behalf else "citizen.done"
    answer: AnyResponse = back_to(endpoint, code=code)
    if _for_script():
        answer = jsonify(
            code=code,
            tracking_token=token,
            promised_by=rfc3339(report.promised_by),
            next=url_for(endpoint, code=code),
        )
        answer.status_code = 201 if is_new else 200
    if not form.on_behalf and token is not None:
        mine.remember(answer, code, token)
    return answer


def _near(form: Form) -> list[Any]:
    if form.point is None:
        return []
    return filing_page.near(form.point, form.text("category"), language(), limits())


def _today() -> helped.Helped:
    """What this facilitator has filed since midnight."""
    here = clock.now().astimezone(zone())
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return helped.helped(current_actor(), midnight)


def _from_link() -> dict[str, str]:
    given = {name: request.args.get(name, "").strip() for name in KEPT_FOR_THE_NEXT}
    return {name: value for name, value in given.items() if value}


def _for_script() -> bool:
    """Whether a script asked, which reads JSON, and not a form, which shows a page."""
    return request.accept_mimetypes.best == "application/json"


def _problem(problem: dict[str, Any]) -> Response:
    answer = jsonify(problem)
    answer.status_code, answer.mimetype = problem["status"], PROBLEM
    return answer
