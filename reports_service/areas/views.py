"""/areas and /geocode for everybody, /admin/areas for administrators."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask.views import MethodView

from reports_service.areas import geocoding, geojson, importing, service
from reports_service.areas.models import Area
from reports_service.areas.schemas import (
    AdminAreaQuery,
    AreaAdminSchema,
    AreaChange,
    AreaEnd,
    AreaImportQuery,
    AreaQuery,
    AreaSchema,
    FeatureCollection,
    GeocodeQuery,
    GeocodeSchema,
    ImportOutcome,
    PointQuery,
)
from reports_service.core.auth import current_actor, current_language, public, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work
from reports_service.core.pages import Key, Page, page
from reports_service.core.schemas import page_of
from reports_service.domain.roles import Permission

blp = Blueprint("areas", __name__, description="Places and addresses")
BY_CODE = (Key(Area.code, lambda area: area.code), Key(Area.id, lambda area: area.id))
UPLOAD = "upload"


@blp.route("/areas")
class Areas(MethodView):
    @public
    @blp.arguments(AreaQuery, location="query")
    @blp.response(200, page_of(AreaSchema))
    def get(self, query: dict[str, Any]) -> Page[Any]:
        """The areas that hold a point, smallest first; without a point the list of all."""
        lat, lon = query.pop("lat"), query.pop("lon")
        if lat is not None:
            return Page(service.areas_at(lat, lon), None)
        listed = service.listing(query.pop("level"), query.pop("parent"))
        return page(listed, BY_CODE, **query)


@blp.route("/geocode")
class Geocode(MethodView):
    @public
    @blp.arguments(GeocodeQuery, location="query")
    @blp.response(200, GeocodeSchema)
    def get(self, query: dict[str, Any]) -> geocoding.Answer:
        """Points for an address or the name of a place."""
        return geocoding.find(_geocoder(), query["q"], current_language())


@blp.route("/geocode/reverse")
class ReverseGeocode(MethodView):
    @public
    @blp.arguments(PointQuery, location="query")
    @blp.response(200, GeocodeSchema)
    def get(self, point: dict[str, Any]) -> geocoding.Answer:
        """The address of a point."""
        return geocoding.reverse(_geocoder(), point["lat"], point["lon"], current_language())


@blp.route("/admin/areas")
class AdminAreas(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(AdminAreaQuery, location="query")
    @blp.response(200, page_of(AreaAdminSchema))
    def get(self, query: dict[str, Any]) -> Page[Area]:
        """All versions, ended ones too."""
        return page(service.versions(query.pop("code")), BY_CODE, **query)

    @requires(Permission.ADMINISTER)
    @blp.arguments(AreaImportQuery, location="query")
    @blp.arguments(FeatureCollection)
    @blp.response(200, ImportOutcome)
    def post(self, query: dict[str, Any], collection: dict[str, Any]) -> importing.Outcome:
        """Import a GeoJSON FeatureCollection; a large one goes by ``bin/reports areas import``."""
        features = geojson.read_collection(collection, UPLOAD)
        with unit_of_work():
            return importing.import_features(current_actor(), features, importing.Wishes(**query))


@blp.route("/admin/areas/<code>")
class AdminArea(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, AreaAdminSchema)
    def get(self, code: str) -> Area:
        """The latest version."""
        return service.by_code(code)

    @requires(Permission.ADMINISTER)
    @blp.arguments(AreaChange)
    @blp.response(200, AreaAdminSchema)
    def patch(self, values: dict[str, Any], code: str) -> Area:
        """Another name or committee."""
        with unit_of_work():
            return service.change(current_actor(), code, values)

    @requires(Permission.ADMINISTER)
    @blp.arguments(AreaEnd, location="query")
    @blp.response(200, AreaAdminSchema)
    def delete(self, query: dict[str, Any], code: str) -> Area:
        """End an area with a date; nothing is deleted."""
        with unit_of_work():
            return service.end(current_actor(), code, query["date"])


def _geocoder() -> geocoding.Server:
    config = current_app.config
    return geocoding.Server(config["GEOCODER_URL"], config["GEOCODER_TIMEOUT_S"])
