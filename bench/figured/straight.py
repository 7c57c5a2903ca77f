"""The figures of every agency straight from the rows, in SQL written by hand for this benchmark.

Nothing of the service's counting is used: it is what the service is measured by and checked with.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import text

from reports_service.core.db import db

RESULT = """CASE WHEN outcome IN ('resolved', 'triaged', 'rejected')
  THEN coalesce(resolved_at, ended_at) END"""
OPENED = """
SELECT a.agency_id,
  count(*) AS received,
  sum(CASE WHEN r.status = 'duplicate' THEN 1 ELSE 0 END) AS duplicates,
  sum(CASE WHEN r.recurrence_of_id IS NOT NULL THEN 1 ELSE 0 END) AS recurring,
  sum(CASE WHEN a.extensions_granted > 0 THEN 1 ELSE 0 END) AS extended,
  sum(CASE WHEN a.outcome = 'transferred' THEN 1 ELSE 0 END) AS transferred,
  sum(CASE WHEN a.outcome = 'handed_back' THEN 1 ELSE 0 END) AS handed_back,
  sum(CASE WHEN a.outcome = 'rejected' THEN 1 ELSE 0 END) AS rejected
FROM assignments a JOIN reports r ON r.id = a.report_id
WHERE a.opened_at >= :begins AND a.opened_at < :ends {part}
GROUP BY a.agency_id
"""
OPEN = """
SELECT agency_id,
  count(*) AS open,
  sum(CASE WHEN resolve_by < :now THEN 1 ELSE 0 END) AS overdue,
  sum(CASE WHEN own_resolve_by IS NULL THEN 1 ELSE 0 END) AS paused
FROM assignments a WHERE outcome IS NULL {part} GROUP BY agency_id
"""
# {by}: the deadline; {done}: when what it promises was done; {names}: counted so.
DUE = """
SELECT agency_id, sum(due) AS {due}, sum(met) AS {met}{rest}
FROM (
  SELECT agency_id,
    CASE WHEN done_at IS NOT NULL OR outcome IS NULL
      OR (outcome IN ('transferred', 'handed_back')
          AND (acknowledge_by IS NULL OR ended_at > acknowledge_by))
      OR (outcome IN ('merged', 'withdrawn', 'referred', 'reclassified') AND ended_at > deadline)
      THEN 1 ELSE 0 END AS due,
    CASE WHEN done_at <= deadline THEN 1 ELSE 0 END AS met,
    CASE WHEN outcome = 'no_reply' THEN 1 ELSE 0 END AS no_reply
  FROM (
    SELECT agency_id, outcome, ended_at, acknowledge_by, {by} AS deadline, {done} AS done_at
    FROM assignments a WHERE {by} >= :begins AND {by} < :ends AND {by} <= :now {part}
  ) AS each_one
) AS judged
GROUP BY agency_id
"""
RESOLVED = """
SELECT agency_id,
  count(*) AS resolutions,
  sum(CASE WHEN reopened_at IS NOT NULL THEN 1 ELSE 0 END) AS reopened,
  count(rating) AS satisfaction_n,
  sum(rating) AS stars,
  sum(CASE WHEN resolution_kind = 'fixed' THEN 1 ELSE 0 END) AS fixed,
  sum(CASE WHEN resolution_kind = 'answered' THEN 1 ELSE 0 END) AS answered,
  sum(CASE WHEN resolution_kind = 'planned' THEN 1 ELSE 0 END) AS planned,
  sum(CASE WHEN resolution_kind = 'not_found' THEN 1 ELSE 0 END) AS not_found
FROM assignments a WHERE resolved_at >= :begins AND resolved_at < :ends {part}
GROUP BY agency_id
"""
COUNTS = (
    OPENED,
    OPEN,
    DUE.format(due="due", met="met", by="own_resolve_by", done=RESULT, part="{part}",
               rest=", sum(no_reply) AS no_reply, count(*) - sum(due) - sum(no_reply) AS left_out"),
    DUE.format(due="due_with_extensions", met="met_with_extensions", by="resolve_by", done=RESULT,
               part="{part}", rest=""),
    DUE.format(due="acknowledgements_due", met="acknowledged_on_time", by="acknowledge_by",
               done=f"coalesce(acknowledged_at, {RESULT})", part="{part}", rest=""),
    RESOLVED,
)  # fmt: skip
LENGTHS = ("acknowledge_working_s", "acknowledge_elapsed_s",
           "resolve_working_s", "resolve_elapsed_s")  # fmt: skip
# What is open still is longer than all that is not; what ended without a result has no length.
LENGTH = "CASE WHEN {s} IS NOT NULL THEN {s} WHEN outcome IS NULL THEN {longest} END"
IN_POSTGRESQL = """
SELECT agency_id, {percentiles}
FROM (SELECT agency_id, {lengths} FROM assignments a
      WHERE opened_at >= :begins AND opened_at < :ends {part}) AS each_one
GROUP BY agency_id
"""
PERCENTILES = """count({s}) AS n_{s},
  percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {s}) AS p_{s}"""
IN_SQLITE = """
SELECT agency_id, total, place, length FROM (
  SELECT agency_id, length,
    row_number() OVER (PARTITION BY agency_id ORDER BY length) - 1 AS place,
    count(*) OVER (PARTITION BY agency_id) AS total
  FROM (SELECT agency_id, {length} AS length FROM assignments a
        WHERE opened_at >= :begins AND opened_at < :ends {part})
  WHERE length IS NOT NULL
)
WHERE place IN ((total - 1) * 50 / 100, ((total - 1) * 50 + 99) / 100,
                (total - 1) * 90 / 100, ((total - 1) * 90 + 99) / 100)
