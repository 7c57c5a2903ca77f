"""Place and time that a picture tells of itself."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from PIL import ExifTags, Image

from reports_service.attachments.exif import PhotoFacts, read_facts
from tests import pictures

pytestmark = [pytest.mark.pure, pytest.mark.any_engine]

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def told_by(content: bytes) -> PhotoFacts:
    return read_facts(io.BytesIO(content), HANOI, NOW)


def test_a_place_in_long_hoa_is_read_to_a_few_centimetres() -> None:
    facts = told_by(pictures.jpeg(place=pictures.LONG_HOA))
    assert (facts.lat, facts.lon) == pytest.approx(pictures.LONG_HOA, abs=1e-6)


def test_a_place_in_a_heic_is_read_too() -> None:
    facts = told_by(pictures.heic(place=pictures.LONG_HOA))
    assert (facts.lat, facts.lon) == pytest.approx(pictures.LONG_HOA, abs=1e-6)


def test_south_and_west_are_negative() -> None:
    facts = told_by(pictures.jpeg(place=(-33.5, -70.25)))
    assert (facts.lat, facts.lon) == (-33.5, -70.25)


def test_without_hemispheres_a_place_in_vietnam_is_north_and_east() -> None:
    facts = told_by(pictures.jpeg(place=pictures.LONG_HOA, refs=False))
    assert (facts.lat, facts.lon) == pytest.approx(pictures.LONG_HOA, abs=1e-6)


def test_without_hemispheres_a_place_elsewhere_is_no_place() -> None:
    assert told_by(pictures.jpeg(place=(48.85, 2.35), refs=False)).lat is None


def test_denominators_of_nought_are_no_place() -> None:
    assert told_by(pictures.jpeg_with_gps_over_zero()) == PhotoFacts()


def test_the_corner_of_all_coordinates_is_no_place() -> None:
    assert told_by(pictures.jpeg(place=(0.0, 0.0))).lat is None


@pytest.mark.parametrize("place", [(91.0, 100.0), (10.0, 181.0)])
def test_a_place_off_the_globe_is_no_place(place: tuple[float, float]) -> None:
    assert told_by(pictures.jpeg(place=place)).lat is None


@pytest.mark.parametrize("said", [(11.0, 18.0, 12.0, 5.0), 11.0])
def test_coordinates_of_another_kind_are_no_place(said: object) -> None:
    tags = Image.Exif()
    gps = tags.get_ifd(ExifTags.IFD.GPSInfo)
    gps.update(pictures.gps(*pictures.LONG_HOA))
    gps[ExifTags.GPS.GPSLatitude] = said
    assert told_by(pictures.encoded(pictures.drawing(32, 32), exif=tags)).lat is None


def test_the_time_is_local_where_the_camera_names_no_offset() -> None:
    facts = told_by(pictures.jpeg(taken="2026:11:20 08:15:00"))
    assert facts.taken_at == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)


def test_an_offset_that_the_camera_names_is_believed() -> None:
    facts = told_by(pictures.jpeg(taken="2026:11:20 08:15:00", offset="+09:00"))
    assert facts.taken_at == datetime(2026, 11, 19, 23, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    ["2099:13:45 99:99:99", "2026:11:23 08:00:00", "1980:01:01 00:00:00", "yesterday", "\0" * 19],
)
def test_a_time_to_come_or_of_no_calendar_is_ignored(said: str) -> None:
    assert told_by(pictures.jpeg(taken=said)).taken_at is None


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data", "ignore:Possibly corrupt EXIF")
def test_torn_exif_tells_nothing_and_harms_nothing() -> None:
    assert told_by(pictures.jpeg_with_torn_exif()) == PhotoFacts()


def test_what_is_no_picture_tells_nothing() -> None:
    assert told_by(pictures.html()) == PhotoFacts()
