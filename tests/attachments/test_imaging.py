"""What people are shown instead of the file that was sent."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat

from reports_service.attachments.formats import (
    BadPicture,
    PictureTooHeavy,
    PictureUnreadable,
)
from reports_service.attachments.imaging import Derived, derive, derive_here
from reports_service.attachments.isolation import Bounds
from tests import pictures

pytestmark = [pytest.mark.pure, pytest.mark.any_engine]

RED, BLUE = (255, 0, 0), (0, 0, 255)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def near(pixel: object, color: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(is_ - should) <= 12 for is_, should in zip(pixel, color, strict=True))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_however_the_camera_was_held_the_picture_stands_upright(orientation: int) -> None:
    upright = pictures.drawing(120, 80)
    undone = {
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
    }.get(orientation)
    stored = upright if undone is None else upright.transpose(undone)
    sent = pictures.encoded(stored, quality=95, exif=pictures.exif(orientation=orientation))
    derived = derive_here(sent)
    assert (derived.width, derived.height) == (120, 80)
    shown = opened(derived.large)
    assert shown.size == (120, 80)
    assert near(shown.getpixel((10, 10)), RED)
    assert all(near(shown.getpixel(corner), BLUE) for corner in ((110, 10), (10, 70), (110, 70)))


def test_the_sides_are_at_most_1600_and_320_pixels_in_the_same_shape() -> None:
    derived = derive_here(pictures.jpeg(2400, 1800))
    assert opened(derived.large).size == (1600, 1200)
    assert opened(derived.small).size == (320, 240)
    assert (derived.width, derived.height) == (2400, 1800)


def test_a_small_picture_is_not_blown_up() -> None:
    assert opened(derive_here(pictures.jpeg(200, 100)).large).size == (200, 100)


def test_a_strip_of_one_pixel_keeps_a_pixel() -> None:
    assert opened(derive_here(pictures.encoded(Image.new("RGB", (8000, 1)))).small).size == (320, 1)


def test_no_metadata_survives() -> None:
    sent = pictures.encoded(
        pictures.drawing(),
        quality=90,
        exif=pictures.exif(place=pictures.LONG_HOA, taken="2026:11:20 08:15:00"),
        comment=b"0912345678",
        xmp=b"<x:xmpmeta>0912345678</x:xmpmeta>",
    )
    derived = derive_here(sent)
    for content in (derived.large, derived.small):
        assert not opened(content).getexif()
        assert set(opened(content).info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }
        assert b"0912345678" not in content
        assert b"Exif" not in content


def test_what_hangs_behind_a_picture_is_gone() -> None:
    derived = derive_here(pictures.polyglot())
    assert pictures.HTML not in derived.large + derived.small


@pytest.mark.parametrize(
    "draw", [pictures.jpeg, pictures.mpo, pictures.webp, pictures.avif, pictures.heic]
)
def test_every_kind_becomes_a_jpeg_in_the_same_colours(draw: Callable[[], bytes]) -> None:
    shown = opened(derive_here(draw()).large)
    assert (shown.format, shown.mode) == ("JPEG", "RGB")
    assert near(shown.getpixel((5, 5)), RED)
    assert near(shown.getpixel((shown.width - 5, shown.height - 5)), BLUE)


def test_a_see_through_webp_stands_on_white() -> None:
    sent = pictures.encoded(Image.new("RGBA", (60, 40), (0, 0, 0, 0)), "WEBP", lossless=True)
    assert near(opened(derive_here(sent).large).getpixel((5, 5)), (255, 255, 255))


def test_a_turned_webp_stands_upright() -> None:
    sent = pictures.encoded(
        pictures.drawing(60, 40), "WEBP", quality=95, exif=pictures.exif(orientation=6)
    )
    derived = derive_here(sent)
    assert (derived.width, derived.height) == (40, 60)
    assert near(opened(derived.large).getpixel((30, 10)), RED)


def test_an_animation_shows_its_first_frame() -> None:
    assert near(opened(derive_here(pictures.animated_webp()).large).getpixel((5, 5)), RED)


def test_printing_colours_become_those_of_a_screen() -> None:
    assert near(opened(derive_here(pictures.cmyk()).large).getpixel((9, 9)), RED)


@pytest.mark.parametrize("value", [0, 0x0100, 0x4000, 0x8000, 0xFFFF])
def test_sixteen_bits_of_grey_keep_their_grey(value: int) -> None:
    grey = value >> 8
    shown = opened(derive_here(pictures.grey_16_bits(value)).large)
    assert near(shown.getpixel((9, 9)), (grey, grey, grey))


@pytest.mark.parametrize("draw", [pictures.transparent, pictures.palette_with_transparency])
def test_what_is_transparent_stands_on_white(draw: Callable[[], bytes]) -> None:
    shown = opened(derive_here(draw()).large)
    assert near(shown.getpixel((shown.width - 1, shown.height - 1)), (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_every_mode_of_png_is_shown(mode: str) -> None:
    sent = pictures.encoded(pictures.drawing(60, 40, mode), "PNG")
    assert opened(derive_here(sent).large).size == (60, 40)


def test_colours_of_a_profile_are_turned_into_srgb() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    plain = opened(derive_here(pictures.jpeg()).large)
    srgb = opened(derive_here(pictures.with_profile()).large)
    of_another_model = opened(derive_here(pictures.with_profile(lab)).large)
    for shown in (srgb, of_another_model):
        difference = ImageStat.Stat(ImageChops.difference(plain, shown))
        assert max(difference.mean) < 3
        assert "icc_profile" not in shown.info


def test_a_broken_profile_is_no_profile() -> None:
    assert near(
        opened(derive_here(pictures.with_profile(b"junk" * 99)).large).getpixel((9, 9)), RED
    )


def test_a_profile_of_wide_colours_changes_the_pixels() -> None:
    shown = opened(derive_here(pictures.with_wide_profile()).large)
    plain = opened(derive_here(pictures.encoded(pictures.muted(), quality=95)).large)
    assert max(ImageStat.Stat(ImageChops.difference(plain, shown)).mean) > 8


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_torn_exif_does_not_cost_the_picture() -> None:
    assert opened(derive_here(pictures.jpeg_with_torn_exif()).large).size == (640, 480)


@pytest.mark.parametrize(
    "content",
    [
        pictures.jpeg()[:2000],
        pictures.transparent()[:60],
        pictures.png_header_only(10, 10),
        pictures.heic()[:400],
        pictures.avif()[:-30],
        pictures.webp()[:-30],
    ],
)
def test_a_torn_picture_is_unreadable(content: bytes) -> None:
    with pytest.raises(BadPicture):
        derive_here(content)


def test_the_child_gives_what_the_same_process_gives() -> None:
    sent = pictures.jpeg(800, 600, orientation=6)
    apart, here = derive(sent), derive_here(sent)
    assert Derived(apart.large, apart.small, apart.width, apart.height) == here
    assert apart.peak_bytes > 0


def test_a_bomb_ends_the_child_and_not_the_worker() -> None:
    with pytest.raises(PictureTooHeavy):
        derive(pictures.png_bomb())
    assert derive(pictures.jpeg()).width == 640


def test_more_memory_than_the_child_may_have_is_too_heavy() -> None:
    sent = pictures.encoded(Image.new("RGB", (6000, 6000)), "PNG")
    with pytest.raises(PictureTooHeavy):
        derive(sent, Bounds(data_bytes=150 * 1024 * 1024))


def peak(sent: bytes) -> int:
    """Bytes of memory that a worker's child took for a picture."""
    import_module("workers.run")
    return derive(sent).peak_bytes


def test_a_webp_of_many_pixels_fits_into_the_child() -> None:
    sent = pictures.encoded(Image.new("RGB", (8160, 6120)), "WEBP", quality=10, method=0)
    # A child counts what it shares with its parent, and this process is larger than a worker.
    with ProcessPoolExecutor(1, get_context("spawn")) as worker:
        assert worker.submit(peak, sent).result(60) < 600_000_000


def test_a_torn_picture_in_the_child_is_refused_by_its_kind() -> None:
    with pytest.raises(PictureUnreadable):
        derive(pictures.jpeg()[:2000])
