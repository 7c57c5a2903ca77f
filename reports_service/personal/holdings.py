"""All that is held about a report and who filed it, for its reporter to take along."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import urlsplit

import orjson
from sqlalchemy import select

from reports_service.attachments.formats import SUFFIXES
from reports_service.categories import service as categories
from reports_service.core import audit, clock
from reports_service.core.db import db
from reports_service.core.storage import NoSuchFile, Storage
from reports_service.domain.lifecycle import Status
from reports_service.domain.retention import UNSORTED_DAYS, due_at
from reports_service.notifications.models import Delivery
from reports_service.notifications.push.models import Subscription
from reports_service.reports import identity, looking, presenting
from reports_service.reports.models import Event, Report
from reports_service.reports.onlooker import Onlooker
from reports_service.reports.retention.forgetting import AFTER

IN_MEMORY = 4 * 1024 * 1024  # bytes of an archive; a larger one is written to a temporary file
_COPIED_AT_ONCE = 1024 * 1024


def held(report: Report, eye: Onlooker) -> dict[str, Any]:
    """Everything, as values: what the reporter sees of the report, and what they do not see there.

    That it was asked for is written down, in the caller's unit of work.
    """
    looking.write_down(report, eye.actor, None, None, looking.EXPORT)
    return {
        "made_at": clock.now(),
        "report": presenting.full(report, eye),
        "contact": _contact(report),
        "pictures": [_picture(number, photo) for number, photo in _own(report)],
        "letters": [_letter(one) for one in _letters(report)],
        "devices": [_device(one) for one in _devices(report)],
        "looks": [_look(one) for one in _looks(report)],
        "retention": _retention(report),
    }


def archive(data: bytes, report: Report, storage: Storage) -> IO[bytes]:
    """A ZIP file of the data and the reporter's pictures as they were sent, at its beginning."""
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("data.json", data)
        for number, photo in _own(report):
            key = photo.attachment.original_key or photo.attachment.large_key
            if key is not None:
                _pack(packed, storage, key, _name(number, photo))
    file.seek(0)
    return file


def as_json(values: Mapping[str, Any]) -> bytes:
    """Readable JSON, in UTF-8."""
    return orjson.dumps(values, option=orjson.OPT_INDENT_2)


def _pack(packed: zipfile.ZipFile, storage: Storage, key: str, name: str) -> None:
    try:
        with storage.open(key) as source, packed.open(name, "w") as target:
            while piece := source.read(_COPIED_AT_ONCE):
                target.write(piece)
    except NoSuchFile:  # swept away at this very moment
        return


def _own(report: Report) -> Iterator[tuple[int, Any]]:
    """The pictures that came from citizens, numbered."""
    yield from enumerate((one for one in report.photos if one.role != AFTER), start=1)


def _contact(report: Report) -> dict[str, Any] | None:
    reporter = report.reporter
    if reporter is None or reporter.erased_at is not None:
        return None
    known = identity.read(reporter)
    return {
        "name": known.name,
        "phone": known.phone,
        "email": known.email,
        "language": known.language,
        "consent_version": reporter.consent_version,
        "consented_at": reporter.consented_at,
    }


def _picture(number: int, photo: Any) -> dict[str, Any]:
    """What is kept of a picture beside its pixels."""
    picture = photo.attachment
    there = picture.original_key or picture.large_key
    return {
        "file": _name(number, photo) if there else None,
        "id": picture.uuid,
        "role": photo.role,
        "byte_size": picture.byte_size,
        "width": picture.width,
        "height": picture.height,
        "taken_at": picture.taken_at,
        "lat": picture.exif_lat,
        "lon": picture.exif_lon,
        "sent_at": picture.created_at,
    }


def _name(number: int, photo: Any) -> str:
    picture = photo.attachment
    media_type = picture.media_type if picture.original_key else "image/jpeg"
    return f"pictures/{number:02}.{SUFFIXES.get(media_type or '', 'jpg')}"


def _letters(report: Report) -> Iterator[Delivery]:
    recipients = [f"push:{one.id}" for one in _devices(report)]
    if report.reporter_id is not None:
        recipients.append(f"reporter:{report.reporter_id}")
    yield from db.session.scalars(
        select(Delivery)
        .join(Event, Event.id == Delivery.event_id)
        .where(Event.report_id == report.id, Delivery.recipient.in_(recipients))
        .order_by(Delivery.id)
    )


def _letter(letter: Delivery) -> dict[str, Any]:
    return {
        "channel": letter.channel,
        "subject": letter.subject,
        "text": letter.body,
        "written_at": letter.created_at,
        "sent_at": letter.sent_at,
    }


def _devices(report: Report) -> list[Subscription]:
    return list(
        db.session.scalars(
            select(Subscription)
            .where(Subscription.report_id == report.id, Subscription.reporter)
            .order_by(Subscription.id)
        )
    )


def _device(device: Subscription) -> dict[str, Any]:
    """A device by who passes its messages on: the whole address would let others write to it."""
    return {"service": urlsplit(device.endpoint).hostname, "since": device.created_at}


def _looks(report: Report) -> Iterator[audit.AuditEntry]:
    query = looking.listing({"report": report.code, "staff": True})
    yield from db.session.scalars(query.order_by(audit.AuditEntry.id))


def _look(look: audit.AuditEntry) -> dict[str, Any]:
    """A look at the reporter's data, without the name of who looked: the data officer has it."""
    told = looking.as_told(look)
    return {"at": told["at"], "what": told["what"], "why": told["why"]}


def _retention(report: Report) -> dict[str, Any]:
    category = categories.book().by_id(report.category_id) if report.category_id else None
    days = category.retention_days if category else UNSORTED_DAYS
    due: datetime | None = due_at(Status(report.status), report.status_since, days)
    return {"days_after_its_end": timedelta(days=days).days, "anonymous_from": due}
