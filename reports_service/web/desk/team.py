"""/team: who of an agency has how much, what waits for its head, who is away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from babel.numbers import format_decimal
from flask import Blueprint
from werkzeug.wrappers import Response

from reports_service.core.auth import current_actor, requires
from reports_service.core.db import unit_of_work
from reports_service.domain.roles import Permission
from reports_service.teamwork import absences, leading, load
from reports_service.teamwork.schemas.leading import AbsenceNew
from reports_service.web.pages import back_to, language, page, reading, sent
from reports_service.web.staff.acts_trying import Wrong, attempt

HANDED_OVER_SINCE: Final = timedelta(days=30)
HOURS_A_DAY: Final = 24


def add_to(bp: Blueprint) -> None:
    """Serve the page and the forms on it."""
    bp.add_url_rule("/team", "team", team)
    bp.add_url_rule("/team/absences", "absence_set", absence_set, methods=["POST"])
    bp.add_url_rule(
        "/team/absences/<int:absence_id>/end", "absence_end", absence_end, methods=["POST"]
    )


@requires(Permission.LEAD_TEAM)
def team() -> str:
    """Load, extensions to decide, hand-overs, absences."""
    return _page({}, None)


@requires(Permission.LEAD_TEAM)
def absence_set() -> Response | tuple[str, int]:
    """Somebody is away; a deputy gets the new work."""
    given = sent()

    def do() -> None:
        read = AbsenceNew().load(given)
        with unit_of_work():
            absences.set_absence(
                current_actor(),
                read["account"] or current_actor().name,
                read["first_day"],
                read["last_day"],
                read["deputy"],
                read["reason"],
            )

    done = attempt(do)
    if isinstance(done, Wrong):
        return _page(given, done), done.status
    return back_to("centre.team", done="desk_absence")


@requires(Permission.LEAD_TEAM)
def absence_end(absence_id: int) -> Response:
    """Back earlier than said."""
    with unit_of_work():
        absences.end(current_actor(), absence_id)
    return back_to("centre.team", done="desk_absence_ended")


def _page(given: dict[str, Any], wrong: Wrong | None) -> str:
    agency_id = leading.led(current_actor())
    loads = load.team(agency_id)
    return page(
        "desk/team.html",
        loads=loads,
        days=_days,
        waiting=[(one.report_code, one) for one in leading.extensions_waiting(agency_id)],
        handed_over=[
            (one.report_code, one)
            for one in leading.handed_over(agency_id, reading().now - HANDED_OVER_SINCE)
        ],
        own=agency_id,
        away=[
            (one, absences.first_day(one), absences.last_day(one))
            for one in absences.of_agency(agency_id)
        ],
        people=[(one.email, one.name) for one in loads if one.email],
        given=given,
        problem=wrong.problem if wrong else None,
    )


def _days(hours: float) -> str:
    """Days as people write them: one place behind the comma, none where it says nothing."""
    return str(format_decimal(hours / HOURS_A_DAY, "#,##0.#", locale=language()))
