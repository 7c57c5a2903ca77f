"""Reports as they typically go, at a time at which they are looked at; and how /stats is called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from tests.statistics.rows import Filed, Held

NOW = datetime(2026, 12, 4, 4, tzinfo=UTC)
DAY = timedelta(days=1)
SETTLED = datetime(2026, 1, 1, tzinfo=UTC)
WITH_HOURS = ("hours_to_acknowledge", "hours_to_first_sign", "hours_to_resolve")
Headers = dict[str, str]


def resolved(
    agency: str = "long-hoa", late: bool = False, by: datetime = NOW - 2 * DAY, **more: Any
) -> Held:
    """Resolved an hour before its deadline, or after it; opened four days before that."""
    at = by + timedelta(hours=1 if late else -1)
    return Held(
        agency,
        opened_at=by - 4 * DAY,
        acknowledge_by=by - 3 * DAY,
        own_resolve_by=by,
        resolve_by=by,
        outcome="resolved",
        ended_at=at,
        acknowledged_at=by - 3 * DAY - timedelta(hours=12),
        worked=0.25,
        kind="fixed",
        **more,
    )


def still_open(
    agency: str = "long-hoa", by: datetime = NOW - DAY, since: datetime = NOW - 4 * DAY
) -> Held:
    """Held since four days ago, without anything."""
    return Held(agency, since, by, by, acknowledge_by=since + DAY)


def passed_on(agency: str = "tan-ninh") -> Held:
    """Transferred a day after it came."""
    held = still_open(agency)
    held.outcome, held.ended_at = "transferred", NOW - 3 * DAY
    return held


def filed(*held: Held, **more: Any) -> Filed:
    """A report that was promised for yesterday."""
    return Filed(list(held), **{"promised_by": NOW - DAY, **more})


def varied() -> list[Filed]:
    """Of each category, area and channel something, and of most endings."""
    master = filed(resolved(rating=5), category="den-duong", area="25630", status="resolved",
                   resolved_at=NOW - 2 * DAY)  # fmt: skip
    paused = still_open("so-xay-dung")
    paused.own_resolve_by = paused.resolve_by = None
    extended = still_open(by=NOW + DAY)
    extended.own_resolve_by, extended.extensions = NOW - DAY, 1
    return [
        master,
        filed(passed_on(), resolved(late=True), category="den-duong", area="25459"),
        filed(still_open(), category="ha-tang", area="80", channel="hotline"),
        filed(still_open("tan-ninh"), category="rac", area="25630", restricted=True),
        filed(paused, category="nap-cong", channel="zalo"),
        filed(extended, area="25459", recurs=True),
        filed(still_open(), category="den-duong", status="duplicate", master=master, area="25630"),
        filed(resolved("tan-ninh", reopened_at=NOW - DAY), still_open("tan-ninh"), category="rac"),
    ]


def get(client: FlaskClient, path: str, headers: Headers) -> tuple[int, Any]:
    """Status and JSON of a call below /api/v1."""
    answer = client.get(f"/api/v1{path}", headers=headers)
    return answer.status_code, answer.get_json()


def row_of(body: Any, agency: str) -> Any:
    """The row of an agency."""
    return next(row for row in body["items"] if row["agency"]["code"] == agency)
