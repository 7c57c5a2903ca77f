"""Who is told of what: one table from what happened to who hears of it. Pure.

A *case* is an event's kind, made finer where people read something else: a result by its kind, a
step of the ladder by whom it tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from reports_service.domain.lifecycle import Status
from reports_service.domain.roles import Party


class Audience(StrEnum):
    """Who hears of a case. The agency is the one of the event's assignment."""

    REPORTER = "reporter"
    FOLLOWERS = "followers"  # and the reporters of its duplicates
    MENTIONED = "mentioned"  # those whom a note names
    OFFICERS = "officers"  # the one it is delegated to, else all of the agency
    HEADS = "heads"  # of the agency
    MAILBOX = "mailbox"  # the agency's shared one, by mail: new work and heads' matters
    PREVIOUS = "previous"  # officers and heads of the agency that held it before
    LEADERS = "leaders"


class Voice(StrEnum):
    """How one is spoken to: several audiences may read the same words."""

    REPORTER = "reporter"
    FOLLOWER = "follower"
    MENTIONED = "mentioned"
    AGENCY = "agency"
    PREVIOUS = "previous"
    LEADER = "leader"


_REPORTER, _FOLLOWERS = Audience.REPORTER, Audience.FOLLOWERS
_OFFICERS, _HEADS, _MAILBOX = Audience.OFFICERS, Audience.HEADS, Audience.MAILBOX
_NEW_WORK: Final = (_OFFICERS, _MAILBOX)

VOICES: Final[Mapping[Audience, Voice]] = {
    _REPORTER: Voice.REPORTER,
    _FOLLOWERS: Voice.FOLLOWER,
    Audience.MENTIONED: Voice.MENTIONED,
    _OFFICERS: Voice.AGENCY,
    _HEADS: Voice.AGENCY,
    _MAILBOX: Voice.AGENCY,
    Audience.PREVIOUS: Voice.PREVIOUS,
    Audience.LEADERS: Voice.LEADER,
}

TOLD: Final[Mapping[str, tuple[Audience, ...]]] = {
    "filed": (_REPORTER, *_NEW_WORK),
    "filed_new": (_REPORTER, *_NEW_WORK),
    "assigned": (_REPORTER, _FOLLOWERS, *_NEW_WORK),
    "transferred": (_REPORTER, _FOLLOWERS, *_NEW_WORK, Audience.PREVIOUS),
    "handed_back": (_REPORTER, *_NEW_WORK, Audience.PREVIOUS),
    "delegated": (_OFFICERS,),
    "acknowledged": (_REPORTER, _FOLLOWERS),
    "question_asked": (_REPORTER,),
    "question_taken_back": (_REPORTER,),
    "replied": (_OFFICERS,),
    "extension_requested": (_HEADS,),
    "extension_approved": (_REPORTER, _OFFICERS),
    "extension_refused": (_OFFICERS,),
    "resolved_fixed": (_REPORTER, _FOLLOWERS),
    "resolved_answered": (_REPORTER, _FOLLOWERS),
    "resolved_planned": (_REPORTER, _FOLLOWERS),
    "resolved_not_found": (_REPORTER, _FOLLOWERS),
    "confirmed": (_OFFICERS,),
    "reopened": (_REPORTER, _FOLLOWERS, *_NEW_WORK, _HEADS),
    "closed_silence": (_REPORTER,),
    "closed_no_reply": (_REPORTER, _OFFICERS),
    "rejected": (_REPORTER, _FOLLOWERS),
    "rejection_taken_back": (_REPORTER, *_NEW_WORK),
    "referred": (_REPORTER, _OFFICERS),
    "referral_taken_back": (_REPORTER, *_NEW_WORK),
    "merged": (_REPORTER, _FOLLOWERS, _OFFICERS),
    "merge_undone": (_REPORTER, _OFFICERS),
    "withdrawn": (_REPORTER, _FOLLOWERS, _OFFICERS),
    "token_renewed": (_REPORTER,),  # with the new link: who it was taken from has it again
    "reclassified": (_REPORTER, *_NEW_WORK, Audience.PREVIOUS),
    "priority_changed": (_OFFICERS,),
    "noted": (Audience.MENTIONED, _OFFICERS, _HEADS),
    "photos_added": (_OFFICERS,),
    "corrected": (_OFFICERS,),
    "escalated_officer": (_OFFICERS,),
    "escalated_head": (_HEADS, _MAILBOX),
    "escalated_leader": (Audience.LEADERS, _HEADS),
    # Seen in the report by whom it concerns; nobody waits for it.
    "moderated": (),
    "followed": (),
    "erased": (),
    "anonymised": (),
}

# What a reporter did alone is no news to them, but of these there is something to keep.
RECEIPTS: Final = frozenset({"filed", "filed_new", "reopened", "withdrawn", "token_renewed"})

# Which of an event's words the notice repeats. To the reporter: what the agency says to them.
QUOTED_TO_REPORTER: Final[Mapping[str, str]] = {
    "question_asked": "question",
    "resolved_fixed": "note",
    "resolved_answered": "note",
    "resolved_planned": "note",
    "resolved_not_found": "note",
    "rejected": "reason",
    "referred": "reason",
}
# To staff: what staff said. A reporter's words are read in the report, where they can be erased.
QUOTED_TO_STAFF: Final[Mapping[str, str]] = {
    "assigned": "reason",
    "transferred": "reason",
    "handed_back": "reason",
    "delegated": "note",
    "extension_requested": "reason",
    "extension_approved": "note",
    "extension_refused": "note",
    "reopened": "comment",
    "rejection_taken_back": "note",
    "referral_taken_back": "note",
    "merged": "note",
    "merge_undone": "note",
    "reclassified": "note",
    "priority_changed": "note",
    "noted": "note",
}


def case_of(kind: str, facts: Mapping[str, Any]) -> str:
    """The case of an event."""
    match kind:
        case "filed" if facts.get("status") == Status.NEW:
            return "filed_new"
        case "resolved":
            return f"resolved_{facts['kind']}"
        case "closed":
            return f"closed_{facts['reason']}"
        case "escalated":
            return f"escalated_{facts['tell']}"
        case _:
            return kind


def told(case: str, by: str, *, internal: bool, restricted: bool) -> tuple[Audience, ...]:
    """Who hears of a case: of an internal event no citizen does, of a restricted report no
    follower, and a reporter only of what others did, apart from ``RECEIPTS``.
    """
    silent = set()
    if internal or (by == Party.REPORTER and case not in RECEIPTS):
        silent.add(_REPORTER)
    if internal or restricted:
        silent.add(_FOLLOWERS)
    return tuple(audience for audience in TOLD.get(case, ()) if audience not in silent)


def quoted(case: str, voice: Voice, by: str) -> str | None:
    """The name of the words that the notice repeats to this reader; None for none."""
    match voice:
        case Voice.REPORTER:
            return QUOTED_TO_REPORTER.get(case)
        case Voice.MENTIONED | Voice.AGENCY | Voice.PREVIOUS | Voice.LEADER if by != Party.REPORTER:
            return QUOTED_TO_STAFF.get(case)
        case _:
            return None
