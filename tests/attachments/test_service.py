"""Taking pictures in, and the worker's part."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from reports_service.attachments import developing, service
from reports_service.attachments.addresses import Size
from reports_service.attachments.effects import work_on
from reports_service.attachments.inspection import Limits
from reports_service.attachments.intake import receive, record, surplus, take_in
from reports_service.attachments.models import Attachment, Role, State
from reports_service.attachments.service import sweep_orphans
from reports_service.core import outbox
from reports_service.core.db import db
from reports_service.core.outbox import Effect
from reports_service.core.storage import Storage
from tests import pictures

LIMITS = Limits()
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
OLD = timedelta(seconds=-1)  # what was written until a second from now


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(str(tmp_path / "photos"))


def received(content: bytes, storage: Storage, position: int = 0) -> Attachment:
    picture = receive(
        io.BytesIO(content), role=Role.REPORT, position=position, limits=LIMITS, storage=storage
    )
    db.session.commit()
    return picture


def keys(storage: Storage) -> set[str]:
    return {file.key for file in storage.list()}


def test_a_good_picture_is_stored_as_it_came_and_waits(storage: Storage) -> None:
    content = pictures.jpeg(place=pictures.LONG_HOA)
    picture = received(content, storage)
    assert (picture.state, picture.reason, picture.media_type) == ("pending", None, "image/jpeg")
    assert picture.original_key is not None
    assert storage.get(picture.original_key) == content
    assert not picture.is_public


def test_a_good_picture_writes_the_effect_that_works_on_it(storage: Storage) -> None:
    picture = received(pictures.jpeg(), storage)
    (effect,) = db.session.scalars(select(Effect)).all()
    assert (effect.kind, effect.payload) == ("picture", {"attachment_id": picture.id})


@pytest.mark.parametrize(
    ("draw", "reason"),
    [
        (pictures.html, "picture_not_a_picture"),
        (pictures.zip_named_png, "picture_not_a_picture"),
        (pictures.gif, "picture_animation"),
        (pictures.png_bomb, "picture_too_many_pixels"),
        (pictures.jpeg_bomb, "picture_too_many_pixels"),
        (lambda: b"", "picture_empty"),
    ],
)
def test_a_bad_picture_is_rejected_with_its_reason_and_not_kept(
    draw: Callable[[], bytes], reason: str, storage: Storage
) -> None:
    picture = received(draw(), storage)
    assert (picture.state, picture.reason, picture.original_key) == ("rejected", reason, None)
    assert keys(storage) == set()
    assert db.session.scalars(select(Effect)).all() == []
    for language in ("vi", "en"):
        said = service.reason_in_words(picture, language, LIMITS)
        assert said is not None and "{" not in said


def test_a_surplus_picture_is_looked_at_for_its_fingerprint_only() -> None:
    picture = record(surplus(io.BytesIO(b"anything"), LIMITS), role=Role.REPORT, position=10)
    assert (picture.state, picture.reason, picture.byte_size) == ("rejected", "picture_surplus", 8)
    assert "10" in (service.reason_in_words(picture, "vi", LIMITS) or "")


def test_the_work_makes_a_picture_ready_with_its_facts_and_sizes(storage: Storage) -> None:
    content = pictures.jpeg(
        800, 600, place=pictures.LONG_HOA, taken="2026:11:20 08:15:00", orientation=6
    )
    picture = received(content, storage)
    work_on(picture.id, storage, HANOI)
    assert (picture.state, picture.width, picture.height) == ("ready", 600, 800)
    assert (picture.exif_lat, picture.exif_lon) == pytest.approx(pictures.LONG_HOA, abs=1e-6)
    assert picture.taken_at == datetime(2026, 11, 20, 1, 15, tzinfo=UTC)
    assert picture.original_key and picture.large_key and picture.small_key
    assert storage.get(picture.original_key) == content
    for key in (picture.large_key, picture.small_key):
        assert storage.get(key).startswith(b"\xff\xd8\xff")
        assert b"Exif" not in storage.get(key)


def test_the_work_done_twice_changes_nothing(storage: Storage) -> None:
    picture = received(pictures.jpeg(), storage)
    work_on(picture.id, storage, HANOI)
    files, ready_at = keys(storage), picture.ready_at
    work_on(picture.id, storage, HANOI)
    assert (keys(storage), picture.ready_at) == (files, ready_at)


def test_two_workers_on_one_picture_end_as_one(storage: Storage) -> None:
    picture = received(pictures.jpeg(), storage)
    assert picture.original_key
    first, second = (
        developing.develop(picture.uuid, picture.original_key, storage, HANOI) for _ in range(2)
    )
    developing.settle(picture.id, first)
    developing.settle(picture.id, second)
    assert len(keys(storage)) == 3


def test_an_orphan_that_worked_too_long_writes_nothing(
    storage: Storage, moved_clock: Callable[[datetime], None]
) -> None:
    noon = datetime(2026, 11, 23, 5, tzinfo=UTC)
    moved_clock(noon)
    picture = received(pictures.jpeg(), storage)
    asleep = [True]

    def falls_asleep_then_works(_payload: Mapping[str, Any]) -> None:
        if asleep.pop() if asleep else False:
            moved_clock(noon + outbox.LEASE + timedelta(seconds=1))
            outbox.work()  # its successor takes the effect over
            work_on(picture.id, storage, HANOI)

    outbox.handles("picture-of-an-orphan")(falls_asleep_then_works)
    outbox.put("picture-of-an-orphan", {})
    db.session.commit()
    outbox.work()
    db.session.refresh(picture)
    assert picture.state == State.PENDING


def test_work_on_a_picture_that_is_gone_is_no_fault(storage: Storage) -> None:
    work_on(4711, storage, HANOI)


def test_what_the_worker_cannot_read_is_rejected_and_let_go(storage: Storage) -> None:
    picture = received(pictures.jpeg()[:3000], storage)
    assert picture.state == State.PENDING
    work_on(picture.id, storage, HANOI)
    assert (picture.state, picture.reason) == ("rejected", "picture_unreadable")
    assert picture.original_key is None
    assert sweep_orphans(storage, OLD) == 1
    assert keys(storage) == set()


def test_the_sweep_deletes_only_old_files_without_a_row(storage: Storage) -> None:
    picture = received(pictures.jpeg(), storage)
    work_on(picture.id, storage, HANOI)
    kept = keys(storage)
    orphan = take_in(io.BytesIO(pictures.webp()), LIMITS, storage)
    assert sweep_orphans(storage, timedelta(hours=1)) == 0
    assert keys(storage) == {*kept, orphan.key}
    assert sweep_orphans(storage, OLD) == 1
    assert keys(storage) == kept


def test_a_hidden_picture_says_who_hid_it_and_can_be_shown_again(storage: Storage) -> None:
    picture = received(pictures.jpeg(), storage)
    work_on(picture.id, storage, HANOI)
    picture.published = True
    assert picture.is_public
    service.hide(picture, by_id=7, reason="một khuôn mặt")
    assert not picture.is_public
    assert (picture.hidden_by_id, picture.hidden_reason) == (7, "một khuôn mặt")
    service.show_again(picture)
    assert picture.is_public


def test_sizes_have_the_names_that_addresses_use() -> None:
    assert [str(size) for size in Size] == ["large", "small", "original"]
