"""/figures: for leaders, operators and administrators of all agencies, for others of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, redirect, url_for
from werkzeug.exceptions import UnprocessableEntity
from werkzeug.wrappers import Response as AnyResponse

from reports_service.core.auth import current_actor, requires
from reports_service.core.http_errors import answer_http, refusal_body, status_of
from reports_service.domain.errors import Invalid, NotFound, Refusal
from reports_service.domain.roles import Permission
from reports_service.statistics.closing.months import Month
from reports_service.statistics.interface.asking import zone
from reports_service.statistics.interface.guards import of_all_agencies
from reports_service.statistics.monthly import service as monthly
from reports_service.statistics.service import FiguresNotYours, figures_at_hand
from reports_service.web.leader import agency, asked, behind, downloads, form, whole
from reports_service.web.leader import definitions as defined
from reports_service.web.leader import failing as fails
from reports_service.web.leader import five_groups as groups
from reports_service.web.leader import month as one_month
from reports_service.web.leader import months as closed
from reports_service.web.leader import quality as records
from reports_service.web.pages import language, page, pages, refused

Answer = str | tuple[str, int] | AnyResponse
bp = pages("leader", __name__)
downloads.add_to(bp)


@bp.get("/figures")
@requires(Permission.SEE_FIGURES_OF_OWN_AGENCY)
def figures() -> Answer:
    """All agencies in one minute; who sees one agency's figures only is led to them."""
    own = figures_at_hand(current_actor(), None)
    if own is not None:
        return redirect(url_for("leader.agency", code=own.code, **asked.filters(kind="")), 303)
    return _narrowed("figures.html", lambda: whole.whole(language()))


@bp.get("/figures/agencies")
@of_all_agencies
def agencies() -> Answer:
    """Every agency, each kind by rank."""
    return _narrowed("agencies.html", lambda: whole.table(language()))


@bp.get("/figures/agencies/<code>", endpoint="agency")
@requires(Permission.SEE_FIGURES_OF_OWN_AGENCY)
def one(code: str) -> Answer:
    """One agency's figures."""
    return _narrowed("agency.html", lambda: agency.one_agency(code, language()), asked.OF_AGENCY)


@bp.get("/figures/quality")
@requires(Permission.SEE_FIGURES_OF_OWN_AGENCY)
def quality() -> Answer:
    """How good the records are; who sees one agency's figures only sees its own."""
    of_all = current_actor().may(Permission.SEE_FIGURES)
    names = (asked.AGENCY,) if of_all else ()
    return _narrowed("quality.html", lambda: records.quality(language()), names)


@bp.get("/figures/quality/reports")
@requires(Permission.SEE_FIGURES_OF_OWN_AGENCY)
def failing() -> Answer:
    """The reports whose records fail a check."""
    return _narrowed("reports.html", lambda: fails.failing(language()), ())


@bp.get("/figures/five-groups")
@of_all_agencies
def five_groups() -> Answer:
    """The five groups of Decision 766."""
    return _narrowed("five_groups.html", lambda: groups.five_groups(language()))


@bp.get("/figures/reports")
@requires(Permission.SEE_FIGURES_OF_OWN_AGENCY)
def reports() -> Answer:
    """The reports behind a number."""
    return _narrowed("reports.html", lambda: behind.behind(language()))


@bp.get("/figures/definitions")
@requires(Permission.SEE_FIGURES_OF_OWN_AGENCY)
def definitions() -> Answer:
    """What each figure means."""
    return page("leader/definitions.html", found=defined.definitions(language()))


@bp.get("/figures/months")
@requires(Permission.SEE_FIGURES)
def months() -> Answer:
    """The closed months."""
    return page("leader/months.html", found=closed.months())


@bp.get("/figures/months/<month>", endpoint="month")
@requires(Permission.SEE_FIGURES)
def closed_month(month: str) -> str:
    """One closed month, and what was corrected since."""
    return page("leader/month.html", found=one_month.month(month, language()))


@bp.get("/figures/months/<month>.pdf")
@requires(Permission.SEE_FIGURES)
def month_pdf(month: str) -> Response:
    """A month on paper: its frozen figures, or those of now, which are marked as not closed."""
    asked_for = Month.parse(month)
    report = monthly.report(asked_for, zone(), language())
    answer = Response(report.pdf(), mimetype="application/pdf")
    name = monthly.file_name(asked_for, language())
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@bp.errorhandler(FiguresNotYours)
def not_yours(_: FiguresNotYours) -> AnyResponse | tuple[str, int]:
    """The refusal, which says at which page one's own figures stand."""
    return refused(FiguresNotYours(address=url_for("leader.figures")))


def _narrowed(
    template: str, found: Callable[[], dict[str, Any]], names: Sequence[str] = asked.FILTERS
) -> str | tuple[str, int]:
    """The page; where its filters cannot be meant so, their form again with what is wrong."""
    try:
        values = found()
    except UnprocessableEntity as wrong:
        return _refilled(template, answer_http(wrong).json, 422, names)
    except (Invalid, NotFound) as refusal:
        if refusal.values.get("field") not in {*asked.given(), *asked.PERIOD}:
            raise
        return _refilled(template, refusal_body(refusal), _status(refusal), names)
    filters = form.form(values["scope"].period, language(), names)
    return page(f"leader/{template}", found=values, filters=filters, problem=None)


def _refilled(template: str, problem: Any, status: int, names: Sequence[str]) -> tuple[str, int]:
    filters = form.form(None, language(), names)
    return page(f"leader/{template}", found=None, filters=filters, problem=problem), status


def _status(refusal: Refusal) -> int:
    return int(status_of(type(refusal)))
