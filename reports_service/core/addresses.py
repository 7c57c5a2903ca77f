"""From which network address a request comes, as far as it can be told."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from reports_service.core import whence


def address_of_request() -> str:
    """The address, of IPv6 its network of one household (/64). Empty where there is none."""
    return _shortened(whence.address(), 32, 64)


def prefix_of(address: str) -> str:
    """What is kept of an address for its owner to recognise: 203.0.113.0/24, 2001:db8:7::/48."""
    return _shortened(address.partition("/")[0], 24, 48)


def _shortened(address: str, bits_of_4: int, bits_of_6: int) -> str:
    read = _read(address)
    if read is None:
        return address[:40]
    bits = bits_of_4 if isinstance(read, IPv4Address) else bits_of_6
    whole = bits == read.max_prefixlen
    return str(read) if whole else str(ip_network((read, bits), strict=False))


def _read(address: str) -> IPv4Address | IPv6Address | None:
    try:
        read = ip_address(address)
    except ValueError:
        return None
    mapped = read.ipv4_mapped if isinstance(read, IPv6Address) else None
    return mapped or read
