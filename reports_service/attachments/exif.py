"""Where and when a picture says it was taken: a suggestion to people, never a fact.

Anyone can write anything into EXIF: whatever is not plainly a place or a moment is ignored.
Tags and their meaning: CIPA DC-008 (Exif 2.32), 4.6.5 and 4.6.6.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from typing import IO, Any

from PIL import ExifTags, Image

from reports_service.attachments.formats import DECODER_FAULTS, BadPicture, open_picture

# South, north, west, east, with the islands. Only inside it a coordinate without its hemisphere
# is taken to be north and east.
HOME_BOX = (6.0, 24.0, 102.0, 118.0)
YEAR_MIN = 2000  # cameras without a set clock say 1970, 1980 or 2000-01-01
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")


@dataclass(frozen=True)
class PhotoFacts:
    """WGS 84 degrees, and a moment (aware); None where the picture does not say it plainly."""

    lat: float | None = None
    lon: float | None = None
    taken_at: datetime | None = None


def read_facts(file: IO[bytes], zone: tzinfo, now: datetime) -> PhotoFacts:
    """Place and time from a picture's header. ``zone`` is the camera's where it names none.

    Never raises on what stands in the file: a file without legible facts has none.
    """
    try:
        exif = open_picture(file).getexif()
        place = _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
        taken_at = _moment(exif.get_ifd(ExifTags.IFD.Exif), zone, now)
    except (BadPicture, *DECODER_FAULTS):
        return PhotoFacts()
    lat, lon = place or (None, None)
    return PhotoFacts(lat, lon, taken_at)


def orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 (upright) where there is none that makes sense."""
    with suppress(*DECODER_FAULTS):
        value = picture.getexif().get(ExifTags.Base.Orientation, 1)
        if value in range(1, 9):
            return int(value)
    return 1


def _place(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude))
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude))
    if lat is None or lon is None or (lat, lon) == (0.0, 0.0):
        return None
    north = _hemisphere(gps.get(ExifTags.GPS.GPSLatitudeRef), "N", "S")
    east = _hemisphere(gps.get(ExifTags.GPS.GPSLongitudeRef), "E", "W")
    if (north is None or east is None) and not _is_home(lat, lon):
        return None
    lat, lon = lat * (north or 1), lon * (east or 1)
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _degrees(parts: Any) -> float | None:
    """Degrees from (degrees, minutes, seconds), each a rational; None for x/0, NaN or nonsense."""
    if not isinstance(parts, tuple) or not 1 <= len(parts) <= 3:
        return None
    value = 0.0
    for part, divisor in zip(parts, (1, 60, 3600), strict=False):
        number = float(part)
        if not math.isfinite(number) or number < 0:
            return None
        value += number / divisor
    return round(value, 7)


def _hemisphere(ref: Any, positive: str, negative: str) -> int | None:
    if isinstance(ref, bytes):
        ref = ref.decode("ascii", "replace")
    letter = str(ref or "").strip("\0 ").upper()
    return {positive: 1, negative: -1}.get(letter)


def _is_home(lat: float, lon: float) -> bool:
    south, north, west, east = HOME_BOX
    return south <= lat <= north and west <= lon <= east


def _moment(exif: Mapping[int, Any], zone: tzinfo, now: datetime) -> datetime | None:
    said = exif.get(ExifTags.Base.DateTimeOriginal)
    offset = exif.get(ExifTags.Base.OffsetTimeOriginal)
    try:
        local = datetime.strptime(str(said).strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(
            tzinfo=_offset(offset) or zone
        )
    except ValueError:
        return None
    return local if local.year >= YEAR_MIN and local <= now else None


def _offset(said: Any) -> tzinfo | None:
    match = _OFFSET.fullmatch(str(said or "").strip("\0 "))
    if match is None:
        return None
    sign, hours, minutes = match.groups()
    east_of_utc = timedelta(hours=int(hours), minutes=int(minutes))
    if east_of_utc > timedelta(hours=14):
        return None
    return timezone(east_of_utc if sign == "+" else -east_of_utc)
