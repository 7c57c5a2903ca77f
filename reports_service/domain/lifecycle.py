"""The life of a report as one table: what may be done in which status, leading where.

Who may do it stands in ``roles.ACTS``, beside all else that somebody may.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from reports_service.domain.errors import NotAllowed, TransitionRefused
from reports_service.domain.roles import ACTS, Party, Role
from reports_service.domain.roles import Action as Action  # whoever speaks of a life speaks of acts


class Status(StrEnum):
    """Where a report stands."""

    NEW = "new"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    AWAITING_REPORTER = "awaiting_reporter"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REJECTED = "rejected"
    REFERRED = "referred"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


class Landing(StrEnum):
    """Where an edge leads when the status alone does not say it."""

    SAME = "same"
    BEFORE = "before"  # the status the report had before the merge
    ROUTED = "routed"  # assigned where routing names an agency, else new


OPEN: Final = frozenset({Status.NEW, Status.ASSIGNED, Status.IN_PROGRESS, Status.AWAITING_REPORTER})
HELD_BY_AGENCY: Final = OPEN - {Status.NEW}


@dataclass(frozen=True, slots=True)
class Edge:
    """One allowed act: where it leads, and who may do it."""

    to: Status | Landing
    by: frozenset[Party]


_STILL_WITH_THE_CENTRE = frozenset({Party.OPERATOR, Party.ADMIN})

# Each line: from these statuses, this act, leads there; who may do it says ``roles.ACTS``. A fourth
# part narrows that in these statuses.
_LINES: tuple[tuple[frozenset[Status], Action, Status | Landing, frozenset[Party] | None], ...] = (
    (frozenset({Status.NEW}), Action.ASSIGN, Status.ASSIGNED, None),
    (HELD_BY_AGENCY, Action.TRANSFER, Status.ASSIGNED, None),
    (HELD_BY_AGENCY, Action.DELEGATE, Landing.SAME, None),
    (HELD_BY_AGENCY, Action.HAND_BACK, Status.NEW, None),
    (frozenset({Status.ASSIGNED}), Action.ACKNOWLEDGE, Status.IN_PROGRESS, None),
    (frozenset({Status.IN_PROGRESS}), Action.ASK, Status.AWAITING_REPORTER, None),
    (
        frozenset({Status.AWAITING_REPORTER}),
        Action.TAKE_BACK_QUESTION,
        Status.IN_PROGRESS,
        None,
    ),
    (frozenset({Status.AWAITING_REPORTER}), Action.REPLY, Status.IN_PROGRESS, None),
    (
        frozenset({Status.ASSIGNED, Status.IN_PROGRESS}),
        Action.REQUEST_EXTENSION,
        Landing.SAME,
        None,
    ),
    (
        frozenset({Status.ASSIGNED, Status.IN_PROGRESS}),
        Action.DECIDE_EXTENSION,
        Landing.SAME,
        None,
    ),
    (frozenset({Status.NEW}), Action.RESOLVE, Status.RESOLVED, _STILL_WITH_THE_CENTRE),
    (HELD_BY_AGENCY, Action.RESOLVE, Status.RESOLVED, None),
    (frozenset({Status.RESOLVED}), Action.CONFIRM, Status.CLOSED, None),
    (frozenset({Status.CLOSED}), Action.CONFIRM, Status.CLOSED, None),
    (frozenset({Status.RESOLVED, Status.CLOSED}), Action.REOPEN, Status.ASSIGNED, None),
    (frozenset({Status.RESOLVED}), Action.CLOSE_AFTER_SILENCE, Status.CLOSED, None),
    (frozenset({Status.AWAITING_REPORTER}), Action.CLOSE_WITHOUT_REPLY, Status.CLOSED, None),
    (frozenset({Status.NEW}), Action.REJECT, Status.REJECTED, None),
    (frozenset({Status.REJECTED}), Action.TAKE_BACK_REJECTION, Status.NEW, None),
    (OPEN, Action.REFER, Status.REFERRED, None),
    (frozenset({Status.REFERRED}), Action.TAKE_BACK_REFERRAL, Status.NEW, None),
    (OPEN, Action.MERGE, Status.DUPLICATE, None),
    (frozenset({Status.DUPLICATE}), Action.UNDO_MERGE, Landing.BEFORE, None),
    (OPEN, Action.WITHDRAW, Status.WITHDRAWN, None),
    (OPEN, Action.RECLASSIFY, Landing.ROUTED, None),
    (OPEN, Action.CHANGE_PRIORITY, Landing.SAME, None),
    (frozenset(Status), Action.NOTE, Landing.SAME, None),
    (frozenset(Status), Action.MODERATE, Landing.SAME, None),
    (OPEN, Action.ESCALATE, Landing.SAME, None),
    (OPEN | {Status.RESOLVED}, Action.ADD_PHOTOS, Landing.SAME, None),
    (OPEN, Action.CORRECT, Landing.SAME, None),
    (OPEN | {Status.RESOLVED, Status.DUPLICATE}, Action.FOLLOW, Landing.SAME, None),
    (frozenset(Status), Action.ERASE_IDENTITY, Landing.SAME, None),
    (frozenset(Status), Action.RENEW_TOKEN, Landing.SAME, None),
    (frozenset(Status) - OPEN - {Status.RESOLVED}, Action.ANONYMISE, Landing.SAME, None),
)

TRANSITIONS: Final[dict[tuple[Status, Action], Edge]] = {
    (status, action): Edge(to, ACTS[action] if narrowed is None else ACTS[action] & narrowed)
    for statuses, action, to, narrowed in _LINES
    for status in Status
    if status in statuses
}


class NotYours(NotAllowed):
    """The act is possible now, but not by this actor on this report."""

    code = "not_yours"


def advance(
    status: Status,
    action: Action,
    by: Party,
    *,
    before: Status | None = None,
    routed: bool | None = None,
) -> Status:
    """The status after ``action``.

    ``before``: the status before the merge, for its undoing. ``routed``: whether routing named an
    agency, for re-classifying. Raises ``TransitionRefused`` when the table has no such edge and
    ``NotYours`` when it is not this party's.
    """
    edge = TRANSITIONS.get((status, action))
    if edge is None:
        raise TransitionRefused(status=status, action=action, possible=possible(status, by))
    if by not in edge.by:
        raise NotYours(action=action)
    match edge.to:
        case Landing.SAME:
            return status
        case Landing.BEFORE:
            return before or Status.NEW
        case Landing.ROUTED:
            return Status.ASSIGNED if routed else Status.NEW
        case _:
            return edge.to


def possible(status: Status, by: Party) -> tuple[Action, ...]:
    """What this party may do to a report in this status, in the order of the table."""
    return tuple(
        action for (at, action), edge in TRANSITIONS.items() if at is status and by in edge.by
    )


_ROLE_PARTIES: Final = {
    Role.OPERATOR: Party.OPERATOR,
    Role.OFFICER: Party.OFFICER,
    Role.HEAD: Party.HEAD,
    Role.ADMIN: Party.ADMIN,
}


def staff_who_may(action: Action) -> frozenset[Role]:
    """The roles that may do this in some status: the guard at a route's door."""
    parties = {
        party for (_, act), edge in TRANSITIONS.items() if act is action for party in edge.by
    }
    return frozenset(role for role, party in _ROLE_PARTIES.items() if party in parties)


def table() -> Iterator[tuple[Status, Action, str, tuple[Party, ...]]]:
    """The table as rows for people: status, act, landing, parties."""
    for (status, action), edge in TRANSITIONS.items():
        yield status, action, str(edge.to), tuple(sorted(edge.by))
