"""How good the records of an agency are: đúng, đủ, sạch, sống. Each check with its two counts.

A check counts the assignments that fail it (``found``) among those that it concerns (``of``). What
the two mean is written here in one line each; the queries above follow these lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from reports_service.domain.lifecycle import Status

# Nobody drives to a broken lamp and mends it in a minute: it was closed to be closed.
FIXED_TOO_SOON_S: Final = 60
# The longest usual target is a working week; who was silent for longer let it lie.
SILENT_AFTER: Final = timedelta(days=7)
# Filed farther apart than this, the thing was rather broken twice than seen twice.
SEEN_TWICE_WITHIN: Final = timedelta(days=30)
# What was opened two months ago has ended or is late; what is corrected after that stays as it was
# counted, unless somebody asks for it.
RECOUNTED_DAYS: Final = 62
# Such reports end without anybody having to sort them out.
NEED_NOT_BE_COMPLETE: Final = (
    Status.REJECTED,
    Status.REFERRED,
    Status.DUPLICATE,
    Status.WITHDRAWN,
)


class Group(StrEnum):
    """What makes records good."""

    RIGHT = "right"  # đúng
    COMPLETE = "complete"  # đủ
    CLEAN = "clean"  # sạch
    LIVE = "live"  # sống


class Basis(StrEnum):
    """Which assignments a check looks at."""

    OPENED = "opened_at"  # opened on the local days of the period
    NOW = "as_of"  # open when the night was counted


@dataclass(frozen=True, slots=True)
class Check:
    """One check; its words stand under ``quality_check_`` and ``quality_definition_`` + code."""

    code: str
    group: Group
    basis: Basis
    found: str
    of: str


_SORTED_OUT = "opened, report.status not in (" + ", ".join(NEED_NOT_BE_COMPLETE) + ")"


def _opened(code: str, group: Group, found: str, of: str = "opened") -> Check:
    return Check(code, group, Basis.OPENED, f"count({found})", f"count({of})")


def _now(code: str, group: Group, found: str, of: str) -> Check:
    return Check(code, group, Basis.NOW, f"count({found})", f"count({of})")


CHECKS: Final[tuple[Check, ...]] = (
    _opened("wrong_unit", Group.RIGHT, "outcome in (handed_back, transferred)",
            "opened, not triage"),
    _opened("wrong_matter", Group.RIGHT, "outcome = reclassified"),
    _opened("category_missing", Group.COMPLETE, "report.category is null", _SORTED_OUT),
    _opened("area_missing", Group.COMPLETE, "report.area is null", _SORTED_OUT),
    _opened("place_not_inside", Group.COMPLETE, "report.place_fit != inside", _SORTED_OUT),
    _opened("answers_missing", Group.COMPLETE,
            "a required question of report.category without an answer",
            f"{_SORTED_OUT}, report.category has required questions"),
    _opened("after_photo_missing", Group.COMPLETE,
            "no after-photo that was taken in, from opened_at to reopened_at",
            "opened, resolution_kind = fixed, report.category asks for an after-photo"),
    _opened("result_incomplete", Group.COMPLETE,
            "resolution_kind is null, or planned and standing without planned_for",
            "opened, resolved"),
    _opened("note_missing", Group.COMPLETE, "the event of the result never had words",
            "opened, resolved, its event is there"),
    _opened("merged_late", Group.CLEAN, "ended_at > acknowledge_by",
            "opened, outcome = merged"),
    _opened("ended_before_opened", Group.CLEAN,
            "acknowledged_at, resolved_at or ended_at < opened_at"),
    _opened("acknowledged_after_result", Group.CLEAN, "acknowledged_at > resolved_at",
            "opened, acknowledged and resolved"),
    _opened("in_the_future", Group.CLEAN,
            "acknowledged_at, resolved_at or ended_at > as_of"),
    _opened("deadline_before_opened", Group.CLEAN,
            "acknowledge_by, resolve_by or own_resolve_by < opened_at"),
    _opened("negative_length", Group.CLEAN,
            "a working or elapsed length to acknowledge or to resolve < 0"),
    _opened("fixed_too_soon", Group.CLEAN,
            f"0 <= resolve_elapsed_s < {FIXED_TOO_SOON_S}", "opened, resolution_kind = fixed"),
    _now("possible_duplicate", Group.CLEAN,
         "another open report of report.category, filed before and within "
         f"{SEEN_TWICE_WITHIN.days} days, lies within the category's duplicate_radius_m",
         "open"),
    _now("silent", Group.LIVE,
         f"last act of staff < as_of - {SILENT_AFTER.days} days", "open, not paused"),
)  # fmt: skip

BY_CODE: Final[Mapping[str, Check]] = {check.code: check for check in CHECKS}


def on(basis: Basis) -> tuple[str, ...]:
    """The codes of the checks on this basis."""
    return tuple(check.code for check in CHECKS if check.basis is basis)


def days_to_count(
    last: date, counted_up_to: date | None, since: date | None = None
) -> tuple[date, ...]:
    """The days whose assignments the night after ``last`` counts, oldest first.

    The last ``RECOUNTED_DAYS``; earlier ones too where nights were missed after ``counted_up_to``
    or where somebody asks for the days ``since``. So days that are counted leave no gap.
    """
    first = last - timedelta(days=RECOUNTED_DAYS - 1)
    if counted_up_to is not None:
        first = min(first, counted_up_to + timedelta(days=1))
    if since is not None:
        first = min(first, since)
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
