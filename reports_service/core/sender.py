"""The network that a request comes from, as far as it can be told."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network

from flask import current_app, request


def network() -> str:
    """The address of who sends this request, of IPv6 its network: one line has a whole /64.

    Of the addresses that it was passed on from, as many are believed as we have ``PROXIES``.
    """
    passed = current_app.config["PROXIES"]
    said = request.access_route[-passed:] if passed else [request.remote_addr or ""]
    return _network(said[0] if said else "")


def _network(address: str) -> str:
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv4Address):
        return str(read)
    return str(read.ipv4_mapped or ip_network((read, 64), strict=False))
