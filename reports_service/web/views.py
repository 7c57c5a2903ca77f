"""The pages that everybody opens first, and what a browser asks for beside them."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from reports_service.core.auth import public
from reports_service.core.words import say
from reports_service.domain.errors import NotFound
from reports_service.web import accounts, assets, lost_password, oidc, own_account, styleguide
from reports_service.web.admin import views as admin_pages
from reports_service.web.citizen import filing, following, mine, own_reports, private_link, pushing
from reports_service.web.citizen.waiting import init_waiting
from reports_service.web.data import views as data_pages
from reports_service.web.desk import views as desk_pages
from reports_service.web.leader import views as leader_pages
from reports_service.web.pages import language, page, pages, refused
from reports_service.web.public import views as public_pages
from reports_service.web.staff import views as staff_pages
from reports_service.web.wrong import init_wrong

bp = pages("web", __name__)
accounts.add_to(bp)
lost_password.add_to(bp)
oidc.add_to(bp)
own_account.add_to(bp)
following.add_to(bp)
own_reports.add_to(bp)
private_link.add_to(bp)
pushing.add_to(bp)
styleguide.add_to(bp)


def init_web(app: Flask) -> None:
    """Serve the pages for people, and what they load."""
    app.jinja_env.filters["field_id"] = _field_id
    app.register_blueprint(assets.bp)
    app.register_blueprint(bp)
    app.register_blueprint(admin_pages.bp)
    app.register_blueprint(filing.bp)
    init_waiting(app)
    app.register_blueprint(data_pages.bp)
    app.register_blueprint(desk_pages.bp)
    app.register_blueprint(leader_pages.bp)
    app.register_blueprint(public_pages.bp)
    app.register_blueprint(staff_pages.bp)
    init_wrong(app)


def _field_id(name: str) -> str:
    """The id of a field's element, as the summary of what was wrong links to it."""
    return f"field-{name.replace('.', '-')}"


@bp.get("/")
@public
def home() -> str:
    """Where everything begins: report something, or see what became of it."""
    return page("home.html", mine=len(mine.remembered()))


@bp.errorhandler(NotFound)
def unknown(refusal: NotFound) -> tuple[str, int] | AnyResponse:
    """A report that is not there: in words, with what to do."""
    if refusal.code != "report_unknown":
        return refused(refusal)
    typed = (request.view_args or {}).get("code", "").strip("–")
    words = say(refusal.code, language(), **refusal.values)
    return page("unknown.html", words=words, typed=typed), 404


@bp.get("/favicon.ico")
@public
def favicon() -> Response:
    """What a browser asks for by itself where an answer is no page of ours."""
    return assets.asset(assets.version(), "icons/1022.svg")


@bp.get("/manifest.<any(vi, en):lang>.json")
@public
def manifest(lang: str) -> Response:
    """What makes the page an app that can be installed (W3C Web App Manifest)."""
    answer = jsonify(_manifest(lang))
    answer.mimetype = "application/manifest+json"
    return answer


def _manifest(lang: str) -> dict[str, Any]:
    icon = {"src": assets.address("icons/1022.svg"), "sizes": "any", "type": "image/svg+xml"}
    return {
        "id": "/",
        "name": say("web_app_name", lang),
        "short_name": "1022",
        "description": say("web_app_about", lang),
        "lang": lang,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b4f82",
        "icons": [
            {**icon, "purpose": "any"},
            {**icon, "purpose": "maskable"},
        ],
    }
