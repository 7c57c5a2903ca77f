"""/uploads: photos that arrive piece by piece, by tus 1.0 (https://tus.io).

A photo can so be sent over a network that comes and goes, and named in ``uploads`` when its report
is filed. Nobody can read an upload. Of ``Upload-Metadata`` nothing is kept: how a file was called
on somebody's telephone is not ours to know.
"""

from __future__ import annotations

from uuid import UUID

from flask import Response, current_app, request, url_for
from flask.views import MethodView

from reports_service.attachments.uploads import headers, service
from reports_service.attachments.uploads.places import places
from reports_service.attachments.uploads.refusals import TusHeader
from reports_service.attachments.uploads.sender import bounds, sender
from reports_service.attachments.uploads.service import Standing
from reports_service.core.auth import public
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work

blp = Blueprint("uploads", __name__, description="Photos, sent piece by piece (tus 1.0)")

_STEP = {
    "name": "Tus-Resumable",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "enum": ["1.0.0"]},
}
_LENGTH = {
    "name": "Upload-Length",
    "in": "header",
    "required": True,
    "schema": {"type": "integer", "minimum": 1, "maximum": 999_999_999_999_999},
    "description": "The bytes of the whole photo",
}
_OFFSET = {
    "name": "Upload-Offset",
    "in": "header",
    "required": True,
    "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999_999_999},
    "description": "Where the piece begins",
}
_CHECKSUM = {
    "name": "Upload-Checksum",
    "in": "header",
    "schema": {
        "type": "string",
        "pattern": "^(sha1 [A-Za-z0-9+/]{27}=|sha256 [A-Za-z0-9+/]{43}=)$",
    },
    "description": "sha1 or sha256, a blank, and the digest of the piece in base64",
}
_METHOD = {
    "name": "X-HTTP-Method-Override",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "enum": ["PATCH", "DELETE"]},
    "description": "With PATCH, all else is as there",
}
_PIECE = {"content": {headers.PIECE: {"schema": {"type": "string", "format": "binary"}}}}


@blp.before_request
def _speak_tus() -> None:
    if request.method != "OPTIONS":
        headers.require_version(request)


@blp.after_request
def _spoken(answer: Response) -> Response:
    answer.headers["Tus-Resumable"] = headers.VERSION
    if answer.status_code == 412:
        answer.headers["Tus-Version"] = headers.VERSION
    return answer


@blp.route("/uploads")
class Uploads(MethodView):
    @public
    @blp.response(204)
    def options(self) -> Response:
        """What this service can do, and how many bytes it takes (no other header is needed)."""
        answer = _answer(204)
        answer.headers.update(headers.of_service(current_app.config["PHOTO_MAX_BYTES"]))
        return answer

    @public
    @blp.doc(parameters=[_STEP, _LENGTH, _CHECKSUM], requestBody=_PIECE)
    @blp.response(201)
    def post(self) -> Response:
        """Begin an upload, with or without its first bytes; ``Location`` is where it goes on."""
        size, checksum = headers.announced_size(request), headers.checksum(request)
        with unit_of_work():
            upload = service.begin(size, sender(), bounds())
        if headers.has_piece(request):
            pieces = headers.pieces(request)
            upload = service.go_on(upload.uuid, 0, pieces, checksum, places())
        where = url_for("uploads.Upload", upload_id=UUID(upload.uuid))
        return _answer(201, upload, Location=where)


@blp.route("/uploads/<uuid:upload_id>")
class Upload(MethodView):
    @public
    @blp.doc(parameters=[_STEP])
    @blp.response(200)
    def head(self, upload_id: UUID) -> Response:
        """How many bytes have arrived."""
        return _answer(200, service.standing(str(upload_id)))

    @public
    @blp.doc(parameters=[_STEP, _OFFSET, _CHECKSUM], requestBody=_PIECE)
    @blp.response(204)
    def patch(self, upload_id: UUID) -> Response:
        """Send the next bytes."""
        offset, checksum = headers.number(request, "Upload-Offset"), headers.checksum(request)
        pieces = headers.pieces(request)
        return _answer(204, service.go_on(str(upload_id), offset, pieces, checksum, places()))

    @public
    @blp.doc(parameters=[_STEP])
    @blp.response(204)
    def delete(self, upload_id: UUID) -> Response:
        """Take an upload back."""
        service.take_back(str(upload_id), places())
        return _answer(204)

    @public
    @blp.doc(parameters=[_STEP, _METHOD])
    @blp.response(204)
    def post(self, upload_id: UUID) -> Response:
        """PATCH or DELETE, as ``X-HTTP-Method-Override`` says, where a network lets through
        nothing else.
        """
        match request.headers.get("X-HTTP-Method-Override", "").upper():
            case "PATCH":
                return self.patch(upload_id)
            case "DELETE":
                return self.delete(upload_id)
            case _:
                raise TusHeader(field="X-HTTP-Method-Override")


def _answer(status: int, upload: Standing | None = None, **named: str) -> Response:
    answer = Response(status=status)
    answer.headers.update(headers.of(upload) if upload else {})
    answer.headers.update(named)
    return answer
