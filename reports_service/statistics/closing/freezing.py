"""A month's figures and their definitions as one JSON value, and the text whose hash is published.

What is frozen: the tables by agency, category, area and channel with the total and the promises;
the backlog as it stood; the course of the thirteen months up to this one; every definition.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select

from reports_service.areas.models import Area
from reports_service.core import clock, words
from reports_service.core.db import db
from reports_service.domain import measures
from reports_service.domain.errors import Conflict
from reports_service.domain.measures import BY_CODE, COHORT, DEFINITIONS, RANKED_FROM, Day, Unit
from reports_service.statistics import axes, backlog, reading, service
from reports_service.statistics.backlog import Backlog, Bucket
from reports_service.statistics.closing.months import Month
from reports_service.statistics.scope import ALONE, Scope, scope_of
from reports_service.statistics.service import in_all

FORMAT = 1  # of the content; raised when its members change
COURSE_MONTHS = 13  # so that the same month of last year is among them
READ_AT_MOST = 3
NAMELESS = {"vi": "Tổng đài 1022", "en": "1022"}  # a deployment that has no areas yet
# The tables beside that of the agencies: which member of a row says what it is of.
AXES: Mapping[str, tuple[str, Callable[[Scope], dict[str, Any]]]] = {
    "categories": ("category", axes.by_category),
    "areas": ("area", axes.by_area),
    "channels": ("channel", axes.by_channel),
}
# Each report is received once by the province, however many agencies it came to; and what is open
# changes between two readings. All else adds up to the total.
_COUNTS = [
    one.code for one in measures.of_agencies(Unit.COUNT) if one.day not in (Day.NOW, Day.OPENED)
]


class FiguresDoNotAddUp(Conflict):
    """The tables of one month disagree: something changed while they were read, each time."""

    code = "figures_do_not_add_up"


@dataclass(frozen=True)
class Content:
    """Figures to be kept: canonical JSON (sorted keys, no blanks, UTF-8), and its SHA-256."""

    as_of: datetime
    value: Mapping[str, Any]
    text: str
    sha256: str

    @classmethod
    def of(cls, value: Mapping[str, Any], as_of: datetime) -> Content:
        """A JSON value with its canonical form."""
        canonical = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        return cls(as_of, value, canonical.decode(), digest(canonical))


def digest(canonical: bytes) -> str:
    """The published hash: SHA-256 in hex."""
    return hashlib.sha256(canonical).hexdigest()


def scope_of_month(month: Month, zone: ZoneInfo) -> Scope:
    """All work of a month, as far as it is in the figures now."""
    period = month.period(zone)
    days = {"first": period.first, "last": period.last}
    return scope_of(days, reading.as_of(), zone, asked_at=clock.now())


def freeze(month: Month, zone: ZoneInfo, known: Mapping[str, Mapping[str, Any]]) -> Content:
    """The whole content of a month as it is now.

    ``known``: the totals and promises of months that are closed, which stand in its course as
    they were frozen. Raises ``FiguresDoNotAddUp``.
    """
    scope = scope_of_month(month, zone)
    return Content.of(whole(scope, month, known), scope.as_of)


def whole(scope: Scope, month: Month, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """All members of the content; ``freeze`` says what ``known`` is."""
    return {
        "format": FORMAT,
        "month": str(month),
        "province": _province(),
        "period": {
            "from": scope.period.first.isoformat(),
            "to": scope.period.last.isoformat(),
            "time_zone": scope.period.zone.key,
        },
        "as_of": scope.as_of.isoformat(),
        "figures": tables(scope),
        "backlog": _backlog(scope),
        "course": _course(scope, month, known),
        "definitions": definitions(),
    }


def tables(scope: Scope) -> dict[str, Any]:
    """The figures of a period: what later figures are compared with.

    Raises ``FiguresDoNotAddUp``.
    """
    for _ in range(READ_AT_MOST):
        found = of_table(service.table(scope))
        found |= {name: _rows(table(scope), axis) for name, (axis, table) in AXES.items()}
        if _adds_up(found):
            return found
    raise FiguresDoNotAddUp()


def of_table(table: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the content that ``service.table`` answers."""
    return {
        "total": _plain(table["total"]),
        "promises": _plain(table["promises"]),
        "agencies": [
            {
                "code": row["agency"].code,
                "names": row["agency"].names,
                "kind": row["agency"].kind,
                **_plain(row),
            }
            for row in table["items"]
        ],
    }


