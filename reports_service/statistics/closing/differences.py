"""Which figures of a period are no longer what they were, one by one. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports_service.domain.measures import BY_CODE, Day

WHOLE = ("total", "promises")
TABLES = ("agencies", "categories", "areas", "channels")
Key = tuple[str, str | None]  # the table, and the code of the row
Flat = Mapping[str, Any]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each figure that differs: table, code of the row (None: the whole), measure, before, after.

    What a figure is at this very moment (open, overdue, paused) is no matter of the period, and
    is not compared. ``hours_to_resolve.working.p90`` names a figure inside another.
    """
    then, now = _rows(before), _rows(after)
    keys = [*then, *(key for key in now if key not in then)]
    return [
        {"table": key[0], "code": key[1], "measure": measure, "before": was, "after": is_now}
        for key in keys
        for measure, was, is_now in _unequal(then.get(key, {}), now.get(key, {}))
    ]


def _rows(figures: Mapping[str, Any]) -> dict[Key, Flat]:
    rows: dict[Key, Flat] = {(name, None): _flat(figures[name]) for name in WHOLE}
    for name in TABLES:
        for row in figures.get(name, ()):
            rows[name, row["code"]] = _flat(row)
    return rows


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """The period's own figures of a row, with the parts of a spread by dotted names."""
    own = {code: row[code] for code in row if code in BY_CODE and BY_CODE[code].day is not Day.NOW}
    return dict(_leaves(own, ()))


def _leaves(value: Mapping[str, Any], path: Sequence[str]) -> Iterator[tuple[str, Any]]:
    for name, part in value.items():
        if isinstance(part, Mapping):
            yield from _leaves(part, (*path, name))
        else:
            yield ".".join((*path, name)), part


def _unequal(then: Flat, now: Flat) -> Iterator[tuple[str, Any, Any]]:
    for measure in dict.fromkeys((*then, *now)):
        was, is_now = then.get(measure), now.get(measure)
        if not _same(was, is_now, gone=not then or not now):
            yield measure, was, is_now


def _same(was: Any, is_now: Any, *, gone: bool) -> bool:
    """Whether two values are one figure; where a row is missing, nothing is the same as none."""
    if gone:
        return not was and not is_now
    if isinstance(was, float) and isinstance(is_now, float):
        return math.isclose(was, is_now, rel_tol=1e-9)
    return bool(was == is_now)
