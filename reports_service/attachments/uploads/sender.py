"""Who sends to the uploads of this request, and how much of it is taken."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network

from flask import current_app

from reports_service.attachments.uploads.service import Bounds
from reports_service.core import keys, whence


def sender() -> bytes:
    """Who sends, as far as it can be told: a keyed hash of the address, of IPv6 its network."""
    return keys.keyed_hash(keys.SENDERS, _network(whence.address()).encode())


def bounds() -> Bounds:
    """How large an upload may be here, and how many of one sender may wait."""
    config = current_app.config
    return Bounds(config["PHOTO_MAX_BYTES"], config["UPLOADS_OF_ONE_ADDRESS"])


def _network(address: str) -> str:
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv4Address):
        return str(read)
    return str(ip_network((read, 64), strict=False))
