"""What happened to a report, for those who work on it: with names in place of ids, and dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from reports_service.accounts import directory
from reports_service.agencies import service as agencies
from reports_service.core.words import knows, named, say
from reports_service.domain.roles import Party
from reports_service.reports.codes import grouped
from reports_service.web.moments import Moments

UNKNOWN: Final = "–"
STAFF: Final = frozenset({Party.OPERATOR, Party.OFFICER, Party.HEAD, Party.ADMIN})


def told(timeline: list[dict[str, Any]], reading: Moments) -> list[dict[str, Any]]:
    """The entries of the internal view, newest first, as the page shows them."""
    who = directory.names_of(
        account
        for entry in timeline
        for account in (entry["account_id"], entry["facts"].get("officer"))
    )
    return [_entry(entry, who, reading) for entry in reversed(timeline)]


def _entry(entry: Mapping[str, Any], who: Mapping[int, str], reading: Moments) -> dict[str, Any]:
    return {
        "seq": entry["seq"],
        "title": _title(entry, who, reading),
        "at": reading.when(entry["at"]),
        "by": _by(entry, who, reading.language),
        "internal": entry["internal"],
        "text": entry["text"],
        "tone": "internal" if entry["internal"] else "",
    }


def _title(entry: Mapping[str, Any], who: Mapping[int, str], reading: Moments) -> str:
    """The event as staff say it; those without such words as everybody reads them."""
    word = f"work_event_{entry['kind']}"
    if not knows(word):
        return str(entry["title"])
    return say(word, reading.language, **_values(entry["facts"], who, reading))


def _values(facts: Mapping[str, Any], who: Mapping[int, str], reading: Moments) -> dict[str, str]:
    spoken = reading.language
    return {
        "agency": _agency(facts.get("agency"), spoken),
        "from_agency": _agency(facts.get("from_agency"), spoken),
        "officer": who.get(facts.get("officer") or 0, UNKNOWN),
        "length": length(facts.get("length"), spoken),
        "due": _moment(facts.get("resolve_by"), reading),
        "reply_by": _moment(facts.get("reply_by"), reading),
        "result": _worded("resolution", facts.get("kind"), spoken),
        "rating": str(facts.get("rating") or UNKNOWN),
        "into": grouped(facts["into"]) if facts.get("into") else UNKNOWN,
        "priority": _worded("queue_priority", facts.get("priority"), spoken),
        "clock": _worded("work_clock", facts.get("clock"), spoken),
        "tell": _worded("work_tell", facts.get("tell"), spoken),
    }


def length(kept: Mapping[str, Any] | None, spoken: str) -> str:
    """Such as «2 ngày làm việc»."""
    if not kept:
        return UNKNOWN
    return f"{kept['amount']} {say('unit_' + kept['unit'], spoken)}"


def _by(entry: Mapping[str, Any], who: Mapping[int, str], spoken: str) -> str:
    if entry["by"] not in STAFF or entry["account_id"] is None:
        return say(f"work_by_{entry['by']}", spoken)
    name, place = who.get(entry["account_id"], UNKNOWN), _agency(entry["agency_id"], spoken)
    return name if place == UNKNOWN else f"{name}, {place}"


def _agency(agency_id: int | None, spoken: str) -> str:
    return named(agencies.known(agency_id).names, spoken) if agency_id else UNKNOWN


def _moment(iso: str | None, reading: Moments) -> str:
    return reading.words(datetime.fromisoformat(iso)) if iso else UNKNOWN


def _worded(family: str, value: Any, spoken: str) -> str:
    word = f"{family}_{value}"
    return say(word, spoken) if knows(word) else UNKNOWN
