"""The ways that stand in the bar of every page, for who looks at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from flask import request, url_for

from reports_service.core.auth import Actor
from reports_service.domain.roles import PERMISSIONS, Permission, Role
from reports_service.notifications.inbox_counts import unread_of

EVERYBODY: Final = frozenset({None, *Role})


@dataclass(frozen=True)
class Way:
    """A way to a page: ``word`` names it. Other pages below the same address belong to it."""

    word: str
    endpoint: str
    roles: frozenset[Role | None]
    waiting: Callable[[Actor], int] | None = None  # how many things there wait for the actor

    @property
    def address(self) -> str:
        return url_for(self.endpoint)

    @property
    def here(self) -> bool:
        """Whether the page that is shown belongs to it."""
        return request.path == self.address or request.path.startswith(f"{self.address}/")


WAYS: Final[Sequence[Way]] = (
    Way("filing_way", "citizen.file", frozenset({None})),
    Way("follow_mine_way", "web.mine", frozenset({None})),
    Way("filing_way_for_others", "citizen.for_others", frozenset({Role.FACILITATOR})),
    Way("desk_triage", "centre.triage", frozenset({Role.OPERATOR})),
    Way("desk_call", "centre.call", frozenset({Role.OPERATOR})),
    Way("desk_team", "centre.team", frozenset({Role.HEAD})),
    Way("admin_overview", "admin.overview", frozenset({Role.ADMIN})),
    Way("data_way", "data.looks", PERMISSIONS[Permission.PROTECT_DATA]),
    Way("leader_figures", "leader.figures", PERMISSIONS[Permission.SEE_FIGURES_OF_OWN_AGENCY]),
    Way("queue_title", "staff.queue", PERMISSIONS[Permission.SEE_QUEUE]),
    Way("inbox_title", "staff.inbox", PERMISSIONS[Permission.SEE_INBOX], unread_of),
    Way("public_way_list", "public.reports", frozenset({None})),
    Way("public_way_map", "public.reports_map", frozenset({None})),
)


def ways(actor: Actor) -> list[Way]:
    """The ways for this actor, in order."""
    return [way for way in WAYS if actor.role in way.roles]
