"""Random histories, with moments that like to be equal: local midnights, deadlines, now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from reports_service.domain.outcomes import Outcome, ResolutionKind
from tests.statistics.rows import AGENCIES, AREAS, CATEGORIES, Filed, Held

NOW = datetime(2026, 12, 3, 17, tzinfo=UTC)  # midnight in Vietnam: 4 December begins
_MICROSECOND = timedelta(microseconds=1)
# Around six local midnights, and some hours between them.
GRID = sorted(
    NOW - timedelta(days=days) + shift
    for days in range(6)
    for shift in (-_MICROSECOND, timedelta(), _MICROSECOND, timedelta(hours=-9.5))
)
PAST = [moment for moment in GRID if moment <= NOW]
OUTCOMES = [None, *(outcome.value for outcome in Outcome)]
STATUSES = ["in_progress", "resolved", "closed", "rejected", "referred", "withdrawn", "new"]


@st.composite
def holdings(draw: st.DrawFn) -> Held:
    """One assignment, of any outcome, perhaps paused, extended, reopened, judged."""
    opened_at = draw(st.sampled_from(PAST))
    later = [moment for moment in GRID if moment >= opened_at]
    outcome = draw(st.sampled_from(OUTCOMES))
    before = [moment for moment in PAST if moment >= opened_at]
    ended_at = draw(st.sampled_from(before)) if outcome else None
    known = [moment for moment in before if ended_at is None or moment <= ended_at]
    resolved = outcome == "resolved"
    acknowledged_at = draw(st.none() | st.sampled_from(known))
    if resolved and acknowledged_at is None:
        acknowledged_at = ended_at
    own = draw(st.sampled_from(later))
    paused = outcome in (None, "merged") and draw(st.booleans())
    return Held(
        agency=draw(st.sampled_from(sorted(AGENCIES))),
        opened_at=opened_at,
        acknowledge_by=draw(st.sampled_from(later)),
        own_resolve_by=None if paused else own,
        resolve_by=None if paused else draw(st.sampled_from([m for m in later if m >= own])),
        outcome=outcome,
        ended_at=ended_at,
        acknowledged_at=acknowledged_at,
        worked=draw(st.sampled_from([0.0, 0.25, 1.0])),
        extensions=draw(st.integers(0, 2)),
        kind=draw(st.sampled_from(list(ResolutionKind))).value if resolved else None,
        reopened_at=draw(st.none() | st.just(NOW)) if resolved else None,
        rating=draw(st.none() | st.integers(1, 5)) if resolved else None,
    )


@st.composite
def provinces(draw: st.DrawFn) -> list[Filed]:
    """Reports in an order in which masters come before their duplicates."""
    filed: list[Filed] = []
    for held in draw(st.lists(st.lists(holdings(), min_size=1, max_size=3), max_size=12)):
        status = draw(st.sampled_from(STATUSES))
        result = draw(st.sampled_from(PAST)) if status == "resolved" else None
        if status == "closed":
            result = draw(st.none() | st.sampled_from(PAST))
        masters = [one for one in filed if one.status != "duplicate"]
        master = draw(st.none() | st.sampled_from(masters)) if masters else None
        filed.append(
            Filed(
                held=held,
                promised_by=draw(st.sampled_from(GRID)),
                status="duplicate" if master else status,
                resolved_at=None if master else result,
                category=draw(st.none() | st.sampled_from(sorted(CATEGORIES))),
                area=draw(st.none() | st.sampled_from(sorted(AREAS))),
                channel=draw(st.sampled_from(["app", "hotline"])),
                restricted=draw(st.booleans()),
                recurs=bool(filed) and draw(st.booleans()),
                master=master,
            )
        )
    return filed
