"""/triage: what no rule placed, or what came back; one after the other."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, request
from werkzeug.wrappers import Response

from reports_service.agencies import service as agencies
from reports_service.categories import service as categories
from reports_service.core.auth import current_actor, requires
from reports_service.core.db import unit_of_work
from reports_service.domain.lifecycle import Action
from reports_service.reports import (
    agency_work,
    classification,
    codes,
    presenting,
    queueing,
    service,
)
from reports_service.reports.classification import Classification
from reports_service.reports.models import Report
from reports_service.reports.requests import AssignmentRequest, ClassificationRequest
from reports_service.reports.views.answering import onlooker
from reports_service.routing import service as routing
from reports_service.web.admin import choices
from reports_service.web.desk.seen import Seen, seen
from reports_service.web.pages import back_to, language, page, sent
from reports_service.web.staff.acts_trying import Wrong, attempt

SHOWN: Final = 20  # of what waits; the first one is open
SUGGESTED: Final = 3


def add_to(bp: Blueprint) -> None:
    """Serve the page, and its two ways to decide."""
    bp.add_url_rule("/triage", "triage", triage)
    bp.add_url_rule("/triage/<code>/kind", "triage_kind", classified, methods=["POST"])
    bp.add_url_rule("/triage/<code>/agency", "triage_agency", assigned, methods=["POST"])


@requires(Action.ASSIGN)
def triage() -> str:
    """The first that waits, open; the others below it."""
    return _page(request.args.get("code"), None)


@requires(Action.ASSIGN)
def classified(code: str) -> Response | tuple[str, int]:
    """It is of this kind: the rules say who answers."""
    given = sent()
    version = given.pop("version", "")

    def do() -> None:
        read = ClassificationRequest().load(given)
        change = Classification(category=read.get("category"), priority=read.get("priority"))
        with unit_of_work():
            turn = service.take(code, current_actor(), f'"{version}"')
            classification.classify(turn, change, read["note"])

    return _next(code, attempt(do))


@requires(Action.ASSIGN)
def assigned(code: str) -> Response | tuple[str, int]:
    """This agency answers, whatever the rules say; with the reason that it reads."""
    given = sent()
    version = given.pop("version", "")

    def do() -> None:
        read = AssignmentRequest().load(given)
        with unit_of_work():
            turn = service.take(code, current_actor(), f'"{version}"')
            agency_work.assign(turn, read["agency"], read["reason"] or read["note"])

    return _next(code, attempt(do))


def _next(code: str, done: Wrong | None) -> Response | tuple[str, int]:
    if isinstance(done, Wrong):
        return _page(code, done), done.status
    return back_to("centre.triage", done="desk_triaged")


def _page(code: str | None, wrong: Wrong | None) -> str:
    filters = {"agency": agencies.centre().code}
    waiting = queueing.page(filters, current_actor(), None, SHOWN).items
    number = queueing.counts(filters, current_actor())[None]
    cards = [_seen(report) for report in waiting]
    wanted = codes.grouped(code) if code and code.isdecimal() else code
    first = next((card for card in cards if card.code == wanted), cards[0] if cards else None)
    return page(
        "desk/triage.html",
        first=first,
        others=[card for card in cards if card is not first],
        number=number,
        suggestions=_suggestions(first) if first else [],
        categories=choices.all_categories(language()) if first else [],
        agencies=choices.all_agencies(language()) if first else [],
        problem=wrong.problem if wrong else None,
        given=sent() if wrong else {},
    )


def _seen(report: Report) -> Seen:
    return seen(presenting.full(report, onlooker(report)), service.etag(report).strip('"'))


def _suggestions(card: Seen) -> list[dict[str, Any]]:
    """Kinds that the words may mean, each with the agency that the rules would then name."""
    found = categories.suggest(card.text or "", language(), SUGGESTED)
    return [
        {"category": one.category, "agency": _goes_to(one.category.code, card)} for one in found
    ]


def _goes_to(category: str, card: Seen) -> Any:
    trial = attempt(
        lambda: routing.try_out(
            category=category, area=None, location=card.point, text=card.text or "", answers={}
        )
    )
    return None if isinstance(trial, Wrong) else trial.agency
