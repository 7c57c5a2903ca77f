"""The worker's way with a picture beside the bare Pillow calls, and the memory of the largest one.

Both sides read the same drawn 12-megapixel JPEG (with noise, EXIF orientation and GPS) and write
the same two JPEGs. The worker's side reads the original from the storage, reads the facts, forks a
child with limits and stores both results durably. Runs alternate; the medians are compared.

Memory is the child's largest resident set, from the kernel, for pictures of the largest size that
is taken; the parent's pages that the child shares are counted too.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

import numpy as np
from PIL import ExifTags, Image, ImageOps

from bench.result import Check, report
from reports_service.attachments import imaging
from reports_service.attachments.developing import develop
from reports_service.attachments.inspection import Limits, inspect
from reports_service.core.storage import Storage

RUNS = 15
SPEED_BOUND = 0.8
MEMORY_BOUND_MB = 600
TWELVE_MEGAPIXELS = (4000, 3000)
LARGEST = (8160, 6120)  # 49.9 megapixels
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
KEY = "originals/2026/11/measured.jpg"


def photograph(size: tuple[int, int]) -> Image.Image:
    """Soft colours with the grain of a camera: it compresses about as a photograph does."""
    width, height = size
    chance = np.random.default_rng(1022)
    spots = chance.integers(0, 255, (60, 80, 3), dtype=np.uint8)
    soft = Image.fromarray(spots).resize(size, Image.Resampling.BICUBIC)
    grain = chance.integers(-8, 9, (height, width, 1), dtype=np.int16)
    return Image.fromarray(np.clip(np.asarray(soft) + grain, 0, 255).astype(np.uint8))


def camera_exif() -> Image.Exif:
    """Held upright, in phường Long Hoa."""
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = 6
    tags.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (11.0, 17.0, 13.56),
            ExifTags.GPS.GPSLongitudeRef: "E",
            ExifTags.GPS.GPSLongitude: (106.0, 7.0, 52.32),
        }
    )
    return tags


def file_of(image: Image.Image, format_: str, **options: object) -> bytes:
    """The image as a file."""
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def bare(original: bytes) -> tuple[bytes, bytes]:
    """What anyone would write with Pillow: shrink, turn, save; shrink again, save."""
    image: Image.Image = Image.open(io.BytesIO(original))
    image.thumbnail((imaging.LARGE_SIDE,) * 2, reducing_gap=imaging.REDUCING_GAP)
    image = ImageOps.exif_transpose(image)
    large, small = io.BytesIO(), io.BytesIO()
    image.save(large, "JPEG", quality=imaging.QUALITY, progressive=True)
    image.thumbnail((imaging.SMALL_SIDE,) * 2, reducing_gap=imaging.REDUCING_GAP)
    image.save(small, "JPEG", quality=imaging.QUALITY)
    return large.getvalue(), small.getvalue()


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def speed() -> Check:
    """The worker's pipeline beside the bare calls, runs interleaved."""
    original = file_of(photograph(TWELVE_MEGAPIXELS), "JPEG", quality=90, exif=camera_exif())
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(folder)
        storage.put(KEY, original)
        plain, ours = [], []
        for _ in range(RUNS):
            plain.append(seconds(lambda: bare(original)))
            ours.append(seconds(lambda: develop("measured", KEY, storage, ZONE)))
    bare_ms, ours_ms = median(plain) * 1000, median(ours) * 1000
    print(f"{len(original) / 1e6:.1f} MB JPEG: bare {bare_ms:.0f} ms, worker {ours_ms:.0f} ms")
    what = "speed of the worker's pipeline beside bare Pillow, 12 megapixels, median of runs"
    return Check.at_least(what, round(bare_ms / ours_ms, 3), SPEED_BOUND, "times")


def draw_largest(folder: Path) -> None:
    """Write pictures of the largest size that is taken, each within the limit of bytes."""
    image = photograph(LARGEST)
    soft = image.resize((80, 60)).resize(LARGEST, Image.Resampling.NEAREST)
    see_through = soft.copy()
    see_through.putalpha(128)
    fast_heic = {"preset": "ultrafast"}
    files = {
        "JPEG": file_of(image, "JPEG", quality=85),
        "progressive JPEG": file_of(image, "JPEG", quality=85, progressive=True),
        "PNG": file_of(soft, "PNG", compress_level=1),
        "PNG with transparency": file_of(see_through, "PNG", compress_level=1),
        "WebP": file_of(image, "WEBP", quality=50, method=0),
        "AVIF": file_of(image, "AVIF", quality=40, speed=10),
        "HEIC": file_of(soft, "HEIF", quality=30, enc_params=fast_heic),
    }
    for kind, content in files.items():
        (folder / kind).write_bytes(content)


def memory() -> list[Check]:
    """The child's peak for the largest picture of each kind."""
    checks = []
    with tempfile.TemporaryDirectory() as folder:
        # Drawn in a process of its own: a child's peak begins with that of its parent.
        artist = get_context("fork").Process(target=draw_largest, args=(Path(folder),))
        artist.start()
        artist.join()
        for file in sorted(Path(folder).iterdir()):
            original = file.read_bytes()
            inspect(io.BytesIO(original), Limits())
            peak_mb = imaging.derive(original).peak_bytes / 1e6
            print(f"{file.name}, {len(original) / 1e6:.1f} MB: {peak_mb:.0f} MB in the child")
            what = f"largest resident memory of the child, {file.name} of 49.9 megapixels"
            checks.append(Check.at_most(what, round(peak_mb, 1), MEMORY_BOUND_MB, "MB"))
    return checks


def main() -> None:
    """Measure speed, then memory; report."""
    largest = memory()  # first, while this process is small
    report("photos", [speed(), *largest])


if __name__ == "__main__":
    main()
