"""The public pages' blueprint, and the boundaries that every map draws."""

from __future__ import annotations

import gzip

from flask import Response, request

from reports_service.areas import boundaries as areas_boundaries
from reports_service.core.auth import public
from reports_service.web.pages import pages

bp = pages("public", __name__)
AN_HOUR = "public, max-age=3600"


@bp.get("/map/boundaries.json")
@public
def boundaries() -> Response:
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
