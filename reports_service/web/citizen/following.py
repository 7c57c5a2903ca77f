"""The page of a report, and what its reporter and whoever follows it do there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, make_response, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from reports_service.core.auth import Actor, public
from reports_service.core.db import unit_of_work
from reports_service.domain.errors import Refusal
from reports_service.notifications.push.sending import public_key
from reports_service.personal import taking
from reports_service.reports import reporter_acts, service
from reports_service.reports.codes import grouped
from reports_service.reports.identity import Contact
from reports_service.reports.views.answering import limits
from reports_service.web.citizen import followed, holder
from reports_service.web.citizen.acts import ACTS, Act
from reports_service.web.citizen.typed_code import code_in
from reports_service.web.forms import problem_of
from reports_service.web.pages import back_to, page, reading
from reports_service.web.report_page import report_page

Answer = Response | tuple[Response, int]


def add_to(bp: Blueprint) -> None:
    """Serve these pages."""
    bp.add_url_rule("/r", "find", find)
    bp.add_url_rule("/r/<code>", "report", report)
    for name in ACTS:
        address, given = f"/r/<code>/{name}", {"act": name}
        bp.add_url_rule(address, f"report_{name}", begin, defaults=given)
        bp.add_url_rule(address, f"do_{name}", carry_out, defaults=given, methods=["POST"])
    bp.add_url_rule("/r/<code>/data.json", "report_data_json", data_json)
    bp.add_url_rule("/r/<code>/data.zip", "report_data_zip", data_zip)
    bp.register_error_handler(holder.NotYourReport, _not_yours)


@public
def find() -> Response:
    """From a code that somebody typed to its page."""
    code = code_in(request.args.get("code", "")) or "–"
    return Response(status=303, headers={"Location": url_for("web.report", code=code)})


@public
def report(code: str) -> str:
    """One report: the public's view, or the reporter's on the device that holds its token."""
    return page("report.html", **_shown(code, holder.asker(code)), problem=None, given={})


@public
def begin(code: str, act: str) -> Answer:
    """The form of one act; where it is not possible now, the report as it is."""
    actor = _actor(code, ACTS[act])
    shown = _shown(code, actor)
    if act not in shown["report"]["acts"]:
        return back_to("web.report", code=shown["report"]["code"])
    return _form(act, shown, _kept(code, act, actor), None)


@public
def carry_out(code: str, act: str) -> Answer:
    """Do it and show the report; or the form again, with what was wrong."""
    doing = ACTS[act]
    actor = _actor(code, doing)
    try:
        done = _do(code, doing, actor)
    except (Refusal, ValidationError) as wrong:
        problem, status = problem_of(wrong)
        return _form(act, _shown(code, actor), request.form, _beside_fields(problem)), status
    answer = back_to("web.report", code=_address(code), done=f"report_{done}")
    return followed.remember(answer, code) if act == "follow" else answer


@public
def data_json(code: str) -> Response:
    """All that is held, for the reporter on the device that holds the report's token."""
    return taking.as_json(code, holder.reporter(code))


@public
def data_zip(code: str) -> Response:
    """The same with the reporter's own pictures."""
    return taking.as_zip(code, holder.reporter(code))


def _do(code: str, act: Act, actor: Actor) -> str:
    """What was done: the name of the act; "not fixed" is a reopening, whatever form said it.

    Pictures are looked through before the report's row is locked.
    """
    if not act.of_reporter and followed.has(code):
        return act.name  # a device that follows already is not counted once more
    found, _ = service.find(code, actor)
    given = act.read(found)
    with unit_of_work():
        act.do(service.take(code, actor), **given)
    return "reopening" if given.get("fixed") is False else act.name


def _actor(code: str, act: Act) -> Actor:
    return holder.reporter(code) if act.of_reporter else holder.asker(code)


def _shown(code: str, actor: Actor) -> dict[str, Any]:
    values = report_page(code, actor, reading(), limits())
    return {"report": values, "follows": followed.has(code), "push_key": public_key()}


def _form(
    act: str, shown: Mapping[str, Any], given: Mapping[str, Any], problem: dict[str, Any] | None
) -> Response:
    answer = make_response(page("citizen/act.html", **shown, act=act, given=given, problem=problem))
    answer.headers["Cache-Control"] = "no-store"  # a form may hold somebody's name and number
    return answer


def _kept(code: str, act: str, actor: Actor) -> Mapping[str, Any]:
    """What stands in a form already: the own contact, and the own words."""
    if act == "identity":
        contact = own_contact(code, actor)
        return {**asdict(contact), "known": True} if contact else {}
    if act == "correction":
        found, _ = service.find(code, actor)
        return {"description": found.description, "address": found.address}
    return {}


def own_contact(code: str, actor: Actor) -> Contact | None:
    """The reporter's own data; None where there is none. The look is logged."""
    with unit_of_work():
        found, _ = service.find(code, actor)
        if found.reporter is None or found.reporter.erased_at is not None:
            return None
        return reporter_acts.see_identity(found, actor)


def _beside_fields(problem: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the names that fields have here: ``photos.2`` stands beside ``photos``."""
    errors = [
        {**error, "field": error["field"].removeprefix("reporter.").partition(".")[0]}
        for error in problem["errors"]
    ]
    return {**problem, "errors": errors}


def _address(code: str) -> str:
    return grouped(code_in(code))


def _not_yours(_: Refusal) -> tuple[str, int]:
    """Words with what to do, and never the way to the sign-in of staff."""
    assert request.view_args is not None
    return page("citizen/not_yours.html", code=request.view_args["code"]), 403
