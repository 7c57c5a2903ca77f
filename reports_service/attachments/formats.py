"""The kinds of picture that are taken, and the one way to open a file as one of them."""

from __future__ import annotations

import struct
import zlib
from typing import IO

from PIL import (
    AvifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)
from pillow_heif import register_heif_opener

from reports_service.domain.errors import Invalid

# Importing a plug-in registers its decoder; Pillow loads only some of them by itself.
PLUGINS = (AvifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)
register_heif_opener()
# Each further thread of the AVIF decoder holds buffers of its own, and pictures come one by one.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1

# Pillow's format -> media type. A Multi-Picture Object is a JPEG with more pictures behind.
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "HEIF": "image/heic",
}
# What ``Image.open`` is allowed to try; its JPEG decoder finds out by itself that a file is an MPO.
DECODERS = tuple(format_ for format_ in MEDIA_TYPES if format_ != "MPO")
SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heic": "heic",
}

# Pillow's own cap warns between 89 and 179 megapixels. Ours stands in the inspection, in words,
# and behind it the limits of the child process; so this one would only get in the way.
Image.MAX_IMAGE_PIXELS = None

# What the decoders raise on files that lie, besides OSError: found by feeding them damaged ones.
DECODER_FAULTS = (
    OSError,
    ValueError,
    TypeError,
    SyntaxError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RuntimeError,
    EOFError,
    struct.error,
    zlib.error,
)


class BadPicture(Invalid):
    """A file cannot be taken as a picture. Each kind's ``code`` is the reason that is kept."""

    code = "picture_bad"


class PictureEmpty(BadPicture):
    """The file has no bytes."""

    code = "picture_empty"


class PictureTooManyBytes(BadPicture):
    """The file is longer than is taken."""

    code = "picture_too_many_bytes"


class PictureTooManyPixels(BadPicture):
    """The picture has more pixels than are decoded."""

    code = "picture_too_many_pixels"


class PictureAnimation(BadPicture):
    """A GIF: made for animations, never by a camera."""

    code = "picture_animation"


class NotAPicture(BadPicture):
    """The content is no kind of picture that is taken, whatever the name says."""

    code = "picture_not_a_picture"


class PictureUnreadable(BadPicture):
    """The picture is damaged or did not arrive whole."""

    code = "picture_unreadable"


class PictureTooHeavy(BadPicture):
    """Decoding the picture needs more memory or time than it may have."""

    code = "picture_too_heavy"


class SurplusPicture(BadPicture):
    """The report has as many pictures as it may have already."""

    code = "picture_surplus"


class UploadUnknown(BadPicture):
    """The report names an upload that is not there: never begun, not finished, or swept away."""

    code = "picture_upload_unknown"


KINDS: tuple[type[BadPicture], ...] = (BadPicture, *BadPicture.__subclasses__())
REASONS = {kind.code: kind for kind in KINDS}


def open_picture(file: IO[bytes]) -> ImageFile.ImageFile:
    """Open a file by its content; reads the header, decodes no pixel.

    Raises ``NotAPicture`` where no decoder knows it, ``PictureUnreadable`` where one gave up.
    """
    file.seek(0)
    try:
        return Image.open(file, formats=DECODERS)
    except UnidentifiedImageError as unknown:
        raise NotAPicture() from unknown
    except DECODER_FAULTS as fault:
        raise PictureUnreadable() from fault
