"""/admin/audit: who did what, when and from where; found by filters, taken as a file."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Blueprint, Response, request, url_for

from reports_service.core.auth import requires
from reports_service.domain.errors import Refusal
from reports_service.domain.roles import Permission
from reports_service.logbook import finding, nightly, wording
from reports_service.logbook.downloads import ENDINGS, as_file
from reports_service.logbook.finding import Sought
from reports_service.logbook.schemas import AuditFilter, sought_in
from reports_service.web.forms import problem_of
from reports_service.web.pages import language, page, reading

ON_A_PAGE = 50
FIELDS = ("actor", "act", "object_kind", "object_key", "from", "to", "q")


def add_to(bp: Blueprint) -> None:
    """Serve the page, and the log as a file."""
    bp.add_url_rule("/admin/audit", "audit", audit)
    for ending in ENDINGS:
        bp.add_url_rule(f"/admin/audit.{ending}", f"audit_{ending}", _file(ending))


@requires(Permission.ADMINISTER)
def audit() -> str | tuple[str, int]:
    """Who did what, the newest first; where a filter cannot be read, it says so."""
    given = _given()
    try:
        found = finding.lines(_sought(given), request.args.get("cursor"), ON_A_PAGE)
    except (Refusal, ma.ValidationError) as wrong:
        problem, status = problem_of(wrong)
        return _page(given, [], None, problem), status
    return _page(given, found.items, found.next_cursor, None)


def said() -> dict[str, Any]:
    """How the lines of the log are said."""
    spoken, zone = language(), reading().zone
    return {
        "act_said": lambda entry: wording.act_said(entry.act, entry.object_kind, spoken),
        "kind_said": lambda entry: wording.kind_said(entry.object_kind, spoken),
        "told": lambda line: wording.told_of(line, spoken, zone),
    }


def _file(ending: str) -> Any:
    @requires(Permission.ADMINISTER)
    def view() -> Response:
        return as_file(ending, _sought(_given()))

    return view


def _given() -> dict[str, str]:
    """The filters that are set."""
    said = {name: request.args.get(name, "").strip() for name in FIELDS}
    return {name: value for name, value in said.items() if value}


def _sought(given: dict[str, Any]) -> Sought:
    return sought_in(AuditFilter().load(given))


def _page(given: dict[str, Any], lines: Any, cursor: str | None, problem: Any) -> str:
    return page(
        "admin/audit.html",
        lines=lines,
        given=given,
        problem=problem,
        more=url_for("admin.audit", **given, cursor=cursor) if cursor else None,
        files=[(ending, url_for(f"admin.audit_{ending}", **given)) for ending in ENDINGS],
        check=nightly.last_check(),
        acts=_with(wording.acts(language()), given.get("act")),
        kinds=_with(wording.kinds(language()), given.get("object_kind")),
        **said(),
    )


def _with(known: list[tuple[str, str]], asked: str | None) -> list[tuple[str, str]]:
    """The choices, and what was asked for in an address where it is none of them."""
    more = [] if asked is None or asked in dict(known) else [(asked, asked)]
    return [*known, *more]
