"""What pages load: our own styles and modules, and the few libraries that npm installed.

Everything lies under one address that changes with any byte of it, so browsers keep it for good and
modules name each other by relative paths. Libraries come from ``package-lock.json``; none of their
code is part of this repository, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import brotli
from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from reports_service.core.auth import public

OWN: Final = Path(__file__).parents[1] / "static"
INSTALLED: Final = Path(__file__).parents[2] / "node_modules"
# The name that pages use: the file in the package as npm installs it.
LIBRARIES: Final[Mapping[str, str]] = {
    "lib/htmx.js": "htmx.org/dist/htmx.min.js",
    "lib/leaflet.js": "leaflet/dist/leaflet.js",
    "lib/leaflet.css": "leaflet/dist/leaflet.css",
    "lib/images/marker-icon.png": "leaflet/dist/images/marker-icon.png",
    "lib/images/marker-icon-2x.png": "leaflet/dist/images/marker-icon-2x.png",
    "lib/images/marker-shadow.png": "leaflet/dist/images/marker-shadow.png",
    "lib/images/layers.png": "leaflet/dist/images/layers.png",
    "lib/images/layers-2x.png": "leaflet/dist/images/layers-2x.png",
    "lib/uplot.js": "uplot/dist/uPlot.esm.js",
    "lib/uplot.css": "uplot/dist/uPlot.min.css",
    "lib/tus.js": "tus-js-client/dist/tus.min.js",
}
STYLE: Final = "css/page.css"  # all of css/, in the order of their names
FOR_GOOD: Final = "public, max-age=31536000, immutable"
bp = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """A file as it is sent: plain, and compressed where that makes it smaller."""

    kind: str
    plain: bytes
    brotli: bytes | None
    gzip: bytes | None

    @classmethod
    def of(cls, name: str, content: bytes) -> Asset:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if kind.startswith("image/") and kind != "image/svg+xml":
            return cls(kind, content, None, None)
        return cls(kind, content, brotli.compress(content), gzip.compress(content, 9, mtime=0))

    def answer(self) -> Response:
        """In the smallest form that the asker reads."""
        accepted = request.accept_encodings
        for coding, body in (("br", self.brotli), ("gzip", self.gzip)):
            if body is not None and accepted[coding]:
                return Response(body, mimetype=self.kind, headers={"Content-Encoding": coding})
        return Response(self.plain, mimetype=self.kind)


@cache
def assets() -> Mapping[str, bytes]:
    """Every file by the name that pages use. Raises ``FileNotFoundError`` for a library that is
    not installed.
    """
    return dict(sorted((*_own(), *_installed())))


def _own() -> Iterator[tuple[str, bytes]]:
    styles = sorted((OWN / "css").glob("*.css"))
    yield STYLE, b"\n".join(path.read_bytes() for path in styles)
    for path in sorted(OWN.rglob("*")):
        name = path.relative_to(OWN).as_posix()
        if path.is_file() and not name.startswith("css/"):
            yield name, path.read_bytes()


def _installed() -> Iterator[tuple[str, bytes]]:
    for name, file in LIBRARIES.items():
        yield name, (INSTALLED / file).read_bytes()


@cache
def version() -> str:
    """Changes with any byte of any file."""
    digest = hashlib.sha256()
    for name, content in assets().items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def address(name: str) -> str:
    """Where a file is loaded from. Raises ``KeyError`` for one that is not there."""
    assets()[name]
    return f"/static/{version()}/{name}"


@cache
def _asset(name: str) -> Asset:
    return Asset.of(name, assets()[name])


@bp.get("/static/<of>/<path:name>")
@public
def asset(of: str, name: str) -> Response:
    """A file; one of another version is sent as it is now, and not kept."""
    if name not in assets():
        raise NotFound()
    answer = _asset(name).answer()
    answer.headers["Cache-Control"] = FOR_GOOD if of == version() else "no-cache"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.vary.add("Accept-Encoding")
    return answer
