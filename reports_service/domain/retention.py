"""How long the people in a report are kept: by category, from the day on which it ended.

Law 91/2025/QH15 on personal data lets it be kept as long as its purpose asks and no longer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from reports_service.domain.lifecycle import OPEN, Status

UNSORTED_DAYS: Final = 3650  # where no category says otherwise
# From which nothing follows by itself any more. A result may still be judged and reopened.
ENDED: Final = frozenset(Status) - OPEN - {Status.RESOLVED}


def ended_by(now: datetime, days: int) -> datetime:
    """Who is kept ``days`` days is due ``now`` if the report ended at this moment or before."""
    return now - timedelta(days=days)


def due_at(status: Status, since: datetime, days: int) -> datetime | None:
    """When the people in a report become anonymous; None while it has not ended.

    ``since``: when it got this status.
    """
    return since + timedelta(days=days) if status in ENDED else None
