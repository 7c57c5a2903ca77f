"""From where somebody acts: the address of the request, its id, the device that sent it."""

from __future__ import annotations

import getpass
import socket
from dataclasses import dataclass

from flask import current_app, g, has_request_context, request

DEVICE_LONGEST = 200


@dataclass(frozen=True)
class Whence:
    """``address`` and ``request_id``: None outside a request. ``device``: what the browser or
    program says that it is; outside a request the machine and its user.
    """

    address: str | None
    request_id: str | None
    device: str


def whence() -> Whence:
    """From where the act of this moment comes."""
    if not has_request_context():
        return Whence(None, None, f"{_user()}@{socket.gethostname()}"[:DEVICE_LONGEST])
    device = request.headers.get("User-Agent", "").replace("\x00", "")[:DEVICE_LONGEST]
    return Whence(address()[:45], g.get("request_id"), device)


def address() -> str:
    """The address that a request comes from, as far as our own proxies tell it; "" if unknown."""
    passed = current_app.config["PROXIES"]
    said = request.access_route[-passed:] if passed else [request.remote_addr or ""]
    return said[0] if said else ""


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user often has a number and no name
        return "?"