def definitions() -> dict[str, Any]:
    """Every measure in words of both languages with its formula, and how endings count."""
    defined = {
        "measures": {
            one.code: {
                "name": _said(f"measure_{one.code}"),
                "definition": _said(f"definition_{one.code}"),
                "formula": one.formula,
                "unit": one.unit.value,
                "day": one.day.value,
            }
            for one in DEFINITIONS
        },
        "cohort": [
            {
                "outcome": outcome and outcome.value,
                "treatment": how.value,
                "definition": _said(f"cohort_{how}"),
            }
            for outcome, how in COHORT.items()
        ],
        "ranked_from": RANKED_FROM,
    }
    return {**defined, "version": digest(orjson.dumps(defined, option=orjson.OPT_SORT_KEYS))}


def totals(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Total and promises of a month without how things stand now, as they stand in a course."""
    total = {
        code: value
        for code, value in _plain(figures["total"]).items()
        if BY_CODE[code].day is not Day.NOW
    }
    return {"total": total, "promises": _plain(figures["promises"])}


def _said(code: str) -> dict[str, str]:
    return {language: words.say(code, language) for language in words.LANGUAGES}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The measures of a row as JSON; what else stands in it is left."""
    return {code: _value(row[code]) for code in BY_CODE if code in row}


def _value(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _rows(table: Mapping[str, Any], axis: str) -> list[dict[str, Any]]:
    """The rows of an axis; their codes are the values that a filter takes for them."""
    return [
        {
            "code": row[axis].asked,
            "names": row[axis].names,
            "within": row["parent"],
            **_plain(row),
            **_plain(row["promises"]),
        }
        for row in table["items"]
    ]


def _adds_up(found: Mapping[str, Any]) -> bool:
    """Whether every table has the assignments of the total, no more and no fewer."""
    return all(
        sum(row[code] for row in _apart(found[name])) == found["total"][code]
        for name in ("agencies", *AXES)
        for code in _COUNTS
    )


def _apart(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows that no other row has counted too: those at the top, with all below them."""
    tops = [row for row in rows if row.get("within") is None]
    return [row for row in tops if not (row["code"] or "").endswith(ALONE)]


def _province() -> dict[str, str]:
    """The name of the area that stands above all others now."""
    top = select(Area.names).where(Area.parent_id.is_(None), Area.valid_to.is_(None))
    return db.session.scalar(top.order_by(Area.id).limit(1)) or NAMELESS


def _backlog(scope: Scope) -> dict[str, Any]:
    held = list(backlog.by_agency(scope).values())
    return {
        "open": sum(one.open for one in held),
        "paused": sum(one.paused for one in held),
        "overdue": sum(one.overdue for one in held),
        "age": _joined(held, "age"),
        "overdue_for": _joined(held, "overdue_for"),
    }


def _joined(held: Sequence[Backlog], name: str) -> list[dict[str, Any]]:
    """The same bucket of all agencies as one, in the order of age."""
    joined: dict[int, Bucket] = {}
    for one in held:
        for bucket in getattr(one, name):
            before = joined.get(bucket.from_days)
            joined[bucket.from_days] = replace(
                bucket, count=bucket.count + (before.count if before else 0)
            )
    return [asdict(joined[days]) for days in sorted(joined)]


def _course(
    scope: Scope, month: Month, known: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The months before this one and itself, oldest first: total and promises of each."""
    months = list(month.before(COURSE_MONTHS - 1).until(month))
    zone = scope.period.zone
    found = {
        str(one): known.get(str(one)) or totals(in_all(replace(scope, period=one.period(zone))))
        for one in months
    }
    return [{"month": name, **figures} for name, figures in found.items()]
