"""Small good pictures of every kind that is taken, with all that a camera writes into one."""

from __future__ import annotations

import io

from PIL import ExifTags, Image

from reports_service.attachments import formats

assert formats.DECODERS  # importing it lets Pillow write HEIF too
SIZE = (64, 48)
SECRET = "0912345678 <script>alert(1)</script>"


def seeds() -> list[bytes]:
    """One file of each kind; most carry EXIF with GPS, XMP, a comment or a profile."""
    picture = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    exif = _camera()
    return [
        _file(picture, "JPEG", exif=exif, comment=SECRET.encode(), quality=85),
        _file(picture, "JPEG", progressive=True, exif=exif, xmp=f"<x>{SECRET}</x>".encode()),
        _file(picture.convert("CMYK"), "JPEG"),
        _file(picture, "MPO", save_all=True, append_images=[picture]),
        _file(picture, "PNG", exif=exif),
        _file(picture.convert("RGBA"), "PNG"),
        _file(picture.quantize(16), "PNG", transparency=0),
        _file(Image.new("I;16", SIZE, 0x8000), "PNG"),
        _file(picture, "WEBP", exif=exif, quality=80),
        _file(picture.convert("RGBA"), "WEBP", lossless=True),
        _file(picture, "WEBP", save_all=True, append_images=[picture.rotate(90)]),
        _file(picture, "AVIF", exif=exif, speed=10),
        _file(picture, "HEIF", exif=exif.tobytes()),
        _file(picture, "GIF"),
    ]


def _camera() -> Image.Exif:
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = 6
    tags[ExifTags.Base.ImageDescription] = SECRET
    tags.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:03:09 08:00:00"
    tags.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (11.0, 17.0, 13.5),
            ExifTags.GPS.GPSLongitudeRef: "E",
            ExifTags.GPS.GPSLongitude: (106.0, 7.0, 52.3),
        }
    )
    return tags


def _file(picture: Image.Image, format_: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, format_, **options)
    return out.getvalue()
