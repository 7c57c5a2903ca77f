"""Who sends to the uploads of this request, and how much of it is taken."""

from __future__ import annotations

from flask import current_app

from reports_service.attachments.uploads.service import Bounds
from reports_service.core import keys
from reports_service.core.addresses import address_of_request


def sender() -> bytes:
    """Who sends, as far as it can be told: a keyed hash of the address, of IPv6 its network."""
    return keys.keyed_hash(keys.SENDERS, address_of_request().encode())


def bounds() -> Bounds:
    """How large an upload may be here, and how many of one sender may wait."""
    config = current_app.config
    return Bounds(config["PHOTO_MAX_BYTES"], config["UPLOADS_OF_ONE_ADDRESS"])
