"""/call: what a caller says is taken down while the call lasts, and read back at its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from reports_service.categories import service as categories
from reports_service.core.auth import current_actor, requires
from reports_service.domain.channels import Channel
from reports_service.domain.lifecycle import Action
from reports_service.reports import codes, presenting, queueing, service
from reports_service.reports.requests import FilingSchema
from reports_service.reports.views.answering import onlooker
from reports_service.reports.views.filing import file_once
from reports_service.web.admin import choices
from reports_service.web.desk.seen import seen
from reports_service.web.forms import nested
from reports_service.web.pages import back_to, language, page, sent
from reports_service.web.staff.acts_trying import Wrong, attempt

KEY: Final = "idempotency_key"
SIMILAR: Final = 5
SUGGESTED: Final = 3


def add_to(bp: Blueprint) -> None:
    """Serve the form, what it asks while it is filled in, and what is read to the caller."""
    bp.add_url_rule("/call", "call", call)
    bp.add_url_rule("/call", "called", called, methods=["POST"])
    bp.add_url_rule("/call/similar", "call_similar", similar)
    bp.add_url_rule("/call/suggested", "call_suggested", suggested, methods=["POST"])
    bp.add_url_rule("/call/<code>", "call_done", done)


@requires(Action.ASSIGN)
def call() -> str:
    """An empty form, ready for the next call."""
    return _form({KEY: str(uuid4())}, None)


@requires(Action.ASSIGN)
def called() -> AnyResponse | tuple[str, int]:
    """File it; a form that is sent twice files once."""
    given = sent()
    key = given.get(KEY, str(uuid4()))
    filed = attempt(lambda: file_once(FilingSchema().load(_filing(given)), [], key))
    if isinstance(filed, Wrong):
        return _form(given, filed), filed.status
    report, _ = filed
    return back_to("centre.call_done", code=codes.grouped(report.code))


@requires(Action.ASSIGN)
def done(code: str) -> str:
    """Code and date, large enough to read aloud."""
    report, _ = service.find(code, current_actor())
    return page("desk/call_done.html", report=_card(report))


@requires(Action.ASSIGN)
def similar() -> Response:
    """What is known already of such a thing there: to tell the caller at once."""
    asked = {name: request.args.get(name, "").strip() for name in ("category", "area", "q")}
    filters = {name: value for name, value in asked.items() if value}
    if not (filters.get("area") or filters.get("q")):
        return Response(page("desk/similar.html", cards=None))
    found = attempt(lambda: queueing.page(filters, current_actor(), None, SIMILAR))
    cards = [] if isinstance(found, Wrong) else [_card(report) for report in found.items]
    return Response(page("desk/similar.html", cards=cards))


@requires(Action.ASSIGN)
def suggested() -> Response:
    """What the words may mean, as buttons; sent as a form, so that no log holds the words."""
    found = categories.suggest(request.form.get("description", ""), language(), SUGGESTED)
    kinds = [one.category for one in found if _files(one.category.code)]
    return Response(page("desk/suggested.html", kinds=kinds))


def _card(report: Any) -> Any:
    return seen(presenting.full(report, onlooker(report)), "")


def _filing(given: Mapping[str, str]) -> dict[str, Any]:
    """The form as the interface takes a filing."""
    said = {name: value for name, value in given.items() if name != KEY}
    consent = said.pop("reporter.consent", "") == "yes"
    filing = nested(said.items())
    if "location" in filing:
        filing["location"] = {name: _number(typed) for name, typed in filing["location"].items()}
    if "reporter" in filing:
        filing["reporter"]["consent"] = consent
    return {**filing, "channel": Channel.HOTLINE.value}


def _number(typed: str) -> Any:
    """Degrees from the map; anything else is for the schema to refuse."""
    try:
        return float(typed)
    except ValueError:
        return typed


def _form(given: Mapping[str, str], wrong: Wrong | None) -> str:
    spoken = language()
    return page(
        "desk/call.html",
        given=given,
        problem=wrong.problem if wrong else None,
        categories=[
            (code, words) for code, words in choices.all_categories(spoken) if _files(code)
        ],
        areas=[pair for pair in choices.all_areas(spoken) if len(pair[0]) > 2],
        similar=url_for("centre.call_similar"),
    )


def _files(code: str) -> bool:
    """Whether something can be filed under it: not a group of others."""
    book = categories.book()
    facts = book.by_code(code)
    return facts is not None and all(one.parent_id != facts.id for one in book)
