"""Cookies that only this very host can have set, wherever people reach it by https.

``__Host-`` before a name makes browsers refuse the cookie from a neighbouring host, over plain http
and with a Domain (RFC 6265bis, 4.1.3.2). Code reads the plain names.
"""

from __future__ import annotations

from functools import cached_property
from typing import Final

from flask import current_app
from werkzeug.datastructures import ImmutableMultiDict

from reports_service.core.uploads import BoundedRequest

HOST: Final = "__Host-"


class HostRequest(BoundedRequest):
    """A request that knows no cookie but those that this host has set."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """By their plain names; over https, what lacks the prefix was set by somebody else."""
        sent = super().cookies
        if not reached_by_https():
            return sent
        own = [(n.removeprefix(HOST), v) for n, v in sent.items(multi=True) if n.startswith(HOST)]
        return ImmutableMultiDict(own)


def named(name: str) -> str:
    """The name by which a cookie is set."""
    return f"{HOST}{name}" if reached_by_https() else name


def reached_by_https() -> bool:
    """Whether people reach the service by https."""
    return bool(current_app.config["PUBLIC_URL"].startswith("https://"))
