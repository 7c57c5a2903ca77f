"""Why an upload is not begun, or cannot go on; the statuses are those that tus knows."""

from __future__ import annotations

from reports_service.domain.errors import (
    Conflict,
    Gone,
    Locked,
    Malformed,
    MediaTypeUnknown,
    NotFound,
    PieceDamaged,
    Stale,
    TooLarge,
    TooMany,
)


class UploadNotFound(NotFound):
    """No upload was ever begun under this address."""

    code = "upload_not_found"


class UploadGone(Gone):
    """The upload's day is over, it was taken back, or its report has it."""

    code = "upload_gone"


class UploadOffset(Conflict):
    """The piece does not begin where the last one ended."""

    code = "upload_offset"


class UploadBusy(Locked):
    """Another request is sending to this upload just now."""

    code = "upload_busy"


class UploadDamaged(PieceDamaged):
    """What arrived is not what was sent."""

    code = "upload_damaged"


class UploadTooLarge(TooLarge):
    """More bytes than a picture may have, or than were announced."""

    code = "upload_too_large"


class UploadsTooMany(TooMany):
    """So many uploads of this sender wait for their reports that no more are begun."""

    code = "uploads_too_many"


class TusVersion(Stale):
    """The client speaks another version of the protocol, or does not say which."""

    code = "tus_version"


class TusHeader(Malformed):
    """A header of the protocol is missing or cannot be read."""

    code = "tus_header"


class TusMediaType(MediaTypeUnknown):
    """A piece must say that it is one."""

    code = "tus_media_type"
