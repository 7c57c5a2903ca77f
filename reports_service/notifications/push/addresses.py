"""Where a push message may be sent: to https servers of the internet, never into our own network.

An address comes from whoever calls, so it is looked at twice: by its words when it is given, and by
the number that it really leads to each time something is sent (names can change what they mean).
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

HTTPS: Final = "https"
LONGEST: Final = 1000
_NAMES_AT_HOME: Final = (".local", ".localhost", ".internal", ".lan", ".home.arpa")


def is_abroad(endpoint: str) -> bool:
    """Whether an address can be one of a push service: https, its usual port, no number or name of
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
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global and not address.is_multicast


def _is_number(host: str) -> bool:
    """Whether a host is no name: the last part of a name is never a number."""
    last = host.rpartition(".")[2]
    return ":" in host or last[:1].isdigit() or last.lower().startswith("0x")


class _Abroad(HTTPSConnection):
    """Says nothing, not even a greeting, to a server of a private network."""

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        if is_global(connected.getpeername()[0]):
            return connected
        connected.close()
        raise NewConnectionError(self, "the address leads into a private network")


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
