"""The five groups of Decision 766 as a view over the figures of all agencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reports_service.domain.five_groups import FIVE_GROUPS
from reports_service.statistics import service
from reports_service.statistics.comparison import Against
from reports_service.statistics.scope import Scope


def five_groups(scope: Scope, compare: Sequence[Against] = ()) -> dict[str, Any]:
    """For the total and for each agency, the measures that speak to each group.

    ``compared``: the headlines of the total in earlier periods.
    """
    table = service.table(scope, compare)
    return {
        "scope": scope,
        "earlier": table["earlier"],
        "compared": table["total"]["compared"],
        "total": {**_of_groups(table["total"] | table["promises"], total=True)},
        "items": [
            {"agency": row["agency"], "asked": row["asked"], **_of_groups(row, total=False)}
            for row in table["items"]
        ],
        "next_cursor": None,
    }


def _of_groups(row: Mapping[str, Any], *, total: bool) -> dict[str, dict[str, Any]]:
    return {
        group.code: {
            code: row[code] for code in (*group.measures, *(group.of_total if total else ()))
        }
        for group in FIVE_GROUPS
    }
