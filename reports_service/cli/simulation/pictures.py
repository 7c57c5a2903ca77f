"""Pictures of simulated reports: taken in and made ready as those of real ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import tzinfo
from functools import cache
from io import BytesIO
from random import Random
from typing import BinaryIO

from reports_service.attachments import developing, imaging, intake
from reports_service.attachments.imaging import Derived
from reports_service.attachments.inspection import Limits
from reports_service.attachments.intake import TakenIn
from reports_service.attachments.models import Attachment, State
from reports_service.cli.simulation import scenes
from reports_service.core.storage import Storage
from reports_service.reports.models import Report

STORED_AT_ONCE = 8

# Drawn here and harmless, so they need no child process; and there are only a few different ones.
_derived = cache(imaging.derive_here)


class Shelf(Storage):
    """A storage that is written to by several threads behind one's back.

    Each file is synced, and a thousand of them one after the other would take longer than all the
    rest. ``wait`` before the commit: then all are durable.
    """

    def __init__(self, behind: Storage) -> None:
        self.url = behind.url
        self._behind = behind
        self._threads = ThreadPoolExecutor(STORED_AT_ONCE)
        self._given: dict[str, bytes] = {}
        self._writing: list[Future[None]] = []

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        """Take a file and write it soon."""
        self._given[key] = content if isinstance(content, bytes) else content.read()
        self._writing.append(self._threads.submit(self._behind.put, key, self._given[key]))

    def get(self, key: str) -> bytes:
        """All bytes of a file, written yet or not. Raises ``NoSuchFile``."""
        return self._given[key] if key in self._given else self._behind.get(key)

    def wait(self) -> None:
        """Return once everything is written. Raises ``Unavailable`` where the storage failed."""
        for one in self._writing:
            one.result()
        self._writing.clear()
        self._given.clear()


class Pictures:
    """Takes drawings in as pictures and develops them at once, as the worker would soon after."""

    def __init__(self, storage: Storage, zone: tzinfo, chance: Random) -> None:
        self._storage, self._zone, self._chance = Shelf(storage), zone, chance

    def of(self, category: str, *, after: bool, count: int = 1) -> Sequence[TakenIn]:
        """``count`` stored drawings of the matter, before or after the work."""
        first = self._chance.randrange(scenes.VARIANTS)
        variants = ((first + number) % scenes.VARIANTS for number in range(count))
        drawn = (scenes.scene(category, after=after, variant=one) for one in variants)
        return [intake.take_in(BytesIO(one), Limits(), self._storage) for one in drawn]

    def wait(self) -> None:
        """Return once all files are durable."""
        self._storage.wait()

    def make_ready(self, report: Report) -> None:
        """Develop and settle those of the report that wait for it."""
        for picture in _waiting(report):
            assert picture.original_key is not None
            developed = developing.develop(
                picture.uuid, picture.original_key, self._storage, self._zone, derive=_derive
            )
            developing.settle(picture.id, developed)


def _derive(original: bytes) -> Derived:
    return _derived(original)


def _waiting(report: Report) -> Iterable[Attachment]:
    return [photo.attachment for photo in report.photos if photo.attachment.state == State.PENDING]
