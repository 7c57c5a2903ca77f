"""Draws the pictures that tests need, good ones and ones made to harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import numpy as np
import pillow_heif
from PIL import ExifTags, Image, ImageCms, ImageDraw

LONG_HOA = (11.2871, 106.1312)  # in phường Long Hoa, Tây Ninh
BLUE = (0, 0, 255)
HTML = b"<!doctype html><script>alert(document.domain)</script>"


def drawing(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """A picture whose upper left quarter is red on blue: one sees how it is turned."""
    image = Image.new("RGB", (width, height), BLUE)
    ImageDraw.Draw(image).rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=(255, 0, 0))
    return image if mode == "RGB" else image.convert(mode)


def photograph(width: int, height: int, seed: int = 1) -> Image.Image:
    """Soft colours with the noise of a camera, so that it compresses as a photograph does."""
    random = np.random.default_rng(seed)
    spots = random.integers(0, 255, (60, 80, 3), dtype=np.uint8)
    soft = Image.fromarray(spots).resize((width, height), Image.Resampling.BICUBIC)
    grain = random.integers(-8, 9, (height, width, 1), dtype=np.int16)
    return Image.fromarray(np.clip(np.asarray(soft) + grain, 0, 255).astype(np.uint8))


def encoded(image: Image.Image, format_: str = "JPEG", **options: Any) -> bytes:
    """The image as a file of a format that Pillow or pillow-heif writes."""
    out = io.BytesIO()
    if format_ == "HEIF":
        pillow_heif.register_heif_opener()
    image.save(out, format_, **options)
    return out.getvalue()


def exif(
    place: tuple[float, float] | None = None,
    taken: str | None = None,
    *,
    refs: bool = True,
    orientation: int | None = None,
    offset: str | None = None,
) -> Image.Exif:
    """EXIF as a camera writes it; ``taken`` is "2026:11:20 08:15:00", local time."""
    tags = Image.Exif()
    if orientation:
        tags[ExifTags.Base.Orientation] = orientation
    if taken:
        tags.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    if offset:
        tags.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.OffsetTimeOriginal] = offset
    if place:
        tags.get_ifd(ExifTags.IFD.GPSInfo).update(gps(*place, refs=refs))
    return tags


def gps(lat: float, lon: float, *, refs: bool = True) -> dict[int, Any]:
    """The GPS tags of a place in degrees."""
    tags: dict[int, Any] = {
        ExifTags.GPS.GPSLatitude: _sexagesimal(abs(lat)),
        ExifTags.GPS.GPSLongitude: _sexagesimal(abs(lon)),
    }
    if refs:
        tags[ExifTags.GPS.GPSLatitudeRef] = "N" if lat >= 0 else "S"
        tags[ExifTags.GPS.GPSLongitudeRef] = "E" if lon >= 0 else "W"
    return tags


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), round(minutes % 1 * 60, 4)


def jpeg(width: int = 640, height: int = 480, **exif_facts: Any) -> bytes:
    """An ordinary JPEG, with EXIF where facts are given (see ``exif``)."""
    if not exif_facts:
        return encoded(drawing(width, height), quality=90)
    return encoded(drawing(width, height), quality=90, exif=exif(**exif_facts))


def jpeg_with_gps_over_zero() -> bytes:
    """GPS coordinates whose every denominator is nought."""
    content = jpeg(place=(1.0, 1.0))
    parts = struct.pack("<II", 1, 1), struct.pack(">II", 1, 1)
    broken = content
    for part in parts:
        broken = broken.replace(part, part[:4] + b"\0\0\0\0")
    assert broken != content
    return broken


def jpeg_with_torn_exif() -> bytes:
    """EXIF that begins as it should and then points beyond its end."""
    content = jpeg(place=LONG_HOA)
    begin = content.index(b"Exif\0\0") + 6
    return content[: begin + 4] + b"\xff\xff\xff\x7f" + content[begin + 8 :]


def mpo() -> bytes:
    """A Multi-Picture Object: what some phones save as .jpg, with a second picture behind."""
    return encoded(drawing(), "MPO", save_all=True, append_images=[drawing(64, 48)])


def cmyk() -> bytes:
    """A JPEG in printing colours."""
    return encoded(Image.new("CMYK", (300, 200), (0, 255, 255, 0)), quality=95)


def grey_16_bits(value: int = 0x8000) -> bytes:
    """A PNG of 16 bits of grey, all of one value."""
    return encoded(Image.fromarray(np.full((40, 60), value, dtype=np.uint16)), "PNG")


def transparent() -> bytes:
    """A PNG that shows nothing of its black."""
    return encoded(Image.new("RGBA", (60, 40), (0, 0, 0, 0)), "PNG")


def palette_with_transparency() -> bytes:
    """A palette PNG whose colour 0 is not shown."""
    image = drawing(60, 40).quantize(8)
    return encoded(image, "PNG", transparency=image.getpixel((59, 39)))


def with_profile(profile: bytes | None = None) -> bytes:
    """A JPEG with a colour profile embedded; without one given, that of sRGB."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return encoded(drawing(), quality=95, icc_profile=srgb if profile is None else profile)


