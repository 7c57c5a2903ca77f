"""What an event of a report recorded, in words: each fact by its name, codes and ids by theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reports_service.agencies import service as agencies
from reports_service.categories import service as categories
from reports_service.core.words import knows, named, say
from reports_service.reports.codes import grouped
from reports_service.routing import service as routing

NAME: Final = "audit_fact_"
# The words of the codes of a fact.
_CODES: Final[Mapping[str, str]] = {
    "status": "status",
    "channel": "channel",
    "priority": "queue_priority",
    "kind": "resolution",
    "clock": "work_clock",
    "tell": "work_tell",
    "outcome": "audit_value_outcome",
    "reason": "audit_value_reason",
    "place_fit": "audit_value_place_fit",
}
_AGENCIES: Final = frozenset({"agency", "from_agency"})
_REPORTS: Final = frozenset({"from", "into", "followed", "recurrence_of"})
_LENGTHS: Final = frozenset({"acknowledge_working_s", "resolve_working_s"})


def worded(name: str, value: Any, language: str) -> str | None:
    """A fact's value where it is a code or an id; None where it says itself what it is."""
    match value:
        case bool():
            return None
        case int() if name in _AGENCIES:
            return named(agencies.known(value).names, language)
        case int() if name == "category_id":
            category = categories.book().by_id(value)
            return named(category.names, language) if category else None
        case int() if name in _LENGTHS:
            return f"{value // 3600}:{value // 60 % 60:02}:{value % 60:02}"
        case str() if name in _REPORTS:
            return grouped(value)
        case str() if knows(f"{_CODES.get(name)}_{value}"):
            return say(f"{_CODES[name]}_{value}", language)
        case {"why": str() as why} if why == "rule" or knows(f"routed_{why}"):
            return routing.describe(value, language)
    return None
