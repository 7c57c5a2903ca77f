"""The life of a report as one table: what may be done in which status, by whom, leading where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from reports_service.domain.errors import NotAllowed, TransitionRefused
from reports_service.domain.roles import Party, Role


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


class Action(StrEnum):
    """What somebody does to a report."""

    ASSIGN = "assign"
    TRANSFER = "transfer"
    DELEGATE = "delegate"  # to a colleague in the same agency
    ACKNOWLEDGE = "acknowledge"
    HAND_BACK = "hand_back"
    ASK = "ask"
    TAKE_BACK_QUESTION = "take_back_question"
    REPLY = "reply"
    REQUEST_EXTENSION = "request_extension"
    DECIDE_EXTENSION = "decide_extension"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    CLOSE_AFTER_SILENCE = "close_after_silence"
    CLOSE_WITHOUT_REPLY = "close_without_reply"
    REJECT = "reject"
    TAKE_BACK_REJECTION = "take_back_rejection"
    REFER = "refer"
    TAKE_BACK_REFERRAL = "take_back_referral"
    MERGE = "merge"
    UNDO_MERGE = "undo_merge"
    WITHDRAW = "withdraw"
    RECLASSIFY = "reclassify"
    CHANGE_PRIORITY = "change_priority"
    NOTE = "note"
    MODERATE = "moderate"
    ESCALATE = "escalate"
    ADD_PHOTOS = "add_photos"
    CORRECT = "correct"
    FOLLOW = "follow"
    ERASE_IDENTITY = "erase_identity"
    ANONYMISE = "anonymise"


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


_OPERATOR = frozenset({Party.OPERATOR, Party.ADMIN})
_HEAD = frozenset({Party.HEAD, Party.ADMIN})
_HEAD_OR_OPERATOR = _OPERATOR | {Party.HEAD}
_AGENCY = frozenset({Party.OFFICER, Party.HEAD})
_AGENCY_OR_OPERATOR = _AGENCY | _OPERATOR
_REPORTER = frozenset({Party.REPORTER})
_SYSTEM = frozenset({Party.SYSTEM})

# Each line: from these statuses, this act, leads there, by these.
_LINES: tuple[tuple[frozenset[Status], Action, Status | Landing, frozenset[Party]], ...] = (
    (frozenset({Status.NEW}), Action.ASSIGN, Status.ASSIGNED, _OPERATOR),
    (HELD_BY_AGENCY, Action.TRANSFER, Status.ASSIGNED, _HEAD_OR_OPERATOR),
    (HELD_BY_AGENCY, Action.DELEGATE, Landing.SAME, _AGENCY),
    (HELD_BY_AGENCY, Action.HAND_BACK, Status.NEW, _AGENCY_OR_OPERATOR),
    (frozenset({Status.ASSIGNED}), Action.ACKNOWLEDGE, Status.IN_PROGRESS, _AGENCY_OR_OPERATOR),
    (
        frozenset({Status.IN_PROGRESS}),
        Action.ASK,
        Status.AWAITING_REPORTER,
        _AGENCY_OR_OPERATOR,
    ),
    (
        frozenset({Status.AWAITING_REPORTER}),
        Action.TAKE_BACK_QUESTION,
        Status.IN_PROGRESS,
        _AGENCY_OR_OPERATOR,
    ),
    # An operator writes down what a reporter without the app says on the telephone.
    (
        frozenset({Status.AWAITING_REPORTER}),
        Action.REPLY,
        Status.IN_PROGRESS,
        _REPORTER | {Party.OPERATOR},
    ),
    (
        frozenset({Status.ASSIGNED, Status.IN_PROGRESS}),
        Action.REQUEST_EXTENSION,
        Landing.SAME,
        _AGENCY,
    ),
    (
        frozenset({Status.ASSIGNED, Status.IN_PROGRESS}),
        Action.DECIDE_EXTENSION,
        Landing.SAME,
        _HEAD,
    ),
    (frozenset({Status.NEW}), Action.RESOLVE, Status.RESOLVED, _OPERATOR),
    (HELD_BY_AGENCY, Action.RESOLVE, Status.RESOLVED, _AGENCY_OR_OPERATOR),
    (frozenset({Status.RESOLVED}), Action.CONFIRM, Status.CLOSED, _REPORTER),
    (frozenset({Status.CLOSED}), Action.CONFIRM, Status.CLOSED, _REPORTER),
    (
        frozenset({Status.RESOLVED, Status.CLOSED}),
        Action.REOPEN,
        Status.ASSIGNED,
        _REPORTER | _OPERATOR | {Party.HEAD},
    ),
    (frozenset({Status.RESOLVED}), Action.CLOSE_AFTER_SILENCE, Status.CLOSED, _SYSTEM),
    (frozenset({Status.AWAITING_REPORTER}), Action.CLOSE_WITHOUT_REPLY, Status.CLOSED, _SYSTEM),
    (frozenset({Status.NEW}), Action.REJECT, Status.REJECTED, _OPERATOR),
    (frozenset({Status.REJECTED}), Action.TAKE_BACK_REJECTION, Status.NEW, _OPERATOR),
    (OPEN, Action.REFER, Status.REFERRED, _OPERATOR),
    (frozenset({Status.REFERRED}), Action.TAKE_BACK_REFERRAL, Status.NEW, _OPERATOR),
    (OPEN, Action.MERGE, Status.DUPLICATE, _OPERATOR),
    (frozenset({Status.DUPLICATE}), Action.UNDO_MERGE, Landing.BEFORE, _OPERATOR),
    (OPEN, Action.WITHDRAW, Status.WITHDRAWN, _REPORTER),
    (OPEN, Action.RECLASSIFY, Landing.ROUTED, _HEAD_OR_OPERATOR),
    (OPEN, Action.CHANGE_PRIORITY, Landing.SAME, _HEAD_OR_OPERATOR),
    (frozenset(Status), Action.NOTE, Landing.SAME, _AGENCY_OR_OPERATOR),
    (frozenset(Status), Action.MODERATE, Landing.SAME, _OPERATOR),
    (OPEN, Action.ESCALATE, Landing.SAME, _SYSTEM),
    (OPEN | {Status.RESOLVED}, Action.ADD_PHOTOS, Landing.SAME, _REPORTER | {Party.OPERATOR}),
    (OPEN, Action.CORRECT, Landing.SAME, _REPORTER | {Party.OPERATOR}),
    (
        OPEN | {Status.RESOLVED, Status.DUPLICATE},
        Action.FOLLOW,
        Landing.SAME,
        frozenset(Party) - {Party.SYSTEM},
    ),
    (frozenset(Status), Action.ERASE_IDENTITY, Landing.SAME, _REPORTER | {Party.SYSTEM}),
    (frozenset(Status) - OPEN - {Status.RESOLVED}, Action.ANONYMISE, Landing.SAME, _SYSTEM),
)

TRANSITIONS: Final[dict[tuple[Status, Action], Edge]] = {
    (status, action): Edge(to, by)
    for statuses, action, to, by in _LINES
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
