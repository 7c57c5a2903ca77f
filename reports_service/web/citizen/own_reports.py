"""/mine: the reports of this device, what needs an answer on top; forgetting one here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from reports_service.core.auth import Actor, public
from reports_service.core.db import db
from reports_service.core.words import named, say
from reports_service.reports import lookup, presenting, tracking
from reports_service.reports.codes import grouped
from reports_service.reports.models import Report
from reports_service.reports.views.answering import limits
from reports_service.web.citizen import followed, mine, standing
from reports_service.web.citizen.typed_code import code_in
from reports_service.web.moments import Moments
from reports_service.web.pages import back_to, language, page, reading


def add_to(bp: Blueprint) -> None:
    """Serve these pages."""
    bp.add_url_rule("/mine", "mine", mine_page)
    bp.add_url_rule("/mine/forgotten", "forget", forget, methods=["POST"])


@public
def mine_page() -> str:
    """Newest first; what waits for its reporter on top."""
    tokens, follows = dict(mine.remembered()), followed.codes()
    found = _found([*tokens, *follows])
    own = [
        _card(found[code], token)
        for code, token in tokens.items()
        if code in found and tracking.shown(found[code], token)
    ]
    others = [
        _card(found[code])
        for code in follows
        if code in found and code not in tokens and not found[code].restricted
    ]
    own.sort(key=lambda card: card["created_at"], reverse=True)
    lists = [
        {"word": "follow_mine_asks", "reports": [card for card in own if card["asks"]]},
        {"word": "follow_mine_all", "reports": [card for card in own if not card["asks"]]},
        {"word": "follow_mine_followed", "reports": others},
    ]
    return page("citizen/mine.html", lists=lists)


@public
def forget() -> Response:
    """Let this device keep a report no longer; the report itself goes on."""
    code = code_in(request.form.get("code", ""))
    answer = followed.forget(back_to("web.mine", done="report_forgotten"), code)
    mine.forget(answer, code)
    return answer


def _found(codes: Sequence[str]) -> Mapping[str, Report]:
    """These reports by their codes in groups, in a number of statements that does not grow."""
    wanted = select(Report).where(Report.code.in_([code.replace("-", "") for code in codes]))
    wanted = wanted.options(*lookup.shown_in_lists())
    return {grouped(report.code): report for report in db.session.scalars(wanted)}


def _card(report: Report, token: str | None = None) -> dict[str, Any]:
    """A report of this device; with its token as its reporter sees it."""
    actor, moments = Actor(language=language(), tracking=token), reading()
    eye = presenting.onlooker(report, actor, moments.language, limits())
    shown = presenting.summary(report, eye)
    return {
        "code": shown["code"],
        "title": _title(shown, moments),
        "area": named(shown["area"].names, moments.language) if shown["area"] else None,
        "status": standing.status(shown, moments.language, owns=eye.owns),
        "tone": standing.tone(shown),
        "late": standing.is_late(shown, moments.now),
        "asks": _asks(report, moments.language) if eye.owns else None,
        "description": shown["description"],
        "created_at": shown["created_at"],
        "filed": moments.when(shown["created_at"]),
        "photo": next((p["urls"]["small"] for p in shown["photos"] if p["urls"]), None),
    }


def _asks(report: Report, language: str) -> str | None:
    """What its reporter is asked for, in words."""
    asked = standing.ASKED.get(report.status)
    return say(f"follow_asks_{asked}", language) if asked else None


def _title(shown: Mapping[str, Any], moments: Moments) -> str:
    category = shown["category"]
    spoken = moments.language
    return named(category.names, spoken) if category else say("public_unclassified", spoken)
