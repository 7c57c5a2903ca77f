"""The ways by which reports come in."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from reports_service.domain.errors import AsSent, NotAllowed
from reports_service.domain.roles import Role


class Channel(StrEnum):
    """How a report reached the service."""

    APP = "app"
    WEB = "web"
    HOTLINE = "hotline"
    FACILITATOR = "facilitator"
    ZALO = "zalo"
    EMAIL = "email"
    PATROL = "patrol"
    OPEN311 = "open311"


# Who takes a report down for somebody, or on the road, says so by signing in: figures by channel
# would otherwise count what anybody claims. The other ways are open to all.
FILED_BY: Final[Mapping[Channel, frozenset[Role]]] = {
    Channel.HOTLINE: frozenset({Role.OPERATOR, Role.ADMIN}),
    Channel.FACILITATOR: frozenset({Role.FACILITATOR}),
    Channel.PATROL: frozenset(Role),
}


class ChannelOfStaff(NotAllowed):
    """Reports by this channel are filed by signed-in staff with certain roles."""

    code = "channel_of_staff"


def require_open(channel: str, role: Role | None) -> None:
    """Let pass who may file by this channel; None is the public. Raises ``ChannelOfStaff``."""
    filed_by = FILED_BY.get(Channel(channel))
    if filed_by is not None and role not in filed_by:
        named = [one for one in Role if one in filed_by]
        raise ChannelOfStaff(field="channel", channel=AsSent(channel), roles=named)