def muted() -> Image.Image:
    """A picture of one soft green, which profiles show differently."""
    return Image.new("RGB", (64, 48), (90, 160, 80))


def with_wide_profile() -> bytes:
    """``muted`` with a profile whose red and green stand swapped: nobody can overlook it."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    named = bytes(profile).replace("sRGB".encode("utf-16-be"), "wide".encode("utf-16-be"))
    return encoded(muted(), quality=95, icc_profile=named)


def heic(width: int = 128, height: int = 96, **exif_facts: Any) -> bytes:
    """A small HEIC, as an iPhone makes."""
    options = {"exif": exif(**exif_facts).tobytes()} if exif_facts else {}
    return encoded(drawing(width, height), "HEIF", quality=80, **options)


def avif() -> bytes:
    """A small AVIF."""
    return encoded(drawing(128, 96), "AVIF", quality=80, speed=10)


def webp() -> bytes:
    """A small WebP."""
    return encoded(drawing(128, 96), "WEBP", quality=90)


def animated_webp() -> bytes:
    """A WebP of two frames."""
    return encoded(
        drawing(64, 48), "WEBP", save_all=True, append_images=[Image.new("RGB", (64, 48))]
    )


def gif() -> bytes:
    """A GIF of three frames."""
    frames = [Image.new("P", (20, 20), color) for color in range(1, 3)]
    return encoded(Image.new("P", (20, 20)), "GIF", save_all=True, append_images=frames)


def png_header_only(width: int, height: int) -> bytes:
    """A PNG that says how large it is and has no pixels."""
    return b"\x89PNG\r\n\x1a\n" + _chunk(
        b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    )


def png_bomb(width: int = 20_000, height: int = 20_000) -> bytes:
    """A few dozen kilobytes that unpack to hundreds of millions of pixels."""
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png_header_only(width, height) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def jpeg_bomb() -> bytes:
    """A JPEG of some hundred bytes whose header says 65,500 by 65,500 pixels."""
    content = bytearray(jpeg(16, 16))
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", 65_500, 65_500)
    return bytes(content)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def jpeg_with_script_in_exif() -> bytes:
    """A JPEG whose strings are a script, a formula and a telephone number."""
    tags = exif(place=LONG_HOA)
    tags[ExifTags.Base.ImageDescription] = "<script>alert(1)</script>"
    tags[ExifTags.Base.Artist] = '=HYPERLINK("http://vidu.vn")'
    tags[ExifTags.Base.Copyright] = "0912345678"
    return encoded(drawing(), quality=90, exif=tags)


def gif_of_3000_frames() -> bytes:
    """A GIF that is short to send and long to show."""
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return head + frame * 3000 + b";"


def polyglot() -> bytes:
    """A JPEG that is a web page too."""
    return jpeg() + HTML


def html() -> bytes:
    """A web page."""
    return HTML


def zip_named_png() -> bytes:
    """An archive, whatever it is called."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("photo.png", b"no picture")
    return out.getvalue()
