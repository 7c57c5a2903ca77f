"""/styleguide: every component of the pages in each of its states, for who writes them."""

from __future__ import annotations

from flask import Blueprint

from reports_service.core.auth import public
from reports_service.web.pages import page

# A form's refusal as the components get it (RFC 9457).
PROBLEM = {
    "detail": "",
    "errors": [
        {"field": "place", "code": "field_required", "detail": "Cần chọn xã, phường."},
        {"field": "days", "code": "field_not_integer", "detail": "Số ngày phải là một số nguyên."},
    ],
}


def add_to(bp: Blueprint) -> None:
    """Serve the page."""
    bp.add_url_rule("/styleguide", "styleguide", styleguide)


@public
def styleguide() -> str:
    """All components."""
    return page("styleguide.html", problem=PROBLEM)
