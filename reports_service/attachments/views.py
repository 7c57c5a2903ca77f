"""GET /photos/{id}/{size}: the pictures themselves."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from flask import Response, current_app, send_file

from reports_service.attachments.schemas import SealQuery
from reports_service.attachments.serving import Seal, Served, serve
from reports_service.core import clock
from reports_service.core.auth import public
from reports_service.core.blueprints import Blueprint
from reports_service.core.content_policy import NOTHING_MORE
from reports_service.core.keys import PICTURES, key

blp = Blueprint("photos", __name__, description="Pictures of reports, as people are shown them")

# A day, not for ever: a picture that is hidden later leaves the caches of others by then.
PUBLIC_SECONDS = 24 * 60 * 60
PRIVATE_SECONDS = 60 * 60
SHOWN_ALONE: Final = f"{NOTHING_MORE}; sandbox"  # of a picture that is opened by itself


@blp.route("/photos/<uuid:photo_id>/<any(large, small, original):size>")
@blp.arguments(SealQuery, location="query")
@blp.response(200, {"type": "string", "format": "binary"}, content_type="image/jpeg")
@public
def photo(query: dict[str, Seal | None], photo_id: UUID, size: str) -> Any:
    """One picture: large (1600 px), small (320 px), or the original for a signed address."""
    served = serve(str(photo_id), size, query["seal"], key(PICTURES), clock.now())
    return _guarded(_sent(served), served)


def _sent(served: Served) -> Response:
    """As a download: pages show it all the same, and opened by itself it is a file, no page."""
    return send_file(
        current_app.extensions["storage"].open(served.key),
        mimetype=served.media_type,
        as_attachment=True,
        download_name=served.key.rpartition("/")[2],
        conditional=True,
        etag=served.etag,
    )


def _seconds(served: Served) -> int:
    return PUBLIC_SECONDS if served.is_public else PRIVATE_SECONDS


def _guarded(answer: Response, served: Served) -> Response:
    """What came from outside is shown as a picture and as nothing else."""
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = SHOWN_ALONE
    whose = "public" if served.is_public else "private"
    answer.headers["Cache-Control"] = f"{whose}, max-age={_seconds(served)}, immutable"
    return answer
