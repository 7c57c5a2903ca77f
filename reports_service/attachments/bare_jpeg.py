"""Whether a JPEG holds pixels and nothing else: what is published is looked at once more.

Markers and their order: ITU-T T.81, annex B.
"""

from __future__ import annotations

import struct

_START, _END, _SCAN, _JFIF = 0xD8, 0xD9, 0xDA, 0xE0
# Quantisation, frames (baseline, progressive), Huffman tables, restarts, scans, and JFIF itself.
_OF_PIXELS = frozenset({0xDB, 0xC0, 0xC2, 0xC4, 0xDD, _SCAN, _JFIF})
_JFIF_LENGTH = 16  # without a thumbnail, which would be a picture of its own
_LENGTH = struct.Struct(">H")


def foreign_parts(content: bytes) -> list[str]:
    """What in a JPEG is neither pixels nor what decoding them needs; empty for a bare one."""
    if content[:2] != bytes((0xFF, _START)):
        return ["no beginning"]
    found: list[str] = []
    at = 2
    while content[at : at + 1] == b"\xff" and at + 4 <= len(content) + 2:
        marker = content[at + 1]
        if marker == _END:
            behind = len(content) - at - 2
            return [*found, *([f"{behind} bytes behind the end"] if behind else [])]
        (length,) = _LENGTH.unpack_from(content, at + 2)
        if marker not in _OF_PIXELS or (marker == _JFIF and length != _JFIF_LENGTH):
            found.append(f"segment {marker:02x}")
        at += 2 + length
        if marker == _SCAN:
            at = _scan_ends(content, at)
    return [*found, "no end"]


def _scan_ends(content: bytes, at: int) -> int:
    """Where the next marker stands: within a scan FF is followed by 00 or a restart (D0 to D7)."""
    while (at := content.find(b"\xff", at)) >= 0:
        following = content[at + 1] if at + 1 < len(content) else 0xFF
        if following != 0 and not 0xD0 <= following <= 0xD7:
            return at
        at += 2
    return len(content)
