"""What a request is for: each use of the service has a rate of its own."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Final

from reports_service.api import PREFIX

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Use(StrEnum):
    """What people and programs do here, as far as it costs differently."""

    FILING = "filing"
    UPLOADS = "uploads"
    SEARCHES = "searches"
    FEEDS = "feeds"
    EXPORTS = "exports"
    CHANGES = "changes"
    READING = "reading"


# Method and rule, where a use is not seen by the form of the rule.
NAMED: Final = {
    ("POST", f"{PREFIX}/reports"): Use.FILING,
    ("POST", f"{PREFIX}/reports/<code>/followers"): Use.FILING,
    ("POST", "/file"): Use.FILING,
    ("POST", "/file/me-too"): Use.FILING,
    ("POST", "/r/<code>/follow"): Use.FILING,
    ("GET", f"{PREFIX}/reports"): Use.SEARCHES,
    ("GET", f"{PREFIX}/reports/nearby"): Use.SEARCHES,
    ("POST", f"{PREFIX}/suggestions/category"): Use.SEARCHES,
    ("GET", f"{PREFIX}/geocode"): Use.SEARCHES,
    ("GET", f"{PREFIX}/geocode/reverse"): Use.SEARCHES,
    ("GET", "/reports"): Use.SEARCHES,
    ("GET", "/map/clusters.json"): Use.SEARCHES,
    ("POST", f"{PREFIX}/exports"): Use.EXPORTS,
}
# Watched by machines of ours, or files that browsers keep.
UNCOUNTED: Final = ("/healthz", "/readyz", "/metrics", "/static/")
_BY_BEGINNING: Final = {f"{PREFIX}/uploads": Use.UPLOADS, "/feeds/": Use.FEEDS}
_FILES: Final = (".csv", ".xlsx", ".pdf")


@lru_cache(maxsize=1000)
def use_of(method: str, rule: str) -> Use | None:
    """What a request by this method to this rule is for; None where nothing is counted."""
    if rule.startswith(UNCOUNTED):
        return None
    if named := NAMED.get(("GET" if method == "HEAD" else method, rule)):
        return named
    for beginning, use in _BY_BEGINNING.items():
        if rule.startswith(beginning):
            return use
    if rule.endswith(_FILES):
        return Use.EXPORTS
    return Use.READING if method in SAFE else Use.CHANGES
