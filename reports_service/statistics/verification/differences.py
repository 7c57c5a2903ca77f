"""What does not fit: each difference by a stable code, with what was expected and found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What kind of difference; programs may rely on these codes."""

    EVENT_MISSING = "event_missing"  # expected: its seq; found: the seq that comes instead
    EVENTS_MISSING_AT_END = "events_missing_at_end"  # the numbers of events
    EVENT_ADDED = "event_added"  # after the one that the report names as its last
    EVENT_EDITED = "event_edited"  # or put in: its hash is not of its content
    EVENT_DETACHED = "event_detached"  # it does not hold the hash of the one before
    WORDS_EDITED = "words_edited"
    HEAD_DIFFERS = "head_differs"  # the report names another hash as its last
    REPORT_MISSING = "report_missing"  # there are events; found: the id of their report
    EVENT_LOST = "event_lost"  # the audit log tells of it; expected: its hash
    EVENT_NOT_AS_LOGGED = "event_not_as_logged"  # expected: the hash that the audit log says
    CHANGE_WITHOUT_EVENT = "change_without_event"  # found: when the change before it happened
    CHANGES_MISSING = "changes_missing"  # from ``change`` on; expected: how many
    FACTS_LACKING = "facts_lacking"  # ``field`` is what the event should say and does not
    REPORT_DIFFERS = "report_differs"
    ASSIGNMENT_MISSING = "assignment_missing"
    ASSIGNMENT_ADDED = "assignment_added"
    ASSIGNMENT_DIFFERS = "assignment_differs"
    DAY_DIFFERS = "day_differs"  # the head kept of a day, or how many reports there were
    DAY_MISSING = "day_missing"  # the audit log tells of its head
    DAY_NOT_AS_LOGGED = "day_not_as_logged"  # expected: the head that the audit log says
    DAY_NOT_AS_PUBLISHED = "day_not_as_published"  # expected: the head that was copied
    FIGURE_DIFFERS = "figure_differs"
    CLOSED_EDITED = "closed_edited"  # what was frozen, its hash or its reason is another one now
    CORRECTION_MISSING = "correction_missing"  # expected: its number; found: that in its place
    CORRECTION_LOST = "correction_lost"  # the audit log tells of it
    CLOSED_MISSING = "closed_missing"  # the audit log tells of it
    CLOSED_DIFFERS = "closed_differs"  # lawfully, with no correction; found: how many figures
    FIGURES_UNREADABLE = "figures_unreadable"  # what is kept of an agency's ``span`` is damaged


# These are said for information: that rows change after a month was closed is no fault.
INFORMATION = frozenset({Kind.CLOSED_DIFFERS})


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: ``expected`` should stand where ``found`` does.

    Rows and figures are expected to be what the events give; events, what their hashes and the
    daily heads say.

    ``report``: its code as people read it. ``change``: a place among the changes. ``agency``: a
    code, None for the province's total.
    ``day`` or ``period``: local days. ``span``: of a cell, as ``cells.models`` numbers them.
    ``month``: a closed one; ``correction``: its number.
    """

    kind: Kind
    report: str | None = None
    seq: int | None = None
    change: int | None = None
    assignment: int | None = None
    field: str | None = None
    figure: str | None = None
    agency: str | None = None
    period: str | None = None
    span: int | None = None
    month: str | None = None
    correction: int | None = None
    day: date | None = None
    expected: Any = None
    found: Any = None

    def to_dict(self) -> dict[str, Any]:
        """All that it says, plain enough for JSON; what does not apply is left out."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        named = {name: plain(value) for name, value in said.items() if value is not None}
        return {**named, "expected": plain(self.expected), "found": plain(self.found)}


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    match value:
        case bytes():
            return value.hex()
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {name: plain(part) for name, part in value.items()}
        case _:
            return value
