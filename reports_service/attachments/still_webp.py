"""Still WebP decoded straight into one buffer.

Pillow decodes every WebP as an animation, with two canvases and two copies: 830 MB at 50
megapixels, where the child may have about 500. libwebp itself needs one buffer. It is the very
library that Pillow's decoder is linked with, so there is nothing more to install.
https://developers.google.com/speed/webp/docs/api and …/webp/docs/riff_container
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator
from functools import cache

from PIL import Image, _webp

_ANIMATION = b"ANIM"
_BYTES_PER_PIXEL = 4
_CHUNKS_FROM = 12


def is_still(content: bytes) -> bool:
    """Whether a WebP file has one picture only, and this Pillow's libwebp can be called."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or _libwebp() is None:
        return False
    return all(kind != _ANIMATION for kind, _ in _chunks(content))


def decode(content: bytes) -> Image.Image:
    """The picture as RGBA, with EXIF and profile in its ``info``.

    Raises ``OSError`` where libwebp cannot decode it.
    """
    library = _libwebp()
    assert library is not None  # is_still was asked before
    width, height = ctypes.c_int(), ctypes.c_int()
    length = len(content)
    if not library.WebPGetInfo(content, length, ctypes.byref(width), ctypes.byref(height)):
        raise OSError("libwebp finds no header")
    size, stride = (width.value, height.value), width.value * _BYTES_PER_PIXEL
    pixels = bytearray(stride * height.value)
    buffer = (ctypes.c_char * len(pixels)).from_buffer(pixels)
    if not library.WebPDecodeRGBAInto(content, length, buffer, len(pixels), stride):
        raise OSError("libwebp cannot decode this picture")
    picture = Image.frombuffer("RGBA", size, pixels, "raw", "RGBA", 0, 1)
    for kind, chunk in _chunks(content):
        if kind in (b"EXIF", b"ICCP"):
            picture.info["exif" if kind == b"EXIF" else "icc_profile"] = chunk
    return picture


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, content) of each chunk of the file."""
    at = _CHUNKS_FROM
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        yield kind, content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


@cache
def _libwebp() -> ctypes.CDLL | None:
    try:
        # Looking a name up in Pillow's own module finds it in the libraries that it brought along.
        library = ctypes.CDLL(_webp.__file__)
        read_header, decode_into = library.WebPGetInfo, library.WebPDecodeRGBAInto
    except (OSError, AttributeError):
        return None
    data = (ctypes.c_char_p, ctypes.c_size_t)
    read_header.argtypes = (*data, ctypes.c_void_p, ctypes.c_void_p)
    decode_into.argtypes = (*data, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    decode_into.restype = ctypes.c_void_p
    return library
