"""The tables of figures as files, for who is signed in on a page by a cookie."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint
from werkzeug.wrappers import Response

from reports_service.core.auth import requires
from reports_service.domain.roles import Permission
from reports_service.statistics.interface.downloads import OFFERS, Offer, as_csv, as_xlsx
from reports_service.statistics.interface.guards import of_all_agencies
from reports_service.statistics.quality import sheets
from reports_service.web.leader import asked

ENDINGS = {"csv": as_csv, "xlsx": as_xlsx}
NAMES = {
    "agencies/<code>": "agency",
    "five-groups": "five_groups",
}  # others are named as their addresses are


def add_to(bp: Blueprint) -> None:
    """Serve every table that is not public by itself, as CSV and as XLSX."""
    for one in (*OFFERS, *sheets.OFFERS):
        if one.need is None:
            continue
        for ending, send in ENDINGS.items():
            name = f"{NAMES.get(one.rule, one.rule)}_{ending}"
            bp.add_url_rule(f"/figures/{one.rule}.{ending}", name, _view(one, send))


def _view(one: Offer, send: Callable[..., Response]) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        return send(one.table(asked.read(one.query), **path))

    if one.need is Permission.SEE_FIGURES:
        return of_all_agencies(view)
    return requires(Permission.SEE_FIGURES_OF_OWN_AGENCY)(view)
