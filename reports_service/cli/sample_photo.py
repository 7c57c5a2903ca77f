"""``reports sample-photo``: draws a photo as a phone makes it, GPS and all, to try things with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from PIL import Image, ImageDraw

from config import default
from reports_service.cli.spoken import language
from reports_service.core import clock
from reports_service.core.words import say

SIZE = (1600, 1200)
EXIF_IFD, GPS_IFD = 0x8769, 0x8825
TAKEN_AT, LAT_REF, LAT, LON_REF, LON = 0x9003, 1, 2, 3, 4


@click.command(name="sample-photo")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--lat", type=click.FloatRange(-90, 90), default=11.2871, show_default=True)
@click.option("--lon", type=click.FloatRange(-180, 180), default=106.1312, show_default=True)
def sample_photo(file: Path, lat: float, lon: float) -> None:
    """Draw a dark street lamp into FILE (JPEG), taken now at a point in phường Long Hoa."""
    taken = clock.now().astimezone(ZoneInfo(default.TZ_NAME))  # EXIF names no zone
    _draw().save(file, "JPEG", quality=85, exif=_exif(lat, lon, taken))
    click.echo(say("cli_photo_drawn", language(), file=file, lat=lat, lon=lon))


def _draw() -> Image.Image:
    """A night sky, a street, and a lamp that is out."""
    picture = Image.new("RGB", SIZE, (18, 24, 38))
    draw = ImageDraw.Draw(picture)
    draw.polygon([(0, 1200), (1600, 1200), (1000, 760), (700, 760)], fill=(42, 42, 46))
    draw.line([(850, 800), (850, 1200)], fill=(150, 150, 120), width=8)
    draw.rectangle([420, 260, 440, 1000], fill=(96, 100, 104))
    draw.line([(430, 270), (640, 230)], fill=(96, 100, 104), width=16)
    draw.ellipse([610, 215, 720, 265], fill=(60, 60, 58), outline=(110, 110, 108), width=4)
    return picture


def _exif(lat: float, lon: float, taken: datetime) -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(EXIF_IFD)[TAKEN_AT] = taken.strftime("%Y:%m:%d %H:%M:%S")
    exif.get_ifd(GPS_IFD).update(
        {
            LAT_REF: "N" if lat >= 0 else "S",
            LAT: _degrees(abs(lat)),
            LON_REF: "E" if lon >= 0 else "W",
            LON: _degrees(abs(lon)),
        }
    )
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    """Degrees, minutes and seconds, as EXIF writes a coordinate."""
    minutes, seconds = divmod(round(value * 3600, 4), 60)
    degrees, minutes = divmod(minutes, 60)
    return degrees, minutes, round(seconds, 4)
