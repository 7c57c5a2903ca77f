"""Where things happen: near the centres of the communes, more in the towns, and again at spots."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from random import Random

from reports_service.cli import province

TOWN = "Phường"  # how the names of wards begin
IN_TOWN_M, IN_COUNTRY_M = 500.0, 1200.0  # how far from a centre, in the mean of each direction
MORE_IN_TOWN = 5.0
DEGREE_M = 111_320
REMEMBERED = 400


@dataclass(frozen=True, slots=True)
class Spot:
    """A place and what was reported there."""

    code: str
    category: str
    lat: float
    lon: float


class Places:
    """Draws points of the province, and remembers where something is open or was closed."""

    def __init__(self, folder: Path, chance: Random) -> None:
        names = {row["code"]: row["name_vi"] for row in province.table(folder, "areas")}
        rows = [row for row in province.table(folder, "centres") if row["area"] in names]
        self._centres = [(float(row["lat"]), float(row["lon"])) for row in rows]
        self._town = [names[row["area"]].startswith(TOWN) for row in rows]
        self._weights = [MORE_IN_TOWN if town else 1.0 for town in self._town]
        self._chance = chance
        self.recent: deque[Spot] = deque(maxlen=REMEMBERED)
        self.closed: deque[Spot] = deque(maxlen=REMEMBERED)

    def anywhere(self) -> tuple[float, float]:
        """A point, in degrees."""
        number = self._chance.choices(range(len(self._centres)), self._weights)[0]
        spread = IN_TOWN_M if self._town[number] else IN_COUNTRY_M
        return self._shifted(*self._centres[number], spread)

    def near(self, spot: Spot, metres: float) -> tuple[float, float]:
        """A point within ``metres`` of a spot."""
        lat, lon = self._polar(spot.lat, spot.lon, metres * math.sqrt(self._chance.random()))
        return lat, lon

    def remembered(self, spots: deque[Spot], last: int) -> Spot | None:
        """One of the ``last`` spots that were remembered."""
        if not spots:
            return None
        return spots[-1 - self._chance.randrange(min(last, len(spots)))]

    def _shifted(self, lat: float, lon: float, metres: float) -> tuple[float, float]:
        return self._polar(lat, lon, abs(self._chance.gauss(0, metres)))

    def _polar(self, lat: float, lon: float, metres: float) -> tuple[float, float]:
        turn = self._chance.uniform(0, 2 * math.pi)
        north = metres * math.cos(turn) / DEGREE_M
        east = metres * math.sin(turn) / (DEGREE_M * math.cos(math.radians(lat)))
        return round(lat + north, 6), round(lon + east, 6)
