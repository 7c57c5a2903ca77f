"""What a request asks of a picture before it answers."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

import pytest

from reports_service.attachments.formats import (
    BadPicture,
    NotAPicture,
    PictureAnimation,
    PictureEmpty,
    PictureTooManyBytes,
    PictureTooManyPixels,
    PictureUnreadable,
)
from reports_service.attachments.inspection import Inspection, Limits, fingerprint, inspect
from tests import pictures

pytestmark = [pytest.mark.pure, pytest.mark.any_engine]

LIMITS = Limits()


def looked_at(content: bytes, limits: Limits = LIMITS) -> Inspection:
    return inspect(io.BytesIO(content), limits)


@pytest.mark.parametrize(
    ("draw", "media_type"),
    [
        (pictures.jpeg, "image/jpeg"),
        (pictures.mpo, "image/jpeg"),
        (pictures.cmyk, "image/jpeg"),
        (pictures.polyglot, "image/jpeg"),
        (pictures.grey_16_bits, "image/png"),
        (pictures.transparent, "image/png"),
        (pictures.webp, "image/webp"),
        (pictures.animated_webp, "image/webp"),
        (pictures.avif, "image/avif"),
        (pictures.heic, "image/heic"),
    ],
)
def test_a_picture_is_known_by_its_content(draw: Callable[[], bytes], media_type: str) -> None:
    assert looked_at(draw()).media_type == media_type


@pytest.mark.parametrize(
    ("draw", "refusal"),
    [
        (lambda: b"", PictureEmpty),
        (pictures.html, NotAPicture),
        (pictures.zip_named_png, NotAPicture),
        (pictures.gif, PictureAnimation),
        (pictures.png_bomb, PictureTooManyPixels),
        (pictures.jpeg_bomb, PictureTooManyPixels),
        (lambda: pictures.jpeg()[:30], PictureUnreadable),
        (lambda: pictures.heic()[:-40], PictureUnreadable),
        (lambda: pictures.avif()[:-40], PictureUnreadable),
        (lambda: pictures.webp()[:-40], PictureUnreadable),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(
    draw: Callable[[], bytes], refusal: type[BadPicture]
) -> None:
    with pytest.raises(refusal):
        looked_at(draw())


def test_the_header_tells_width_height_length_and_digest() -> None:
    content = pictures.jpeg(320, 200)
    found = looked_at(content)
    assert (found.width, found.height, found.byte_size) == (320, 200, len(content))
    assert found.sha256 == hashlib.sha256(content).hexdigest()


def test_a_picture_of_exactly_the_limits_is_taken_and_one_beyond_is_not() -> None:
    content = pictures.jpeg(100, 50)
    exact = Limits(byte_size=len(content), pixels=5_000)
    assert looked_at(content, exact).width == 100
    with pytest.raises(PictureTooManyBytes):
        looked_at(content + b"\0", exact)
    with pytest.raises(PictureTooManyPixels):
        looked_at(content, Limits(pixels=4_999))


def test_every_beginning_of_a_picture_is_judged_without_a_fault() -> None:
    for draw in (pictures.jpeg, pictures.heic, pictures.avif, pictures.webp, pictures.transparent):
        content = draw()
        for length in range(0, min(len(content), 600), 7):
            try:
                looked_at(content[:length])
            except BadPicture as refusal:
                assert refusal.code.startswith("picture_")


def test_the_file_stands_at_its_beginning_afterwards() -> None:
    file = io.BytesIO(pictures.jpeg())
    inspect(file, LIMITS, fingerprint(file))
    assert file.tell() == 0
    assert not file.closed
