"""Refusals: what the rules answer when something may not be done.

A refusal carries a stable ``code`` for programs and the values its words need. The words, in
Vietnamese and English, stand in ``reports_service/words``; the HTTP status is chosen once, in
``core/http_errors.py``, by the kind of refusal.
"""

from __future__ import annotations

from typing import ClassVar


class AsSent(str):
    """A value that stands in a sentence exactly as programs send it, never in words for it."""


class Refusal(Exception):
    """Something may not be done. ``values`` fill the placeholders of the words for ``code``."""

    code: ClassVar[str] = "refused"

    def __init__(self, **values: object) -> None:
        super().__init__(self.code, values)
        self.values = values

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.code}({said})"


class Invalid(Refusal):
    """The input cannot be meant so; ``field`` (dotted path) names the field to blame, if one is."""

    code = "invalid"


class NotFound(Refusal):
    """There is no such thing, or the asker may not know of it."""

    code = "not_found"


class NotSignedIn(Refusal):
    """The act needs a session or a tracking token, and none that holds was shown."""

    code = "not_signed_in"


class NotAllowed(Refusal):
    """The actor is known and may not do this."""

    code = "not_allowed"


class Conflict(Refusal):
    """The act is not possible in the state the thing is in now."""

    code = "conflict"


class TransitionRefused(Conflict):
    """The lifecycle has no such edge from this status."""

    code = "transition_refused"


class Stale(Refusal):
    """Somebody else changed the thing since it was read."""

    code = "stale"


class VersionMissing(Refusal):
    """A staff act must say which version it was decided on."""

    code = "version_missing"


class TooLarge(Refusal):
    """More bytes than are taken."""

    code = "too_large"


class Unavailable(Refusal):
    """A part that is needed does not answer just now; try again later."""

    code = "unavailable"


class Malformed(Refusal):
    """What was sent cannot be read at all."""

    code = "bad_request"


class MediaTypeUnknown(Refusal):
    """What was sent is of a kind that is not taken here."""

    code = "media_type_unknown"


class Gone(Refusal):
    """It was there, and is not any more."""

    code = "gone"


class Locked(Refusal):
    """Somebody else is at it just now."""

    code = "locked"


class TooMany(Refusal):
    """The asker has asked for more than one asker is given."""

    code = "too_many_requests"


class PieceDamaged(Refusal):
    """What arrived is not what was sent, says its checksum."""

    code = "piece_damaged"
