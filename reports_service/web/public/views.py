"""What everybody may look at: the list of reports, the map, communes, agencies, and feeds."""

from __future__ import annotations

import gzip
from typing import Any

from flask import Response, jsonify, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from reports_service.agencies import service as agencies
from reports_service.areas import boundaries as areas_boundaries
from reports_service.categories import service as categories
from reports_service.core.auth import public
from reports_service.core.words import named, say
from reports_service.reports.views.answering import limits
from reports_service.web.pages import language, page, pages, reading
from reports_service.web.public import asked, feeds, finding, places
from reports_service.web.public.form import form

bp = pages("public", __name__)
AN_HOUR = "public, max-age=3600"
A_MINUTE = "private, max-age=60"
ON_A_PLACE = 8


@bp.get("/reports")
@public
def reports() -> str | tuple[str, int]:
    """The published reports that fit, newest first."""
    found = asked.tried(lambda: finding.listed(reading(), limits()))
    return _with_form("reports.html", found)


@bp.get("/map")
@public
def reports_map() -> str | tuple[str, int]:
    """The same reports on a map."""
    found = asked.tried(lambda: asked.read(asked.Filters))
    return _with_form("map_page.html", found)


def _with_form(template: str, found: Any) -> str | tuple[str, int]:
    """What was found below the form; or the form with what is wrong in it."""
    shared = {
        "form": form(language()),
        "as_map": asked.with_filters(url_for("public.reports_map")),
        "as_list": asked.with_filters(url_for("public.reports")),
        "canonical": feeds.absolute(request.path),
    }
    if isinstance(found, asked.Wrong):
        body = page(f"public/{template}", problem=found.problem, found=None, **shared)
        return body, found.status
    return page(f"public/{template}", problem=None, found=found, **shared)


@bp.get("/map/boundaries.json")
@public
def boundaries() -> AnyResponse:
    """The communes' boundaries as GeoJSON; kept by browsers and asked after by their tag."""
    outlines = areas_boundaries.outlines()
    answer = Response(outlines.geojson, mimetype="application/geo+json")
    if request.accept_encodings["gzip"]:
        answer.set_data(gzip.compress(outlines.geojson, 6, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    answer.set_etag(outlines.etag, weak=True)
    answer.headers["Cache-Control"] = AN_HOUR
    answer.vary.add("Accept-Encoding")
    return answer.make_conditional(request)


@bp.get("/map/clusters.json")
@public
def map_clusters() -> tuple[Response, int]:
    """The marks of a map's view."""
    return _plain(asked.tried(lambda: finding.view(reading())))


@bp.get("/map/reports/<code>.json")
@public
def map_card(code: str) -> tuple[Response, int]:
    """What a mark of one report opens."""
    return _plain(asked.tried(lambda: finding.one(code, reading(), limits())))


def _plain(found: dict[str, Any] | asked.Wrong) -> tuple[Response, int]:
    if isinstance(found, asked.Wrong):
        return jsonify(found.problem), found.status
    answer = jsonify(found)
    answer.headers["Cache-Control"] = A_MINUTE
    return answer, 200


@bp.get("/areas")
@public
def area_index() -> str:
    """Every commune, or those named like what is sought."""
    sought = request.args.get("q", "").strip()[:100]
    groups = places.areas_by_initial(sought, reading())
    return page("public/areas.html", groups=groups, sought=sought, canonical=_here())


@bp.get("/areas/<code>")
@public
def area(code: str) -> str:
    """A commune: what was promised there and kept, and what is reported."""
    shown = places.area_page(places.commune_or_above(code), reading())
    return page("public/area.html", place=shown, canonical=_here(), **_reports_of("area", code))


@bp.get("/agencies")
@public
def agency_index() -> str:
    """Every agency, or those named like what is sought."""
    sought = request.args.get("q", "").strip()[:100]
    groups = places.agencies_by_kind(sought, reading())
    return page("public/agencies.html", groups=groups, sought=sought, canonical=_here())


@bp.get("/agencies/<code>")
@public
def agency(code: str) -> str:
    """An agency: what it does with what it has."""
    shown = places.agency_page(agencies.by_code(code), reading())
    found = _reports_of("agency", code)
    return page("public/agency.html", place=shown, canonical=_here(), **found)


def _reports_of(name: str, code: str) -> dict[str, Any]:
    filters: dict[str, Any] = {name: code}
    return {
        "cards": finding.recent(filters, reading(), limits(), ON_A_PLACE),
        "all": url_for("public.reports", period="year", **filters),
        "on_map": url_for("public.reports_map", period="year", **filters),
        "clusters": url_for("public.map_clusters", period="year", **filters),
        "feed": url_for(f"public.{name}_feed", code=code),
    }


@bp.get("/feeds/reports.xml")
@public
def feed() -> Response:
    """The newest reports."""
    title = say("public_list_title", language())
    return feeds.feed(title, url_for("public.reports"), {}, reading(), limits())


@bp.get("/feeds/categories/<code>.xml")
@public
def category_feed(code: str) -> Response:
    """The newest reports of a category and those below it."""
    return _feed_of("category", code, categories.active(code))


@bp.get("/feeds/areas/<code>.xml")
@public
def area_feed(code: str) -> Response:
    """The newest reports of a commune."""
    return _feed_of("area", code, places.commune_or_above(code))


@bp.get("/feeds/agencies/<code>.xml")
@public
def agency_feed(code: str) -> Response:
    """The newest reports that an agency has."""
    return _feed_of("agency", code, agencies.by_code(code))


def _feed_of(name: str, code: str, thing: Any) -> Response:
    filters: dict[str, Any] = {name: code}
    title = named(thing.names, language())
    return feeds.feed(title, url_for("public.reports", **filters), filters, reading(), limits())


def _here() -> str:
    return feeds.absolute(request.path)
