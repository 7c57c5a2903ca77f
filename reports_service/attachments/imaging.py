"""Derived pictures: upright, sRGB, without metadata, in the two sizes that people are shown."""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from PIL import Image, ImageCms

from reports_service.attachments import still_webp
from reports_service.attachments.bare_jpeg import foreign_parts
from reports_service.attachments.exif import orientation
from reports_service.attachments.formats import DECODER_FAULTS, PictureUnreadable, open_picture
from reports_service.attachments.isolation import Bounds, run

LARGE_SIDE = 1600
SMALL_SIDE = 320
QUALITY = 80
MEDIA_TYPE = "image/jpeg"
# The first shrinking may be coarse while it leaves twice the pixels wanted: Pillow's own advice
# for a result that the eye cannot tell from the slow way.
REDUCING_GAP = 2.0
STRIP_ROWS = 128
WHITE = (255, 255, 255)

# EXIF orientation -> what makes it upright (CIPA DC-008, 4.6.4 A).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SWAPS_SIDES = (5, 6, 7, 8)
_HEADER = struct.Struct(">III")


@dataclass(frozen=True)
class Derived:
    """Two JPEGs, and the upright original's width and height in pixels.

    ``peak_bytes``: the largest resident memory of the process that made them, where it was a child.
    """

    large: bytes
    small: bytes
    width: int
    height: int
    peak_bytes: int = 0


def derive(
    original: bytes,
    bounds: Bounds | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Derived:
    """Make the derived pictures in a child process. Raises ``BadPicture``, ``ChildLost``.

    ``meanwhile`` is called now and then while the child works.
    """
    outcome = run(lambda: _packed(derive_here(original)), bounds or Bounds(), meanwhile)
    return _unpacked(outcome.answer, outcome.peak_bytes)


def derive_here(original: bytes) -> Derived:
    """The same in this process, without limits. Raises ``BadPicture``."""
    try:
        picture, turn = _opened(original)
        width, height = picture.size
        shown = _upright(_in_srgb(_shrunk(picture)), turn)
        large = _jpeg(shown, progressive=True)
        shown.thumbnail((SMALL_SIDE, SMALL_SIDE), reducing_gap=REDUCING_GAP)
        small = _jpeg(shown, progressive=False)
    except DECODER_FAULTS as fault:
        raise PictureUnreadable() from fault
    if turn in _SWAPS_SIDES:
        width, height = height, width
    return Derived(large, small, width, height)


def _opened(original: bytes) -> tuple[Image.Image, int]:
    """The picture, not yet decoded where that can wait, and its EXIF orientation."""
    still = still_webp.is_still(original)
    picture = still_webp.decode(original) if still else open_picture(BytesIO(original))
    return picture, orientation(picture)


def _shrunk(picture: Image.Image) -> Image.Image:
    plain = picture if _can_be_averaged(picture) else _made_plain(picture)
    plain.thumbnail((LARGE_SIDE, LARGE_SIDE), reducing_gap=REDUCING_GAP)
    return plain


def _can_be_averaged(picture: Image.Image) -> bool:
    """Whether neighbouring pixels may be mixed: not palette numbers, bits, or what is unseen."""
    return picture.mode in ("RGB", "L", "CMYK") and "transparency" not in picture.info


def _made_plain(picture: Image.Image) -> Image.Image:
    """RGB on white, coarsely shrunk where large.

    Strip by strip: beside 50 megapixels a second copy of them would not fit into the child.
    """
    factor = max(1, int(max(picture.size) / (LARGE_SIDE * REDUCING_GAP)))
    width, height = (-(-side // factor) for side in picture.size)
    plain = Image.new("RGB", (width, height), WHITE)
    plain.info["icc_profile"] = picture.info.get("icc_profile")
    rows = STRIP_ROWS * factor
    for top in range(0, picture.height, rows):
        strip = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        plain.paste(_flat(strip).reduce(factor), (0, top // factor))
    return plain


def _flat(strip: Image.Image) -> Image.Image:
    """A strip as RGB on white."""
    if strip.mode.startswith("I;16"):
        # Pillow's own conversion makes everything above 255 white.
        strip = strip.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if strip.mode not in ("RGBA", "LA", "PA") and "transparency" not in strip.info:
        return strip.convert("RGB")
    seen = strip.convert("RGBA")
    ground = Image.new("RGB", seen.size, WHITE)
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground


def _in_srgb(picture: Image.Image) -> Image.Image:
    """RGB in the colours that a screen without colour management shows rightly."""
    profile = picture.info.get("icc_profile")
    if profile:
        # A broken profile, or one of another colour model than the pixels, is no profile.
        with suppress(ImageCms.PyCMSError, *DECODER_FAULTS):
            return _converted(picture, profile)
    return picture.convert("RGB")


def _converted(picture: Image.Image, profile: bytes) -> Image.Image:
    own = ImageCms.getOpenProfile(BytesIO(profile))
    if picture.mode == "RGB" and ImageCms.getProfileDescription(own).startswith("sRGB"):
        return picture
    converted = ImageCms.profileToProfile(picture, own, _srgb(), outputMode="RGB")
    assert converted is not None  # it is None only when converting in place
    return converted


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _upright(picture: Image.Image, turn: int) -> Image.Image:
    return picture.transpose(_TURNS[turn]) if turn in _TURNS else picture


def _jpeg(picture: Image.Image, *, progressive: bool) -> bytes:
    picture.info.clear()  # a JPEG's comment would be written again from here
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, progressive=progressive)
    content = out.getvalue()
    if foreign_parts(content):
        raise PictureUnreadable()  # rather none than one that says more than it shows
    return content


def _packed(derived: Derived) -> bytes:
    header = _HEADER.pack(derived.width, derived.height, len(derived.large))
    return b"".join((header, derived.large, derived.small))


def _unpacked(packed: bytes, peak_bytes: int) -> Derived:
    width, height, large_length = _HEADER.unpack_from(packed)
    small_from = _HEADER.size + large_length
    large = packed[_HEADER.size : small_from]
    return Derived(large, packed[small_from:], width, height, peak_bytes)
