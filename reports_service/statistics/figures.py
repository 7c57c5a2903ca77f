"""From what was counted to figures: shares, spreads, satisfaction, each by its definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports_service.domain.measures import (
    DEFINITIONS,
    FIRST_SIGN,
    Unit,
    of_agencies,
    rate,
    wilson_lower,
)
from reports_service.statistics.tallies import Tally

_COUNTS = tuple(one.code for one in of_agencies(Unit.COUNT))
_SHARES = tuple((one.code, one.part, one.of) for one in of_agencies(Unit.SHARE) if one.part)
_IN_ORDER = tuple(
    one.code for one in DEFINITIONS if one.unit is not Unit.PLACE and one in of_agencies(one.unit)
)


def figures(tally: Tally) -> dict[str, Any]:
    """All figures of one row, by the codes of their definitions, but for the rank."""
    counts = tally.counts
    found: dict[str, Any] = {code: counts[code] for code in _COUNTS}
    for code, part, of in _SHARES:
        found[code] = rate(counts[part], sum(counts[one] for one in of))
    found["on_time_lower_bound"] = wilson_lower(counts["met"], counts["due"])
    found["hours_to_acknowledge"], found["hours_to_resolve"] = tally.hours()
    found["satisfaction"] = rate(tally.stars, counts["satisfaction_n"])
    return {code: found[code] for code in _IN_ORDER}


def citizens_view(row: Mapping[str, Any], promised: Mapping[str, int]) -> dict[str, Any]:
    """What stands beside the figures of all agencies: the first sign of life, and the promises."""
    kept = rate(promised["promises_kept"], promised["promises_due"])
    return {
        FIRST_SIGN: row["hours_to_acknowledge"],
        "promises": {**promised, "promise_kept_rate": kept},
    }
