"""Where this application's uploads lie."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

from reports_service.attachments.uploads.parts import Parts
from reports_service.attachments.uploads.service import Places


def places() -> Places:
    """Parts in a folder of this machine, whole ones with the photos."""
    folder = Path(current_app.config["DATA_DIR"]) / "uploads"
    return Places(Parts(folder), current_app.extensions["storage"])
