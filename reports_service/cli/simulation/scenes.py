"""Small drawings that stand for photographs: a street as it was reported, and after the work."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

SIZE = (480, 360)
VARIANTS = 4
QUALITY = 70
HORIZON = 190
ROAD = [(0, 360), (150, HORIZON), (330, HORIZON), (480, 360)]
_SCENES = {
    "den-duong": "light",
    "den-tin-hieu": "light",
    "mat-duong": "hole",
    "nap-ho-ga": "hole",
    "via-he": "hole",
    "ngap-nuoc": "water",
    "nuoc-thai": "water",
    "cap-nuoc": "water",
    "cay-xanh": "tree",
    "giong-loc": "tree",
    "sat-lo": "hole",
    "rac-thai": "heap",
    "do-trom-chat-thai": "heap",
    "lan-chiem": "heap",
    "quang-cao": "heap",
}


def scene(category: str, *, after: bool, variant: int) -> bytes:
    """A JPEG for a matter of this category. The same arguments give the same bytes."""
    return _drawn(_SCENES.get(category, "house"), after, variant)


@cache
def _drawn(what: str, after: bool, variant: int) -> bytes:
    chance = Random(f"{what} {variant}")
    dark = what == "light" and not after
    image = Image.new("RGB", SIZE, (28, 32, 52) if dark else _tinted((168, 206, 236), chance))
    draw = ImageDraw.Draw(image)
    draw.rectangle(
        (0, HORIZON, *SIZE), fill=(34, 44, 36) if dark else _tinted((118, 150, 92), chance)
    )
    draw.polygon(ROAD, fill=(38, 38, 42) if dark else _tinted((122, 122, 124), chance))
    _houses(draw, chance, dark)
    _OBJECTS[what](draw, chance, after)
    file = BytesIO()
    image.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _tinted(colour: tuple[int, int, int], chance: Random) -> tuple[int, int, int]:
    red, green, blue = (max(0, min(255, part + chance.randint(-18, 18))) for part in colour)
    return red, green, blue


def _houses(draw: ImageDraw.ImageDraw, chance: Random, dark: bool) -> None:
    left = 0
    while left < SIZE[0]:
        width, height = chance.randint(50, 90), chance.randint(50, 120)
        wall = (46, 46, 60) if dark else _tinted((206, 186, 160), chance)
        draw.rectangle((left, HORIZON - height, left + width - 6, HORIZON), fill=wall)
        window = (70, 66, 60) if dark else (96, 112, 128)
        draw.rectangle(
            (left + 12, HORIZON - height + 14, left + 30, HORIZON - height + 36), fill=window
        )
        left += width


def _light(draw: ImageDraw.ImageDraw, chance: Random, after: bool) -> None:
    post = chance.randint(90, 390)
    draw.rectangle((post, 60, post + 6, 300), fill=(90, 94, 100))
    draw.rectangle((post, 58, post + 44, 66), fill=(90, 94, 100))
    if after:
        draw.polygon(
            [(post + 20, 66), (post + 44, 66), (post + 90, 300), (post - 30, 300)],
            fill=(250, 236, 170),
        )
    draw.ellipse((post + 24, 62, post + 46, 78), fill=(255, 246, 200) if after else (60, 60, 64))


def _hole(draw: ImageDraw.ImageDraw, chance: Random, after: bool) -> None:
    left, top = chance.randint(150, 250), chance.randint(240, 290)
    fill = (92, 92, 96) if after else (52, 40, 32)
    draw.ellipse(
        (left, top, left + chance.randint(70, 120), top + chance.randint(26, 44)), fill=fill
    )


def _water(draw: ImageDraw.ImageDraw, chance: Random, after: bool) -> None:
    level = chance.randint(215, 250)
    if after:
        draw.ellipse((200, 320, 280, 336), fill=(104, 112, 118))
        return
    draw.rectangle((0, level, *SIZE), fill=_tinted((126, 116, 90), chance))
    for wave in range(level + 12, SIZE[1], 22):
        draw.line((0, wave, SIZE[0], wave + chance.randint(-4, 4)), fill=(150, 142, 118), width=2)


def _tree(draw: ImageDraw.ImageDraw, chance: Random, after: bool) -> None:
    left = chance.randint(60, 160)
    if after:
        draw.rectangle((left, 270, left + 26, 292), fill=(110, 80, 52))
        return
    draw.line((left, 290, left + 210, 250), fill=(96, 68, 42), width=16)
    draw.ellipse((left + 150, 190, left + 300, 310), fill=_tinted((52, 104, 50), chance))


def _heap(draw: ImageDraw.ImageDraw, chance: Random, after: bool) -> None:
    if after:
        return
    left = chance.randint(40, 220)
    for _ in range(26):
        x, y = left + chance.randint(0, 150), chance.randint(240, 320)
        draw.rectangle(
            (x, y, x + chance.randint(14, 40), y + chance.randint(12, 30)),
            fill=_tinted((chance.randint(40, 200), 110, 110), chance),
        )


def _house(draw: ImageDraw.ImageDraw, chance: Random, after: bool) -> None:
    left = chance.randint(110, 220)
    draw.rectangle((left, 110, left + 150, 270), fill=_tinted((214, 202, 170), chance))
    draw.rectangle((left + 55, 190, left + 95, 270), fill=(92, 132, 92) if after else (132, 72, 60))


_OBJECTS = {
    "light": _light,
    "hole": _hole,
    "water": _water,
    "tree": _tree,
    "heap": _heap,
    "house": _house,
}
