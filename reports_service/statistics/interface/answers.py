"""Figures as plain values in the reader's language: what JSON answers and spreadsheets both show.

A table has some hundred rows of some fifty numbers. They are written as they are; the schemas
describe them and do not touch them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode

from flask import url_for

from reports_service.agencies.models import Agency
from reports_service.core.auth import current_language
from reports_service.core.schemas import rfc3339
from reports_service.core.words import named, say
from reports_service.domain.five_groups import FIVE_GROUPS
from reports_service.domain.measures import BY_CODE, RANKED_FROM, Spread, Unit
from reports_service.statistics import ages
from reports_service.statistics.backlog import Backlog, Bucket
from reports_service.statistics.scope import Remark
from reports_service.statistics.tallies import Hours

MEASURE = "{measure}"
_COUNTS = [code for code, measure in BY_CODE.items() if measure.unit is Unit.COUNT]
CHANNELS = "/figures/five-groups#channels"  # the page where the table of channels stands
SPANS = {
    name: [f"&{urlencode(ages.asked_for(name, span))}" for span in ages.spans()]
    for name in ages.MEANT
}
Answer = dict[str, Any]
Asked = tuple[tuple[str, str], ...]


class Links:
    """Where the assignments behind a row are listed: put the figure's name for {measure}."""

    def __init__(self) -> None:
        self._base = url_for("statistics.Assignments")
        self._begun: dict[Asked, str] = {}

    def to(self, asked: Asked) -> str:
        """The template of a row; rows of a table differ in the last filter only."""
        begun = self._begun.get(asked[:-1])
        if begun is None:
            begun = self._begun[asked[:-1]] = f"{self._base}?{urlencode(asked[:-1])}&"
        name, value = asked[-1]
        return f"{begun}{name}={quote_plus(value)}&measure={MEASURE}"


def table(found: Mapping[str, Any]) -> Answer:
    """The table of agencies: see ``service.table``."""
    links = Links()
    return {
        **_beside(found, links),
        "items": [_agency_row(row, links) for row in found["items"]],
    }


def one_agency(found: Mapping[str, Any]) -> Answer:
    """One agency: see ``service.one_agency``."""
    links = Links()
    return {
        **found,
        **_agency_row(found, links),
        "by_category": [
            {
                "category": _named(row["category"]),
                "by_itself": row["by_itself"],
                **_figures(row),
                "assignments": links.to(row["asked"]),
            }
            for row in found["by_category"]
        ],
    }


def lines(found: Mapping[str, Any], axis: str) -> Answer:
    """The figures by category, area or channel: see ``axes``."""
    links = Links()
    return {
        **_beside(found, links),
        "items": [
            {
                axis: _channel(row[axis].code) if axis == "channel" else _named(row[axis]),
                "parent": row["parent"],
                "by_itself": row["by_itself"],
                **_figures(row),
                "promises": row["promises"],
                **row["compared"],
                "assignments": links.to(row["asked"]),
            }
            for row in found["items"]
        ],
    }


def course(found: Mapping[str, Any]) -> Answer:
    """The course of the figures: see ``trend.trend``."""
    links = Links()
    items = [
        {
            "from": row["from"].isoformat(),
            "to": row["to"].isoformat(),
            **_figures(row),
            **({"promises": row["promises"]} if "promises" in row else {}),
            "assignments": links.to(row["asked"]),
        }
        for row in found["items"]
    ]
    return {**found, "items": items}


def backlog(found: Mapping[str, Any]) -> Answer:
    """What is open: see ``service.backlog_of``."""
    links = Links()
    behind = links.to(found["scope"].asked)
    return {
        **found,
        "assignments": behind,
        "total": _backlog(found["total"], behind),
        "items": [
            {
                "agency": _agency(row["agency"]),
                **_backlog(row["backlog"], behind_row := links.to(row["asked"])),
                "assignments": behind_row,
            }
            for row in found["items"]
        ],
    }


