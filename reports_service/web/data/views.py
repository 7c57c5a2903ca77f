"""/looks and /retention."""

from __future__ import annotations

from typing import Any, Final

from flask import request, url_for

from reports_service.core.auth import requires
from reports_service.core.pages import page as page_of_rows
from reports_service.domain.roles import Permission
from reports_service.personal.views import LAST_LOOK_FIRST, LAST_RUN_FIRST
from reports_service.reports import looking
from reports_service.reports.retention import schedule
from reports_service.web.pages import page, pages

bp = pages("data", __name__)
protects = requires(Permission.PROTECT_DATA)
PARTS: Final = (("data.looks", "data_looks"), ("data.retention", "data_retention"))
SHOWN: Final = 50


@bp.context_processor
def _parts() -> dict[str, Any]:
    return {"data_parts": PARTS}


@bp.get("/looks")
@protects
def looks() -> str:
    """Who looked at whose data, the newest first; of one report or one account."""
    asked = {name: request.args.get(name, "").strip() for name in ("report", "account", "staff")}
    found = page_of_rows(looking.listing(asked), LAST_LOOK_FIRST, request.args.get("cursor"), SHOWN)
    more = None
    if found.next_cursor:
        more = url_for(
            "data.looks",
            report=asked["report"],
            account=asked["account"],
            staff=asked["staff"],
            cursor=found.next_cursor,
        )
    told = [{**looking.as_told(one), "word": f"data_what_{one.object_kind}"} for one in found.items]
    return page("data/looks.html", looks=told, asked=asked, more=more)


@bp.get("/retention")
@protects
def retention() -> str:
    """Of how many reports the time is over, and what each run deleted."""
    runs = page_of_rows(schedule.listing(), LAST_RUN_FIRST, request.args.get("cursor"), SHOWN)
    more = url_for("data.retention", cursor=runs.next_cursor) if runs.next_cursor else None
    return page("data/retention.html", due=schedule.due_now(), runs=runs.items, more=more)
