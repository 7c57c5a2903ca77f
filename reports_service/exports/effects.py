"""The building of exports, done by a worker: one part at a time, each an effect of its own.

A worker that dies loses the part that it was at; others do their work between two parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from tempfile import TemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from reports_service.core import outbox
from reports_service.exports import service
from reports_service.exports.building import build


@outbox.handles(service.EFFECT)
def build_part(payload: Mapping[str, Any]) -> None:
    """Perform the effect: ``{"part_id"}``. May run twice."""
    config = current_app.config
    task = service.task_of(payload["part_id"], ZoneInfo(config["TZ_NAME"]))
    if task is None:
        return
    with TemporaryFile() as file:
        built = build(
            task.wish, task.days, config["PROVINCE_CODE"], file, lambda rows: outbox.renew()
        )
        service.store(task, built, file, current_app.extensions["storage"])
