"""Doing what a form of the report's page asks for, decided on the version that its page showed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from reports_service.core.auth import current_actor, requires
from reports_service.core.db import unit_of_work
from reports_service.domain.errors import Refusal
from reports_service.reports import codes, service
from reports_service.reports.views.answering import taken_in
from reports_service.teamwork import drafts, templates
from reports_service.teamwork.templates import TemplateUnknown
from reports_service.web.pages import back_to, sent
from reports_service.web.staff import work_views
from reports_service.web.staff.acts import ACTS, Act
from reports_service.web.staff.acts_trying import Wrong, attempt

# Fields of every form that the act itself does not know.
VERSION, TEMPLATE, DRAFT = "version", "template", "draft"
PHOTOS = "photos"


def add_to(bp: Blueprint) -> None:
    """Serve each act at its own address, behind its own guard."""
    for name, act in ACTS.items():
        view = requires(*act.actions)(_doing(act))
        bp.add_url_rule(f"/work/<code>/{name}", f"do_{name}", view, methods=["POST"])


def _doing(act: Act) -> Any:
    def do(code: str) -> Response | tuple[str, int]:
        given, version = _fields(act)
        if DRAFT in given:
            return _drafted(act, code, given)
        done = attempt(lambda: _done(act, code, given, version))
        if isinstance(done, Wrong):
            return _again(act, code, given, version, done)
        return back_to("staff.work", code=done, done=f"work_{act.name}")

    return do


def _fields(act: Act) -> tuple[dict[str, str], str]:
    """What was sent, by the names that the act knows; and the version that was decided on."""
    begin = f"{act.name}."
    form = sent()
    given = {
        name.removeprefix(begin): value for name, value in form.items() if name.startswith(begin)
    }
    return given, form.get(VERSION, "")


def _done(act: Act, code: str, given: Mapping[str, str], version: str) -> str:
    wanted = {name: value for name, value in given.items() if name != TEMPLATE}
    read = act.schema().load(wanted)
    pictures = taken_in(_pictures(act)) if act.photos else []
    with unit_of_work():
        turn = service.take(code, current_actor(), f'"{version}"')
        act.do(turn, read, pictures)
    _count(given.get(TEMPLATE, ""))
    return codes.grouped(turn.report.code)


def _pictures(act: Act) -> list[FileStorage]:
    """The pictures that were chosen; a field that was left empty sends a file without a name."""
    return [file for file in request.files.getlist(f"{act.name}.{PHOTOS}") if file.filename]


def _count(template: str) -> None:
    """The template that the words began as is one more time of use; it may have ended meanwhile."""
    if not template.isdecimal() or len(template) > 18:
        return
    try:
        with unit_of_work():
            templates.count_use(int(template), current_actor())
    except TemplateUnknown:
        return


def _again(
    act: Act, code: str, given: Mapping[str, str], version: str, wrong: Wrong
) -> tuple[str, int]:
    """The page again, with the words that were typed and why it was not done."""
    report, _ = service.find(code, current_actor())
    if not service.sees_inside(report, current_actor()):
        raise (
            wrong.refusal
            if isinstance(wrong.refusal, Refusal)
            else codes.ReportUnknown(report=code)
        )
    if isinstance(wrong.refusal, service.Stale):
        wrong.refusal.values["seen"] = version
    return work_views.filled(report, act.name, {act.name: given}, wrong), wrong.status


def _drafted(act: Act, code: str, given: Mapping[str, str]) -> Response | tuple[str, int]:
    """Keep the form as it is, for later."""
    fields = {name: value for name, value in given.items() if name != DRAFT}

    def keep() -> str:
        with unit_of_work():
            report, _ = service.find(code, current_actor())
            drafts.keep(current_actor(), report, str(act.actions[0]), fields)
        return codes.grouped(report.code)

    kept = attempt(keep)
    if isinstance(kept, Wrong):
        return _again(act, code, fields, "", kept)
    return back_to("staff.work", code=kept, done="work_draft")
