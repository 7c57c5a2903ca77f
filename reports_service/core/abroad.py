"""Where an address that somebody gave may lead: to https servers of the internet, never into our
own network.

Whoever calls gives such addresses (of push services, today), so each is looked at twice: by its
words when it is given, and by the numbers that its name means each time something is sent. Only to
one of these numbers is a connection made: a name can mean another in the next moment.
"""

from __future__ import annotations

import ipaddress
import socket
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError

HTTPS: Final = "https"
LONGEST: Final = 1000
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_NAMES_AT_HOME: Final = (".local", ".localhost", ".internal", ".lan", ".home.arpa")


def is_abroad(endpoint: str) -> bool:
    """Whether an address can be one of the internet: https, its usual port, no number or name of
    a private network.
    """
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    if parts.scheme != HTTPS or port not in (None, 443) or parts.username or len(host) > 253:
        return False
    if _is_number(host):
        return is_global(host.strip("[]"))
    return "." in host and not host.endswith(_NAMES_AT_HOME) and endpoint.isascii()


def is_global(number: str) -> bool:
    """Whether an IP address belongs to the internet, also one of IPv4 written as IPv6.

    What no standard writes so (127.1, 0x7f000001) belongs nowhere, though some resolvers take it.
    """
    try:
        address = ipaddress.ip_address(number.partition("%")[0])
    except ValueError:
        return False
    meant = _within(address) if isinstance(address, IPv6Address) else address
    return meant.is_global and not meant.is_multicast


def _within(address: IPv6Address) -> IPv4Address | IPv6Address:
    """The address of IPv4 that one of IPv6 stands for: mapped, 6to4, or by NAT64 (RFC 6052)."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_number(host: str) -> bool:
    """Whether a host is no name: the last part of a name is never a number."""
    last = host.rpartition(".")[2]
    return ":" in host or last[:1].isdigit() or last.lower().startswith("0x")


class _Abroad(HTTPSConnection):
    """Connects to numbers that were looked at, and to no server of a private network."""

    def _new_conn(self) -> socket.socket:
        named = self._dns_host
        self._dns_host = self._number(named)
        try:
            return super()._new_conn()
        finally:
            self._dns_host = named  # whose certificate the server has to show

    def _number(self, named: str) -> str:
        """The first address of a name, if all are of the internet: a mixture is a trap."""
        try:
            found = socket.getaddrinfo(named, self.port, type=socket.SOCK_STREAM)
        except OSError as unknown:
            raise NameResolutionError(named, self, unknown) from unknown  # type: ignore[arg-type]
        numbers = [str(one[4][0]) for one in found]
        if not all(is_global(number) for number in numbers):
            raise NewConnectionError(self, "the address leads into a private network")
        return numbers[0]


class _AbroadPool(HTTPSConnectionPool):
    ConnectionCls = _Abroad


class _AbroadAdapter(HTTPAdapter):
    """For ``requests``: https alone, and only to the internet."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As the library's, with our own pools."""
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {HTTPS: _AbroadPool}


def session() -> requests.Session:
    """A session that reaches https servers of the internet and nothing else, redirected or not."""
    made = requests.Session()
    made.trust_env = False  # a proxy would look names up for us
    made.max_redirects = 0
    made.adapters.clear()
    made.mount(f"{HTTPS}://", _AbroadAdapter(max_retries=0))
    return made
