"""The place of each agency among its kind, and why some have none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports_service.agencies.service import AgencyFacts
from reports_service.domain import measures
from reports_service.domain.measures import Standing
from reports_service.statistics.tallies import Tally


@dataclass(frozen=True, slots=True)
class Ranking:
    """The places of the agencies (ids) that have one, and how many of each kind have."""

    places: Mapping[int, int]
    among: Mapping[str, int]


def ranking(found: Mapping[int, Tally], agencies: Iterable[AgencyFacts]) -> Ranking:
    """Rank what was counted for agencies (ids), each within its kind."""
    kinds = {agency.id: agency.kind for agency in agencies}
    places = measures.ranks(
        {
            agency_id: Standing(kinds[agency_id], tally.counts["met"], tally.counts["due"])
            for agency_id, tally in found.items()
        }
    )
    return Ranking(places, Counter(kinds[agency_id] for agency_id in places))
