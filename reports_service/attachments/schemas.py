"""What a request for a picture may carry."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from reports_service.attachments.serving import Seal
from reports_service.core.schemas import Count, Length, Schema


class SealQuery(Schema):
    """The signed part of an address, as the service gave it; absent for public pictures."""

    until = Count(0, 2**40, as_text=True, load_default=None)
    signature = fields.String(load_default=None, validate=Length(max=100))

    @post_load
    def _make_seal(self, loaded: dict[str, Any], **_: Any) -> dict[str, Seal | None]:
        until, signature = loaded["until"], loaded["signature"]
        return {"seal": None if until is None or signature is None else Seal(until, signature)}
