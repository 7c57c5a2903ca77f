"""The work on a picture that was taken in, done by a worker after the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from reports_service.attachments import imaging, service
from reports_service.core import outbox
from reports_service.core.db import unit_of_work
from reports_service.core.storage import Storage


@outbox.handles(service.EFFECT)
def work_on_picture(payload: Mapping[str, Any]) -> None:
    """Perform the effect: ``{"attachment_id"}``. May run twice."""
    zone = ZoneInfo(current_app.config["TZ_NAME"])
    work_on(payload["attachment_id"], current_app.extensions["storage"], zone)


def work_on(attachment_id: int, storage: Storage, zone: tzinfo) -> None:
    """Bring one picture from pending to ready or rejected; nothing if that is done already."""
    picture = service.waiting(attachment_id)
    if picture is None or picture.original_key is None:
        return
    derive = partial(imaging.derive, meanwhile=outbox.renew)
    developed = service.develop(picture.uuid, picture.original_key, storage, zone, derive)
    with unit_of_work():
        outbox.renew()
        service.settle(attachment_id, developed)