"""
# Of reports, from filing to the first acknowledgement by anybody, in whole seconds.
FIRST_SIGNS = """
SELECT wait, count(*) FROM (
  SELECT CASE WHEN sign < created_at THEN 0 WHEN sign IS NOT NULL THEN {seconds}
    WHEN status IN ('new', 'assigned', 'in_progress', 'awaiting_reporter') THEN {longest}
    END AS wait
  FROM reports LEFT JOIN (
    SELECT report_id, min(acknowledged_at) AS sign FROM assignments GROUP BY report_id
  ) AS signs ON report_id = id
  WHERE created_at >= :begins AND created_at < :ends
) AS waits
WHERE wait IS NOT NULL GROUP BY wait ORDER BY wait
"""
SECONDS = {
    "postgresql": "floor(extract(epoch FROM sign - created_at))::float8",
    # As text: whole seconds, one less where the fraction (six digits) is smaller.
    "sqlite": "strftime('%s', sign) - strftime('%s', created_at)"
    " - (substr(sign, 21) < substr(created_at, 21))",
}
Spread = tuple[int, float | None, float | None]  # how many, median, p90 in seconds
INFINITE = {"sqlite": "9e999", "postgresql": "'Infinity'::float8"}


@dataclass
class Straight:
    """By agency id: counts, and of each length how many and both percentiles in seconds."""

    counts: dict[int, dict[str, int]] = field(default_factory=dict)
    spreads: dict[int, dict[str, Spread]] = field(default_factory=dict)


def figures(begins: datetime, ends: datetime, now: datetime, part: str = "") -> Straight:
    """All figures of all agencies in ``[begins, ends)``; ``part``: a further condition on ``a``."""
    found, moments = Straight(), _moments(begins=begins, ends=ends, now=now)
    for counting in COUNTS:
        for row in db.session.execute(text(counting.format(part=part)), moments).mappings():
            numbers = {name: int(value or 0) for name, value in row.items() if name != "agency_id"}
            found.counts.setdefault(row["agency_id"], {}).update(numbers)
    spreads = _in_sqlite if db.engine.dialect.name == "sqlite" else _in_postgresql
    spreads(found, moments, part)
    return found


def reports_received(begins: datetime, ends: datetime) -> int:
    """How many reports, not assignments, were filed: the total counts each once."""
    query = "SELECT count(*) FROM reports WHERE created_at >= :begins AND created_at < :ends"
    return int(db.session.execute(text(query), _moments(begins=begins, ends=ends)).scalar_one())


def first_signs(begins: datetime, ends: datetime) -> Spread:
    """Of reports filed: how many waits for a first sign of life, both percentiles in seconds."""
    engine = db.engine.dialect.name
    query = FIRST_SIGNS.format(seconds=SECONDS[engine], longest=INFINITE[engine])
    waits = db.session.execute(text(query), _moments(begins=begins, ends=ends)).all()
    ends_at = list(accumulate(number for _, number in waits))
    total = ends_at[-1] if waits else 0

    def at(place: int) -> float:
        return float(waits[bisect_right(ends_at, place)][0])

    return _spread(
        total, [_percentile(at, total, percent) for percent in (50, 90)] if total else None
    )


def _moments(**moments: datetime) -> dict[str, Any]:
    """As the engine keeps them."""
    if db.engine.dialect.name != "sqlite":
        return dict(moments)
    return {name: f"{at:%Y-%m-%d %H:%M:%S.%f}" for name, at in moments.items()}


def _in_postgresql(found: Straight, moments: dict[str, Any], part: str) -> None:
    lengths = ", ".join(f"{_length(s, 'postgresql')} AS {s}" for s in LENGTHS)
    percentiles = ", ".join(PERCENTILES.format(s=s) for s in LENGTHS)
    query = IN_POSTGRESQL.format(percentiles=percentiles, lengths=lengths, part=part)
    for row in db.session.execute(text(query), moments).mappings():
        found.spreads[row["agency_id"]] = {
            s: _spread(row[f"n_{s}"], row[f"p_{s}"]) for s in LENGTHS
        }


def _spread(number: int, both: Sequence[float] | None) -> Spread:
    middle, high = both or (None, None)
    return number, _finite(middle), _finite(high)


def _in_sqlite(found: Straight, moments: dict[str, Any], part: str) -> None:
    for s in LENGTHS:
        places: dict[int, tuple[int, dict[int, float]]] = {}
        query = IN_SQLITE.format(length=_length(s, "sqlite"), part=part)
        for agency_id, total, place, length in db.session.execute(text(query), moments):
            places.setdefault(agency_id, (total, {}))[1][place] = length
        for agency_id, (total, known) in places.items():
            found.spreads.setdefault(agency_id, {})[s] = (
                total,
                _between(known, total, 50),
                _between(known, total, 90),
            )


def _length(seconds: str, engine: str) -> str:
    return LENGTH.format(s=seconds, longest=INFINITE[engine])


def _between(known: dict[int, float], total: int, percent: int) -> float | None:
    return _finite(_percentile(known.__getitem__, total, percent))


def _percentile(at: Callable[[int], float], total: int, percent: int) -> float:
    below, rest = divmod((total - 1) * percent, 100)
    low, high = at(below), at(below + (rest > 0))
    return low if low == high else low + (high - low) * rest / 100


def _finite(value: float | None) -> float | None:
    """None for what reaches those still open."""
    return value if value is not None and math.isfinite(value) else None
