"""The network that a request comes from, as far as it can be told."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network

from reports_service.core import whence


def network() -> str:
    """The address of who sends this request, of IPv6 its network: one line has a whole /64."""
    return _network(whence.address())


def _network(address: str) -> str:
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv4Address):
        return str(read)
    return str(read.ipv4_mapped or ip_network((read, 64), strict=False))
