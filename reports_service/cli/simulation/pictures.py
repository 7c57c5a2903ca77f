"""Pictures of simulated reports: taken in and made ready as those of real ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from functools import cache
from io import BytesIO
from random import Random

from reports_service.attachments import imaging
from reports_service.attachments import service as attachments
from reports_service.attachments.imaging import Derived
from reports_service.attachments.inspection import Limits
from reports_service.attachments.models import State
from reports_service.attachments.service import TakenIn
from reports_service.cli.simulation import scenes
from reports_service.core.storage import Storage
from reports_service.reports.models import Report

# Drawn here and harmless, so they need no child process; and there are only a few different ones.
_derived = cache(imaging.derive_here)


class Pictures:
    """Takes drawings in as pictures and develops them at once, as the worker would soon after."""

    def __init__(self, storage: Storage, zone: tzinfo, chance: Random) -> None:
        self._storage, self._zone, self._chance = storage, zone, chance

    def of(self, category: str, *, after: bool, count: int = 1) -> Sequence[TakenIn]:
        """``count`` stored drawings of the matter, before or after the work."""
        first = self._chance.randrange(scenes.VARIANTS)
        variants = ((first + number) % scenes.VARIANTS for number in range(count))
        drawn = (scenes.scene(category, after=after, variant=one) for one in variants)
        return [attachments.take_in(BytesIO(one), Limits(), self._storage) for one in drawn]

    def make_ready(self, report: Report) -> None:
        """Develop and settle those of the report that wait for it."""
        for picture in _waiting(report):
            assert picture.original_key is not None
            developed = attachments.develop(
                picture.uuid, picture.original_key, self._storage, self._zone, derive=_derive
            )
            attachments.settle(picture.id, developed)


def _derive(original: bytes) -> Derived:
    return _derived(original)


def _waiting(report: Report) -> Iterable[attachments.Attachment]:
    return [
        photo.attachment for photo in report.photos if photo.attachment.state == State.PENDING
    ]
