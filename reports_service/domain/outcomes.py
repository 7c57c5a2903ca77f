"""How things end: the outcome of an assignment, and the kind of a resolution."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """How one agency's holding of one report ended. None yet: the agency holds it still."""

    RESOLVED = "resolved"
    TRIAGED = "triaged"  # the centre found the agency that answers
    REJECTED = "rejected"  # by the centre, with a reason that the reporter reads
    TRANSFERRED = "transferred"
    HANDED_BACK = "handed_back"
    RECLASSIFIED = "reclassified"  # routed anew under another category or place
    MERGED = "merged"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"
    NO_REPLY = "no_reply"  # closed because the reporter did not answer


class ResolutionKind(StrEnum):
    """What a result is. Answered is not fixed, and figures keep them apart."""

    FIXED = "fixed"
    ANSWERED = "answered"
    PLANNED = "planned"  # with a date
    NOT_FOUND = "not_found"
