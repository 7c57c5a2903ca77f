"""Who looks at a report, and how much of it is theirs to see."""

from __future__ import annotations

from dataclasses import dataclass

from reports_service.attachments.inspection import Limits
from reports_service.core.auth import Actor
from reports_service.domain.roles import Party


@dataclass(frozen=True)
class Onlooker:
    """Who looks, in which language, and how much of this report is theirs to see."""

    actor: Actor
    party: Party
    language: str
    inside: bool
    limits: Limits

    @property
    def owns(self) -> bool:
        """The reporter, by token."""
        return self.party is Party.REPORTER

    @property
    def sees_original(self) -> bool:
        """Whether the words and pictures as they were sent are for this one."""
        return self.inside or self.owns
