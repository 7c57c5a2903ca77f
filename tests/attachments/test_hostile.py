"""Pictures made to harm or to betray: each ends as ready or rejected, and shows pixels alone."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bench.hostile.going_through import READY, REJECTED, went_through
from bench.hostile.mutations import mutated
from bench.hostile.seeds import SECRET, seeds
from reports_service.attachments import developing, intake
from reports_service.attachments.bare_jpeg import foreign_parts
from reports_service.attachments.effects import work_on
from reports_service.attachments.imaging import Derived, derive_here
from reports_service.attachments.inspection import Limits
from reports_service.attachments.isolation import Bounds, ChildFault, ChildLost, run
from reports_service.attachments.models import Attachment, Role
from reports_service.core import outbox
from reports_service.core.db import db
from reports_service.core.outbox import Effect
from reports_service.core.storage import Storage
from tests import pictures

pytestmark = pytest.mark.any_engine

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
QUICK = Bounds(seconds=20)

# What the folder of hostile files holds, drawn: name -> (file, state, reason).
HOSTILE: dict[str, tuple[Callable[[], bytes], str, str | None]] = {
    "heic with exif": (lambda: pictures.heic(place=pictures.LONG_HOA), READY, None),
    "large profile": (lambda: pictures.with_profile(bytes(500_000)), READY, None),
    "ordinary": (pictures.jpeg, READY, None),
    "webp": (pictures.webp, READY, None),
    "turned": (lambda: pictures.jpeg(orientation=6), READY, None),
    "16 bits of grey": (pictures.grey_16_bits, READY, None),
    "jpeg bomb": (pictures.jpeg_bomb, REJECTED, "picture_too_many_pixels"),
    "png bomb": (pictures.png_bomb, REJECTED, "picture_too_many_pixels"),
    "cmyk": (pictures.cmyk, READY, None),
    "taken in the future": (lambda: pictures.jpeg(taken="2099:01:01 00:00:00"), READY, None),
    "script in exif": (pictures.jpeg_with_script_in_exif, READY, None),
    "3000 frames": (pictures.gif_of_3000_frames, REJECTED, "picture_animation"),
    "gps abroad": (lambda: pictures.jpeg(place=(11.5, 105.5)), READY, None),
    "gps without refs": (
        lambda: pictures.jpeg(place=pictures.LONG_HOA, refs=False), READY, None,
    ),
    "gps in another province": (lambda: pictures.jpeg(place=(10.77, 106.7)), READY, None),
    "gps here": (lambda: pictures.jpeg(place=pictures.LONG_HOA), READY, None),
    "gps over zero": (pictures.jpeg_with_gps_over_zero, READY, None),
    "web page behind": (pictures.polyglot, READY, None),
    "transparent": (pictures.transparent, READY, None),
    "header only": (lambda: pictures.jpeg()[:30], REJECTED, "picture_unreadable"),
    "zip named png": (pictures.zip_named_png, REJECTED, "picture_not_a_picture"),
}  # fmt: skip


@pytest.mark.pure
@pytest.mark.parametrize("name", HOSTILE)
def test_each_hostile_picture_ends_as_it_should_and_betrays_nothing(name: str) -> None:
    draw, state, reason = HOSTILE[name]
    became = went_through(draw(), QUICK, HANOI)
    assert (became.state, became.reason, became.leaks) == (state, reason, ())


@pytest.mark.pure
def test_what_a_picture_says_of_itself_is_believed_only_where_it_can_be_true() -> None:
    facts = {name: went_through(HOSTILE[name][0](), QUICK, HANOI).facts for name in HOSTILE}
    assert facts["taken in the future"].taken_at is None
    assert facts["gps over zero"].lat is None
    for name in ("gps here", "gps without refs", "heic with exif"):
        assert (facts[name].lat, facts[name].lon) == pytest.approx(pictures.LONG_HOA, abs=1e-6)
    assert facts["gps abroad"].lon == pytest.approx(105.5)


@pytest.mark.pure
@pytest.mark.parametrize("seed", seeds()[:-1])
def test_nothing_that_a_camera_wrote_is_published(seed: bytes) -> None:
    derived = derive_here(seed)
    for content in (derived.large, derived.small):
        assert foreign_parts(content) == []
        for secret in (SECRET[:10].encode(), b"script", b"GPS", b"Exif", b"http://ns.adobe"):
            assert secret not in content


@pytest.mark.pure
@pytest.mark.parametrize(
    ("options", "tail", "part"),
    [
        ({"exif": pictures.exif(place=pictures.LONG_HOA)}, b"", "segment e1"),
        ({"xmp": b"<x>0912345678</x>"}, b"", "segment e1"),
        ({"comment": b"0912345678"}, b"", "segment fe"),
        ({"icc_profile": b"profile"}, b"", "segment e2"),
        ({}, b"<html>", "6 bytes behind the end"),
        ({}, b"\xff", "1 bytes behind the end"),
    ],
)
def test_what_is_no_pixel_is_found_in_a_jpeg(
    options: Mapping[str, Any], tail: bytes, part: str
) -> None:
    bare = pictures.encoded(pictures.drawing(), progressive=True)
    assert foreign_parts(bare) == []
    assert foreign_parts(pictures.encoded(pictures.drawing(), **options) + tail) == [part]
    assert foreign_parts(bare[:-2]) == ["no end"]


@pytest.mark.pure
@pytest.mark.filterwarnings("ignore")
def test_spoilt_pictures_end_as_ready_or_rejected_with_a_reason() -> None:
    """The long form is ``bin/bench fuzz_pictures``."""
    counted = {READY: 0, REJECTED: 0}
    for content in mutated(seeds(), 300, seed=1022):
        became = went_through(content, QUICK)
        assert became.leaks == ()
        assert (became.state == READY) == (became.reason is None)
        counted[became.state] += 1
    assert min(counted.values()) > 30, counted


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(str(tmp_path / "photos"))


def received(storage: Storage) -> Attachment:
    file = io.BytesIO(pictures.jpeg(64, 48))
    picture = intake.receive(file, role=Role.REPORT, position=0, limits=Limits(), storage=storage)
    db.session.commit()
    return picture


def killed(_: bytes) -> NoReturn:
    """A child that the kernel ends, as it does where memory is short."""
    run(lambda: os.kill(os.getpid(), signal.SIGKILL) or b"", QUICK)
    raise AssertionError("still alive")


def faulty(_: bytes) -> NoReturn:
    def fail() -> NoReturn:
        raise RuntimeError("never seen before")

    run(fail, QUICK)
    raise AssertionError("no fault")


@pytest.mark.parametrize(("derive", "fault"), [(killed, ChildLost), (faulty, ChildFault)])
def test_a_picture_that_always_takes_its_child_down_is_rejected_after_some_attempts(
    derive: Callable[[bytes], Derived], fault: type[Exception], storage: Storage
) -> None:
    picture = received(storage)
    for _ in range(developing.DECODINGS_MOST):
        assert picture.state == "pending"
        with pytest.raises(fault):
            work_on(picture.id, storage, HANOI, derive)
    work_on(picture.id, storage, HANOI, derive)
    assert (picture.state, picture.reason) == ("rejected", "picture_unreadable")
    assert picture.original_key is None


def test_a_child_that_was_lost_once_costs_one_attempt(storage: Storage) -> None:
    picture = received(storage)
    with pytest.raises(ChildLost):
        work_on(picture.id, storage, HANOI, killed)
    assert (picture.state, picture.decodings) == ("pending", 1)
    work_on(picture.id, storage, HANOI)
    assert (picture.state, picture.decodings) == ("ready", 0)


def test_what_fails_after_decoding_is_not_the_pictures_fault(tmp_path: Path) -> None:
    """A store that cannot be written to for a day must cost no picture."""
    storage = Storage(str(tmp_path / "photos"))
    picture = received(storage)
    (tmp_path / "photos" / "derived").write_text("in the way of the folder")
    for _ in range(developing.DECODINGS_MOST + 2):
        with pytest.raises(Exception):  # noqa: B017 - whatever the store says
            work_on(picture.id, storage, HANOI)
    assert (picture.state, picture.decodings) == ("pending", 0)
    (tmp_path / "photos" / "derived").unlink()
    work_on(picture.id, storage, HANOI)
    assert picture.state == "ready"


def test_the_queue_goes_on_behind_a_picture_that_kills(storage: Storage) -> None:
    bad, good = received(storage), received(storage)

    @outbox.handles("hostile_picture")
    def work(payload: Mapping[str, Any]) -> None:
        derive = killed if payload["attachment_id"] == bad.id else derive_here
        work_on(payload["attachment_id"], storage, HANOI, derive)

    for effect in db.session.scalars(select(Effect)):
        effect.kind = "hostile_picture"
    db.session.commit()
    assert outbox.work() == 2
    db.session.expire_all()
    waiting, done = db.session.scalars(select(Effect).order_by(Effect.id)).all()
    assert (waiting.attempts, waiting.done_at, waiting.dead_at) == (1, None, None)
    assert done.done_at is not None
    assert (bad.state, good.state) == ("pending", "ready")