def five_groups(found: Mapping[str, Any]) -> Answer:
    """The five groups: see ``groups.five_groups``."""
    links, language = Links(), current_language()
    return {
        **found,
        "assignments": links.to(found["scope"].asked),
        "groups": [
            {
                "code": group.code,
                "name": say(f"group_{group.code}", language),
                "points": group.points,
                "reach": str(group.reach),
                "measures": [*group.measures, *group.of_total],
                "measured": say(f"group_measured_{group.code}", language, channels=CHANNELS),
                "missing": say(f"group_missing_{group.code}", language),
            }
            for group in FIVE_GROUPS
        ],
        "total": _groups(found["total"]),
        "items": [
            {
                "agency": _agency(row["agency"]),
                **_groups(row),
                "assignments": links.to(row["asked"]),
            }
            for row in found["items"]
        ],
    }


def _beside(found: Mapping[str, Any], links: Links) -> Answer:
    """What stands above the rows."""
    scope, total = found["scope"], found["total"]
    if (scope.is_narrowed or scope.kind) and not any(total.get(code) for code in _COUNTS):
        scope = replace(scope, remarks=(*scope.remarks, Remark("nothing_fits", {})))
    return {
        **found,
        "scope": scope,
        "assignments": links.to(scope.asked),
        "total": {**_figures(total), **total["compared"]},
    }


def _agency_row(row: Mapping[str, Any], links: Links) -> Answer:
    ranked, due = row["rank"] is not None, row["due"]
    note = None if ranked else say("not_ranked", current_language(), due=due, fewest=RANKED_FROM)
    return {
        "agency": _agency(row["agency"]),
        "rank": row["rank"],
        "ranked": ranked,
        "ranked_among": row["ranked_among"],
        "rank_note": note,
        **_figures(row),
        **row["compared"],
        "assignments": links.to(row["asked"]),
    }


def _figures(row: Mapping[str, Any]) -> Answer:
    """The measures of a row, in the order in which it has them."""
    shown = {code: value for code, value in row.items() if code in BY_CODE}
    shown.pop("rank", None)
    for code, value in shown.items():
        if isinstance(value, Hours):
            shown[code] = _hours(value)
    return shown


def _hours(hours: Hours) -> Answer:
    why = hours.why_null
    return {
        **({} if hours.working is None else {"working": _spread(hours.working)}),
        "elapsed": _spread(hours.elapsed),
        "n": hours.n,
        "still_open": hours.still_open,
        "note": why and say(why, current_language(), n=hours.n, open=hours.still_open),
    }


def _spread(spread: Spread) -> Answer:
    return {"median": spread.median, "p90": spread.p90}


def _agency(agency: Agency) -> Answer:
    name = named(agency.names, current_language())
    return {"code": agency.code, "name": name, "kind": agency.kind}


def _named(thing: Any) -> Answer | None:
    """A category or area; None where there is none."""
    if thing is None or thing.code is None:
        return None
    return {"code": thing.code, "name": named(thing.names, current_language())}


def _channel(code: str) -> Answer:
    return {"code": code, "name": say(f"channel_{code}", current_language())}


def _groups(row: Mapping[str, Any]) -> Answer:
    return {group.code: _figures(row[group.code]) for group in FIVE_GROUPS}


def _backlog(held: Backlog, behind: str) -> Answer:
    return {
        "open": held.open,
        "paused": held.paused,
        "overdue": held.overdue,
        "age": _buckets(held.age, behind.replace(MEASURE, "open"), "age"),
        "overdue_for": _buckets(held.overdue_for, behind.replace(MEASURE, "overdue"), "overdue"),
        "oldest_opened_at": _moment(held.oldest_opened_at),
        "next_deadline": _moment(held.next_deadline),
        "longest_overdue_hours": held.longest_overdue_hours,
    }


def _buckets(buckets: Sequence[Bucket], behind: str, name: str) -> list[Answer]:
    return [
        {
            "from_days": one.from_days,
            "to_days": one.to_days,
            "count": one.count,
            "assignments": behind + asked,
        }
        for one, asked in zip(buckets, SPANS[name], strict=True)
    ]


def _moment(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None
