"""Which links to other servers can be overheard or answered by a stranger: every one that is not
to this machine, not under TLS with the server's certificate checked, and not named as private.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

# An operator's word that the link to these hosts is private: a network of containers on one
# machine, a cable, a VPN.
PRIVATE: Final = "TRUSTED_HOSTS_PLAIN"
_BY_SERVICE: Final = "(of a service file)"
# Where libpq takes what an address does not say: parameter -> variable.
_ELSEWHERE: Final = {"host": "PGHOST", "hostaddr": "PGHOSTADDR", "service": "PGSERVICE"}
# Addresses of HTTP servers that are asked: the geocoder's, and where an S3 bucket is not Amazon's.
_HTTP: Final = ("GEOCODER_URL", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT")


def in_the_clear(environment: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with each link that is to be encrypted and checked, in words."""
    private = {one.strip().lower() for one in environment.get(PRIVATE, "").split(",")} - {""}
    for wrong, hosts in (
        _database(environment),
        _queue(environment.get("REDIS_URL", "")),
        _mail(environment.get("MAIL_URL", "")),
        *(_http(name, environment.get(name, "")) for name in _HTTP),
    ):
        far = sorted(host for host in hosts if not (is_here(host) or host in private))
        if far:
            yield f"{wrong} ({', '.join(far)}); where that link is private: {PRIVATE}"


def is_here(host: str) -> bool:
    """Whether a host is this machine: a socket of its own, or its loopback."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _database(environment: Mapping[str, str]) -> tuple[str, set[str]]:
    """As libpq reads it: the address first, then the environment."""
    wrong = "with a DATABASE_URL without sslmode=verify-full"
    parts = urlsplit(environment.get("DATABASE_URL", ""))
    if parts.scheme.startswith("sqlite"):
        return wrong, set()
    asked = parse_qs(parts.query)
    said = {name: ",".join(asked.get(name, [])) for name in _ELSEWHERE}
    said["host"] = ",".join(filter(None, (parts.netloc.rpartition("@")[2], said["host"])))
    said = {name: value or environment.get(_ELSEWHERE[name], "") for name, value in said.items()}
    hosts = {_host(unquote(one)) for one in f"{said['hostaddr']},{said['host']}".split(",")}
    if said["service"]:
        hosts.add(_BY_SERVICE)
    modes = asked.get("sslmode") or [environment.get("PGSSLMODE", "")]
    return wrong, set() if modes == ["verify-full"] else hosts


def _queue(url: str) -> tuple[str, set[str]]:
    parts, wrong = (
        urlsplit(url),
        "with a REDIS_URL that is not rediss://…, or checks no certificate",
    )
    if parts.scheme == "unix":
        return wrong, set()
    asked = parse_qs(parts.query)
    checked = asked.get("ssl_cert_reqs", ["required"]) == ["required"]
    named = asked.get("ssl_check_hostname", ["true"])[0].lower() in ("true", "yes", "1")
    sealed = parts.scheme == "rediss" and checked and named
    return wrong, set() if sealed else _hosts(parts)


def _mail(url: str) -> tuple[str, set[str]]:
    parts, wrong = urlsplit(url), "with a MAIL_URL that is neither smtps://… nor has ?starttls=1"
    sealed = parts.scheme == "smtps" or parse_qs(parts.query).get("starttls") == ["1"]
    return wrong, set() if sealed or not url else _hosts(parts)


def _http(name: str, url: str) -> tuple[str, set[str]]:
    parts = urlsplit(url)
    sealed = not url or parts.scheme == "https"
    return f"with {name} that is not https://…", set() if sealed else _hosts(parts)


def _hosts(parts: SplitResult) -> set[str]:
    """Those between user and path: several with commas, as PostgreSQL takes them."""
    return {_host(unquote(one)) for one in parts.netloc.rpartition("@")[2].split(",")}


def _host(said: str) -> str:
    """A host without its port, of IPv6 without its brackets."""
    said = said.strip().lower()
    if said.startswith("["):
        return said[1:].partition("]")[0]
    return said if said.startswith("/") or said.count(":") > 1 else said.partition(":")[0]
