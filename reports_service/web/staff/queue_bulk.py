"""One act on the reports that were chosen in the queue, with one answer for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, request

from reports_service.agencies import service as agencies
from reports_service.core.auth import current_actor, requires
from reports_service.core.http_errors import refusal_body
from reports_service.core.words import say
from reports_service.domain.lifecycle import Action
from reports_service.reports import bulk, codes
from reports_service.reports.requests import BulkRequest
from reports_service.web.pages import language, page, sent
from reports_service.web.staff.acts_trying import Wrong, attempt

CHOSEN: Final = "chosen"  # of each report: its version, whose first part is the code
TO_COLLEAGUE: Final = "officer"  # which the interface calls assigning, to the own agency


def add_to(bp: Blueprint) -> None:
    """Serve it."""
    bp.add_url_rule("/queue/bulk", "bulk", carry_out, methods=["POST"])


@requires(Action.ACKNOWLEDGE)
def carry_out() -> str | tuple[str, int]:
    """What became of each of them, in the order of the queue."""
    found = attempt(_done)
    if isinstance(found, Wrong):
        return page(
            "staff/queue_bulk.html", problem=found.problem, answers=[], done=0
        ), found.status
    done = sum(1 for one in found if one["problem"] is None)
    return page("staff/queue_bulk.html", problem=None, answers=found, done=done)


def _done() -> list[dict[str, Any]]:
    order = BulkRequest().load(_asked())
    report_codes, etags = order.pop("codes"), order.pop("etags")
    done = bulk.carry_out(bulk.Order(**order), report_codes, etags, current_actor())
    return [_answer(one) for one in done]


def _asked() -> dict[str, Any]:
    """The form as the interface's request: versions by code, and of two choices the one meant."""
    given = {name: value for name, value in sent().items() if name != CHOSEN}
    versions = {one.partition("-")[0]: f'"{one}"' for one in request.form.getlist(CHOSEN)}
    return {**_only(given), "codes": list(versions), "etags": versions}


def _only(given: dict[str, str]) -> dict[str, str]:
    action = given.get("action", "")
    wanted = {"note": "note", **_OWN.get(action, {})}
    asked = {name: given[field] for name, field in wanted.items() if field in given}
    if action != TO_COLLEAGUE:
        return {**asked, "action": action}
    holder = agencies.known(current_actor().agency_id or agencies.centre().id)
    return {**asked, "action": "assign", "agency": holder.code}


# What an act needs besides words: name in the interface -> field of the form.
_OWN: Final[Mapping[str, Mapping[str, str]]] = {
    "assign": {"agency": "to_agency"},
    TO_COLLEAGUE: {"officer": "to_officer"},
    "resolve": {"kind": "kind"},
}


def _answer(one: bulk.Done) -> dict[str, Any]:
    code = codes.grouped(one.code) if one.code.isdigit() and len(one.code) == 10 else one.code
    return {
        "code": code,
        "status": say(f"status_{one.status}", language()) if one.status else None,
        "problem": refusal_body(one.refusal) if one.refusal else None,
    }
