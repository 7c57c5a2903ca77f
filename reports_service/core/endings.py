"""Taking back the end of something that administrators keep: it serves again as it did before."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from reports_service.core import audit, clock
from reports_service.core.auth import Actor
from reports_service.domain.errors import Conflict


class Ending(Protocol):
    """What can end. ``ended_at`` may lie ahead: that end is planned."""

    ended_at: datetime | None


class HasNotEnded(Conflict):
    """There is no end to take back."""

    code = "has_not_ended"


class NeededHasEnded(Conflict):
    """What it belongs to or names has ended; that comes back first."""

    code = "needed_has_ended"


class Replaced(Conflict):
    """Another one was made for the same since it ended; two of them would contradict each other."""

    code = "replaced_meanwhile"


def take_back(actor: Actor, kind: str, thing: Ending, key: object) -> datetime:
    """Let a thing of this kind go on, in the log as well; say until when it did or would have.

    Raises ``HasNotEnded``. Who must refuse after all does so in the same unit of work.
    """
    ended_at = thing.ended_at
    if ended_at is None:
        raise HasNotEnded(key=key)
    thing.ended_at = None
    audit.record(actor, "brought_back", kind, str(key), ended_at=ended_at.isoformat())
    return ended_at


def is_over(thing: Ending | None) -> bool:
    """Whether something that another thing names has ended by now."""
    return thing is not None and thing.ended_at is not None and thing.ended_at <= clock.now()


def require(key: object, **needed: Ending | None) -> None:
    """Refuse where one of the things that are needed has ended. Raises ``NeededHasEnded``.

    Each has a ``code``, and is called what its name says: ``agency``, ``category`` …
    """
    for name, thing in needed.items():
        if is_over(thing):
            raise NeededHasEnded(key=key, what=f"needed_{name}", needed=getattr(thing, "code", ""))
