"""The pictures of a report as each may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from reports_service.areas import service as areas
from reports_service.attachments import addresses
from reports_service.attachments import service as attachments
from reports_service.core import clock, keys
from reports_service.domain.errors import Refusal
from reports_service.domain.roles import Party
from reports_service.reports import lookup
from reports_service.reports.models import Report, ReportPhoto
from reports_service.reports.onlooker import Onlooker


def visible(photos: Iterable[ReportPhoto], eye: Onlooker) -> list[dict[str, Any]]:
    """What this onlooker may see of these pictures, in their order."""
    return [_photo(photo, eye) for photo in photos if is_visible(photo, eye)]


def of_duplicates(report: Report, eye: Onlooker) -> list[dict[str, Any]]:
    """They count for the master; its reporter sees of them what the public sees."""
    if not report.followers_count:  # who files a duplicate counts as one
        return []
    stranger = eye if eye.inside else replace(eye, party=Party.PUBLIC)
    return visible(lookup.pictures_of_duplicates(report), stranger)


def is_visible(photo: ReportPhoto, eye: Onlooker) -> bool:
    """Whether this onlooker may see this picture."""
    return eye.sees_original or photo.attachment.hidden_at is None


def _photo(photo: ReportPhoto, eye: Onlooker) -> dict[str, Any]:
    picture = photo.attachment
    urls = addresses.public_addresses(picture)
    if eye.sees_original and not urls:
        urls = addresses.signed_addresses(picture, keys.key(keys.PICTURES), clock.now())
    shown: dict[str, Any] = {
        "id": picture.uuid,
        "role": photo.role,
        "state": picture.state,
        "reason": attachments.reason_in_words(picture, eye.language, eye.limits),
        "reason_code": picture.reason,
        "width": picture.width,
        "height": picture.height,
        "urls": urls,
    }
    if eye.sees_original:
        shown["suggestion"] = _suggestion(photo)
        shown["hidden_reason"] = picture.hidden_reason
    return shown


def _suggestion(photo: ReportPhoto) -> dict[str, Any] | None:
    """What the picture says of itself: where and when it was taken, and which area that is."""
    picture = photo.attachment
    if picture.exif_lat is None and picture.taken_at is None:
        return None
    if picture.exif_lat is None or picture.exif_lon is None:
        return {"taken_at": picture.taken_at, "location": None, "area": None, "outside": None}
    area, outside = None, True
    try:
        located = areas.locate(picture.exif_lat, picture.exif_lon)
        area, outside = located.area, located.kind == "outside"
    except Refusal:  # far outside: the suggestion says so, and nothing is refused for it
        pass
    return {
        "location": {"lat": picture.exif_lat, "lon": picture.exif_lon},
        "taken_at": picture.taken_at,
        "area": area if not outside else None,
        "outside": outside,
    }
