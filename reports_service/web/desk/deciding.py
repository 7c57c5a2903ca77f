"""Acts with a page of their own: refuse, refer, hide from the public, join with another report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, request
from werkzeug.wrappers import Response

from reports_service.core.auth import current_actor, requires
from reports_service.core.db import unit_of_work
from reports_service.core.schemas import Schema
from reports_service.core.words import say
from reports_service.domain.errors import Refusal
from reports_service.domain.lifecycle import Action
from reports_service.reports import codes, desk, merging, moderation, presenting, service
from reports_service.reports.nearby import open_near
from reports_service.reports.requests import (
    MergeRequest,
    ModerationRequest,
    ReasonSchema,
    ReferralRequest,
)
from reports_service.reports.service import Turn
from reports_service.reports.views.answering import onlooker
from reports_service.web.desk.seen import Picture, Seen, seen
from reports_service.web.pages import back_to, language, page, sent
from reports_service.web.staff.acts_trying import Wrong, attempt

Given = Mapping[str, Any]
CANDIDATES_WITHIN_M: Final = 500
VERSION: Final = "version"


@dataclass(frozen=True)
class Decision:
    """One act: its place, who may, what its form sends, what it does."""

    name: str
    action: Action
    schema: type[Schema]
    do: Callable[[Turn, Any], object]
    grave: bool = True


def _refer(turn: Turn, given: Given) -> object:
    reason = "\n".join(part for part in (given["reason"], given["note"]) if part)
    return desk.refer(turn, given["to"], reason, restricted=given["restricted"])


def _moderate(turn: Turn, given: Given) -> object:
    wanted = {name: value for name, value in given.items() if name != "note"}
    return moderation.moderate(turn, **wanted)


DECISIONS: Final = (
    # ReasonSchema gives the reason alone.
    Decision("reject", Action.REJECT, ReasonSchema, lambda turn, said: desk.reject(turn, said)),
    Decision("refer", Action.REFER, ReferralRequest, _refer),
    Decision("moderate", Action.MODERATE, ModerationRequest, _moderate, grave=False),
)


def add_to(bp: Blueprint) -> None:
    """Serve a page and a form for each."""
    for one in DECISIONS:
        guard = requires(one.action)
        bp.add_url_rule(f"/{one.name}/<code>", one.name, guard(_shown(one)))
        bp.add_url_rule(
            f"/{one.name}/<code>", f"do_{one.name}", guard(_decided(one)), methods=["POST"]
        )
    bp.add_url_rule("/merge/<code>", "merge", merge)
    bp.add_url_rule("/merge/<code>", "do_merge", merged, methods=["POST"])


def _shown(one: Decision) -> Callable[[str], str]:
    return lambda code: _page(one, code, {}, None)


def _decided(one: Decision) -> Callable[[str], Response | tuple[str, int]]:
    def decided(code: str) -> Response | tuple[str, int]:
        given = sent()
        version = given.pop(VERSION, "")
        done = attempt(lambda: _do(one, code, _typed(one, given), version))
        if isinstance(done, Wrong):
            return _page(one, code, given, done), done.status
        return back_to("staff.work", code=done, done=f"desk_{one.name}")

    return decided


def _typed(one: Decision, given: Mapping[str, str]) -> dict[str, Any]:
    """Check boxes and lists as the schema takes them."""
    typed: dict[str, Any] = dict(given)
    if one.name == "moderate":
        hidden = typed.pop("text", "")
        if hidden:
            typed["hide_text"] = hidden == "hide"
    if "restricted" in typed:
        typed["restricted"] = True
    return typed


def _do(one: Decision, code: str, given: dict[str, Any], version: str) -> str:
    read = one.schema().load(given)
    with unit_of_work():
        turn = service.take(code, current_actor(), f'"{version}"')
        one.do(turn, read)
    return codes.grouped(turn.report.code)


def _page(one: Decision, code: str, given: Mapping[str, str], wrong: Wrong | None) -> str:
    return page(
        "desk/decide.html",
        act=one,
        report=_inside(code),
        given=given,
        problem=wrong.problem if wrong else None,
        picture_options=_options,
    )


def _options(pictures: Sequence[Picture]) -> list[tuple[str, str]]:
    """Pictures by number, to choose one."""
    return [
        (one.id, say("desk_photo", language(), number=number))
        for number, one in enumerate(pictures, start=1)
    ]


def _inside(code: str) -> Seen:
    """The report as staff see it. Raises ``ReportUnknown`` for who sees only the public's view."""
    report, _ = service.find(code, current_actor())
    if not service.sees_inside(report, current_actor()):
        raise codes.ReportUnknown(report=code)
    return seen(presenting.full(report, onlooker(report)), service.etag(report).strip('"'))


@requires(Action.MERGE)
def merge(code: str) -> str:
    """Two reports side by side; ``?into=`` says which is the other one."""
    return _merge_page(code, request.args.get("into", ""), None)


@requires(Action.MERGE)
def merged(code: str) -> Response | tuple[str, int]:
    """It is a duplicate of the other one, and follows its fate."""
    given = sent()
    version = given.pop(VERSION, "")
    one = Decision("merge", Action.MERGE, MergeRequest, _join)
    done = attempt(lambda: _do(one, code, dict(given), version))
    if isinstance(done, Wrong):
        return _merge_page(code, given.get("into", ""), done), done.status
    return back_to("staff.work", code=done, done="desk_merge")


def _join(turn: Turn, given: Given) -> object:
    return merging.merge(turn, given["into"], given["note"])


def _merge_page(code: str, into: str, wrong: Wrong | None) -> str:
    report = _inside(code)
    other: Seen | None = None
    problem = wrong.problem if wrong else None
    if into:
        try:
            other = _inside(into)
        except Refusal:
            found = attempt(lambda: _inside(into))
            problem = problem or (found.problem if isinstance(found, Wrong) else None)
    return page(
        "desk/merge.html",
        report=report,
        other=other,
        into=into,
        problem=problem,
        candidates=_candidates(report) if other is None else [],
    )


def _candidates(report: Seen) -> list[tuple[Seen, int]]:
    """Open reports near here, nearest first, with their distance in metres."""
    if report.point is None:
        return []
    near = open_near(*report.point, None, CANDIDATES_WITHIN_M)
    return [
        (seen(presenting.full(one.report, onlooker(one.report)), ""), round(one.distance_m))
        for one in near
        if codes.grouped(one.report.code) != report.code
    ][:10]
