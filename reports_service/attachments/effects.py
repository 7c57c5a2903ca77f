"""The work on a picture that was taken in, done by a worker after the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from reports_service.attachments import developing, imaging
from reports_service.attachments.formats import BadPicture
from reports_service.attachments.imaging import Derived
from reports_service.core import outbox
from reports_service.core.db import unit_of_work
from reports_service.core.storage import Storage

Derive = Callable[[bytes], Derived]


@outbox.handles(developing.EFFECT)
def work_on_picture(payload: Mapping[str, Any]) -> None:
    """Perform the effect: ``{"attachment_id"}``. May run twice."""
    zone = ZoneInfo(current_app.config["TZ_NAME"])
    derive = partial(imaging.derive, meanwhile=outbox.renew)
    work_on(payload["attachment_id"], current_app.extensions["storage"], zone, derive)


def work_on(
    attachment_id: int, storage: Storage, zone: tzinfo, derive: Derive = imaging.derive
) -> None:
    """Bring one picture from pending to ready or rejected; nothing if that is done already.

    A picture that takes its child down, or the worker with it, costs attempts of its own: after
    ``DECODINGS_MOST`` of them it is rejected. Raises what ``develop`` raises.
    """
    picture = developing.waiting(attachment_id)
    if picture is None or picture.original_key is None:
        return
    uuid, key = picture.uuid, picture.original_key

    def counted(original: bytes) -> Derived:
        return _counted(attachment_id, original, derive)

    try:
        developed = developing.develop(uuid, key, storage, zone, counted)
    except _GivenUp:
        return
    with unit_of_work():
        outbox.renew()
        developing.settle(attachment_id, developed)


class _GivenUp(Exception):
    """The picture was rejected instead of being decoded once more."""


def _counted(attachment_id: int, original: bytes, derive: Derive) -> Derived:
    with unit_of_work():
        begun = developing.begin_decoding(attachment_id)
    if not begun:
        raise _GivenUp
    try:
        derived = derive(original)
    except BadPicture:
        _ended(attachment_id)
        raise
    _ended(attachment_id)
    return derived


def _ended(attachment_id: int) -> None:
    with unit_of_work():
        developing.end_decoding(attachment_id)
