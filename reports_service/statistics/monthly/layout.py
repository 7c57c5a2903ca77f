"""What stands in the monthly report: the content of a month as strings and lengths of bars.

The typesetting knows no figures and no words; all that it is given comes from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from reports_service.core import words
from reports_service.domain.held_up import HELD_UP_FROM, HeldUp, held_up
from reports_service.domain.measures import BY_CODE, FIRST_SIGN, Unit
from reports_service.statistics.monthly import numbers
from reports_service.statistics.monthly.corrections import Corrected
from reports_service.statistics.monthly.numbers import NOTHING

BEST_AND_WORST = 5
TREND_MONTHS = 12
KINDS = ("department", "committee", "utility", "centre")
HEADLINES = (
    ("total", "received"),
    ("total", "duplicates"),  # by its words a part of what stands before it
    ("total", "on_time_rate"),
    ("total", "on_time_rate_with_extensions"),
    ("total", "acknowledged_on_time_rate"),
    ("total", "hours_to_resolve"),
    ("promises", "promise_kept_rate"),
    ("total", FIRST_SIGN),
    ("total", "satisfaction"),
    ("total", "reopened_rate"),
    ("total", "recurring"),
)
CARDS = (
    ("total", "on_time_rate", "due"),
    ("promises", "promise_kept_rate", "promises_due"),
    ("total", "received", None),
    ("total", "satisfaction", "satisfaction_n"),
)
LEFT_OUT = ("left_out", "no_reply", "paused")
LABELS = (
    "title", "subtitle", "headlines", "this_month", "month_before", "year_before", "trend",
    "trend_note", "on_time", "promises", "backlog", "backlog_note", "age", "overdue_for", "best",
    "worst", "best_note", "agencies", "agencies_note", "rank", "agency", "bar", "due", "met",
    "received", "overdue", "reopened", "stars", "small_n", "left_out", "left_out_note", "cohort",
    "corrections", "corrections_note", "reason", "measure", "of", "before", "after", "check",
    "page", "not_closed_mark", "nobody",
)  # fmt: skip
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Edition:
    """In which state the figures are: closed with a hash, or (both None) as they are now."""

    closed_at: datetime | None = None
    sha256: str | None = None
    corrections: Sequence[Corrected] = ()
    address: str = ""  # where anybody gets the frozen figures


def document(content: Row, edition: Edition, language: str) -> dict[str, Any]:
    """Everything that the report shows, in ``language``, ready to be set."""
    zone = ZoneInfo(content["period"]["time_zone"])
    as_of = numbers.moment(datetime.fromisoformat(content["as_of"]), zone)
    return {
        "language": language,
        "labels": {
            name: words.say(f"monthly_label_{name}", language, fewest=HELD_UP_FROM)
            for name in LABELS
        },
        "month": numbers.month(content["month"], language),
        "province": words.named(content["province"], language),
        "state": _state(edition, zone, as_of, language),
        "closed": edition.closed_at is not None,
        "corrected": _corrected(edition, language),
        "check_note": words.say("monthly_check_note", language, address=edition.address),
        "footer": _footer(edition, language),
        "cards": [_card(content, part, code, of, language) for part, code, of in CARDS],
        "headlines": [_headline(content, part, code, language) for part, code in HEADLINES],
        "trend": _trend(content["course"][-TREND_MONTHS:], language),
        "backlog": _backlog(content["backlog"], as_of, language),
        "extremes": [
            _extremes(kind, found, language)
            for kind in KINDS
            if (found := held_up(_ranked(content, kind), BEST_AND_WORST)).best or found.worst
        ],
        "kinds": [_kind(content, kind, language) for kind in KINDS if _of_kind(content, kind)],
        "left_out": [_counted(content, code, language) for code in LEFT_OUT],
        "cohort": _cohort(content, language),
        "corrections": [_correction(one, edition, zone, language) for one in edition.corrections],
    }


def _state(edition: Edition, zone: ZoneInfo, as_of: str, language: str) -> str:
    if edition.closed_at is None:
        return words.say("monthly_not_closed", language, as_of=as_of)
    at = numbers.moment(edition.closed_at, zone)
    return words.say("monthly_closed", language, closed_at=at, as_of=as_of)


def _corrected(edition: Edition, language: str) -> str:
    """That there are corrections, and the hash of the one that stands; nothing where none is."""
    if not edition.corrections:
        return ""
    n, sha256 = len(edition.corrections), edition.corrections[-1].row.sha256
    return words.say("monthly_corrected", language, n=n, sha256=sha256)


def _footer(edition: Edition, language: str) -> str:
    if edition.sha256 is None:
        return words.say("monthly_footer_not_closed", language)
    return f"SHA-256 {edition.sha256}"


def _named(content: Row, code: str, language: str) -> str:
    return words.named(content["definitions"]["measures"][code]["name"], language)


def _card(content: Row, part: str, code: str, of: str | None, language: str) -> dict[str, Any]:
    figures, before = content["figures"][part], content["course"][-2][part]
    n = f"n = {numbers.whole(figures[of], language)}" if of else ""
    moved = numbers.changed(code, figures[code], before[code], language)
    since = words.say("monthly_since_month_before", language, moved=moved) if moved else NOTHING
    shown = numbers.shown(code, figures[code], language)
    return {"name": _named(content, code, language), "value": shown, "n": n, "moved": since}


def _headline(content: Row, part: str, code: str, language: str) -> dict[str, str]:
    defined = content["definitions"]["measures"][code]
    name, note = _named(content, code, language), ""
    if BY_CODE[code].unit is Unit.HOURS:
        name = words.say("monthly_median", language, name=name)
        note = words.say("monthly_median_note", language)
    values = {
        "this": content["figures"][part][code],
        "before": _then(content["course"], -2, part, code),
        "year": _then(content["course"], 0, part, code),
    }
    return {
        "name": name,
        "definition": words.named(defined["definition"], language),
        "note": note,
        **{when: numbers.shown(code, value, language) for when, value in values.items()},
        **{f"{when}_of": _lengths(code, value, language) for when, value in values.items()},
    }


def _then(course: Sequence[Row], place: int, part: str, code: str) -> Any:
    """A figure of an earlier month; None where the service had not begun by then."""
    so_far = [one["total"] for one in course[: place % len(course) + 1]]
    begun = any(total["received"] or total["due"] for total in so_far)
    return course[place][part][code] if begun else None


def _lengths(code: str, value: Any, language: str) -> str:
    """Of how many a median is, and how many of them are open; nothing for other figures."""
    if BY_CODE[code].unit is not Unit.HOURS or not value or not value["n"]:
        return ""
    counts = {name: numbers.whole(value[name], language) for name in ("n", "still_open")}
    return words.say("monthly_median_of", language, **counts)


def _trend(course: Sequence[Row], language: str) -> dict[str, Any]:
    return {
        "months": [numbers.month(one["month"], language) for one in course],
        "on_time": [one["total"]["on_time_rate"] for one in course],
        "promises": [one["promises"]["promise_kept_rate"] for one in course],
    }


def _backlog(backlog: Row, as_of: str, language: str) -> dict[str, Any]:
    shown = {name: numbers.whole(backlog[name], language) for name in ("open", "overdue", "paused")}
    return {
        "said": words.say("monthly_backlog_said", language, as_of=as_of, **shown),
        "age": _buckets(backlog["age"], language),
        "overdue_for": _buckets(backlog["overdue_for"], language),
    }


def _buckets(buckets: Sequence[Row], language: str) -> list[dict[str, Any]]:
    most = max((one["count"] for one in buckets), default=0) or 1
    return [
        {
            "name": _days(one["from_days"], one["to_days"], language),
            "value": numbers.whole(one["count"], language),
            "length": one["count"] / most,
        }
        for one in buckets
    ]


def _days(first: int, last: int | None, language: str) -> str:
    if last is None:
        return words.say("monthly_days_from", language, first=first)
    if first == 0:
        return words.say("monthly_days_under", language, last=last)
    return words.say("monthly_days", language, first=first, last=last)


def _of_kind(content: Row, kind: str) -> list[Row]:
    return [row for row in content["figures"]["agencies"] if row["kind"] == kind]


def _kind(content: Row, kind: str, language: str) -> dict[str, Any]:
    """The agencies of one kind: those ranked in their order; apart, those with few or none due."""
    rows = _of_kind(content, kind)
    ranked = _ranked(content, kind)
    few = [row for row in rows if not row["rank"]]
    return {
        "name": words.say(f"monthly_kind_{kind}", language),
        "ranked": [_agency(row, language) for row in ranked],
        "few": [_agency(row, language) for row in few if row["due"]],
        "none": ", ".join(words.named(row["names"], language) for row in few if not row["due"]),
        "none_said": words.say("monthly_none_due", language, n=sum(not row["due"] for row in few)),
    }


def _agency(row: Row, language: str) -> dict[str, Any]:
    stars = numbers.shown("satisfaction", row["satisfaction"], language)
    return {
        "rank": str(row["rank"] or NOTHING),
        "name": words.named(row["names"], language),
        "kind": words.say(f"monthly_kind_{row['kind']}", language),
        "rate": row["on_time_rate"],
        "bound": row["on_time_lower_bound"],
        "on_time": numbers.percent(row["on_time_rate"], language),
        "stars": _of(stars, row["satisfaction_n"], language),
        "reopened": _of(
            numbers.percent(row["reopened_rate"], language), row["resolutions"], language
        ),
        **{
            code: numbers.whole(row[code], language)
            for code in ("due", "met", "received", "overdue")
        },
    }


def _of(shown: str, n: int, language: str) -> str:
    """A figure with how many it is of, so that one of one does not look like all."""
    return f"{shown} ({numbers.whole(n, language)})" if n else shown


def _ranked(content: Row, kind: str) -> list[Row]:
    """The agencies of one kind that are ranked, in their order."""
    ranked = [row for row in _of_kind(content, kind) if row["rank"]]
    return sorted(ranked, key=lambda row: (row["rank"], row["code"]))


def _extremes(kind: str, found: HeldUp[Row], language: str) -> dict[str, Any]:
    """Who kept the word best within a kind, and who needs attention."""
    name = words.say(f"monthly_kind_{kind}", language)
    return {
        "name": words.say("digest_worst_kind", language, kind=name, n=found.among).rstrip(":"),
        "best": [_agency(row, language) for row in found.best],
        "worst": [_agency(row, language) for row in found.worst],
    }


def _counted(content: Row, code: str, language: str) -> dict[str, str]:
    defined = content["definitions"]["measures"][code]["definition"]
    return {
        "name": _named(content, code, language),
        "value": numbers.shown(code, content["figures"]["total"][code], language),
        "definition": words.named(defined, language),
    }


def _cohort(content: Row, language: str) -> list[str]:
    """How endings count, each rule once with the endings that it is for."""
    rules: dict[str, list[str]] = {}
    for row in content["definitions"]["cohort"]:
        ending = words.say(f"monthly_outcome_{row['outcome'] or 'open'}", language)
        rules.setdefault(words.named(row["definition"], language), []).append(ending)
    return [f"{', '.join(endings)}: {rule}" for rule, endings in rules.items()]


def _correction(one: Corrected, edition: Edition, zone: ZoneInfo, language: str) -> dict[str, Any]:
    """A correction with what it changed, and where all of its figures are."""
    number, at = one.row.number, numbers.moment(one.row.frozen_at, zone)
    return {
        "title": words.say("monthly_correction", language, number=number, at=at),
        "reason": one.row.reason,
        "changes": [[each.name, each.of, each.before, each.after] for each in one.changes],
        "rest": words.say("monthly_correction_rest", language, rest=one.rest) if one.rest else "",
        "data": f"{edition.address}?correction={number}",
        "sha256": one.row.sha256,
    }
