"""From what was counted to figures: shares, spreads, satisfaction, each by its definition."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from reports_service.domain.measures import (
    BY_CODE,
    CITIZENS_VIEW,
    DEFINITIONS,
    FIRST_SIGN,
    Unit,
    of_agencies,
    rate,
    wilson_lower,
)
from reports_service.statistics.tallies import Tally, Waits

# Of all agencies together these count reports, each once.
OF_REPORTS = ("received", "duplicates", "recurring")


class Counted(StrEnum):
    """What a measure counts."""

    ASSIGNMENTS = "assignments"
    REPORTS = "reports"
    BY_ROW = "by_row"  # an agency's row: assignments; all agencies together: reports


def counted_in(code: str) -> Counted:
    """What the measure ``code`` counts, or is a share or length of."""
    if code in OF_REPORTS:
        return Counted.BY_ROW
    return Counted.REPORTS if BY_CODE[code].day in CITIZENS_VIEW else Counted.ASSIGNMENTS


_COUNTS = tuple(one.code for one in of_agencies(Unit.COUNT))
_SHARES = tuple((one.code, one.part, one.of) for one in of_agencies(Unit.SHARE) if one.part)
_IN_ORDER = tuple(
    one.code for one in DEFINITIONS if one.unit is not Unit.PLACE and one in of_agencies(one.unit)
)


def figures(tally: Tally) -> dict[str, Any]:
    """All figures of one row, by the codes of their definitions, but for the rank."""
    return _figures(tally, tally.hours())


def figures_of_all(tally: Tally, promised: Mapping[str, int]) -> dict[str, Any]:
    """Those of all agencies together, with the citizen's view: the first sign of life, and under
    ``promises`` what was promised and kept.
    """
    hours = tally.hours()
    kept = rate(promised["promises_kept"], promised["promises_due"])
    return _figures(tally, hours) | {
        FIRST_SIGN: hours.first_sign,
        "promises": {**promised, "promise_kept_rate": kept},
    }


def _figures(tally: Tally, hours: Waits) -> dict[str, Any]:
    counts = tally.counts
    found: dict[str, Any] = {code: counts[code] for code in _COUNTS}
    for code, part, of in _SHARES:
        found[code] = rate(counts[part], sum(counts[one] for one in of))
    found["on_time_lower_bound"] = wilson_lower(counts["met"], counts["due"])
    found["hours_to_acknowledge"] = hours.acknowledge
    found["hours_to_resolve"] = hours.resolve
    found["satisfaction"] = rate(tally.stars, counts["satisfaction_n"])
    return {code: found[code] for code in _IN_ORDER}
