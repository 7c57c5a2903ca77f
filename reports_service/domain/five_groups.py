"""The five groups that Decision 766/QĐ-TTg (23/6/2022) scores, and what of them is measured here.

The decision is about administrative procedures (thủ tục hành chính); this service knows reports of
citizens (phản ánh, kiến nghị). So one of its groups is measured in part by the very same rates, one
by the same idea on other matters, and two hardly at all. No points are given here: the national
portal gives them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Reach(StrEnum):
    """How far a group can be measured by this service."""

    PARTLY = "partly"  # some of its indicators are about reports themselves
    LIKENESS = "likeness"  # none of its indicators, but the same idea applied to reports
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Group:
    """A group, the most points the decision gives for it, and our measures that speak to it.

    ``of_total``: measures that only the total has. Words: ``group_``, ``group_measured_`` and
    ``group_missing_`` plus the code.
    """

    code: str
    points: int
    reach: Reach
    measures: tuple[str, ...] = ()
    of_total: tuple[str, ...] = ()


FIVE_GROUPS: Final[tuple[Group, ...]] = (
    Group("transparency", 18, Reach.LIKENESS,
          ("acknowledged_on_time_rate", "acknowledgements_due", "rejected"),
          ("promise_kept_rate", "promises_due")),
    Group("progress", 20, Reach.LIKENESS,
          ("on_time_rate", "due", "on_time_rate_with_extensions", "overdue", "hours_to_resolve")),
    Group("digitisation", 22, Reach.NOT),
    Group("online_services", 22, Reach.LIKENESS, ("received",)),
    Group("satisfaction", 18, Reach.PARTLY,
          ("on_time_rate", "due", "satisfaction", "satisfaction_n", "reopened_rate",
           "resolutions")),
)  # fmt: skip

GROUPS: Final[Mapping[str, Group]] = {group.code: group for group in FIVE_GROUPS}
