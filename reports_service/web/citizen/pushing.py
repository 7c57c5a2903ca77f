"""A device asks to be told of a report by web push, and asks no more."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from flask import Blueprint, Response
from marshmallow import fields

from reports_service.core.abroad import LONGEST
from reports_service.core.auth import public
from reports_service.core.blueprints import loaded
from reports_service.core.db import unit_of_work
from reports_service.core.schemas import Schema, Text
from reports_service.domain.errors import Invalid
from reports_service.notifications.push import service
from reports_service.reports.views.answering import bounded_request
from reports_service.web.citizen import holder
from reports_service.web.pages import language

SECRET_BYTES = 16  # RFC 8291, 3.2


class PushKeyWrong(Invalid):
    """The device's key is no point of the curve, or its secret is not as long as it must be."""

    code = "push_key_wrong"


class Keys(Schema):
    """The keys of a subscription, as ``PushSubscription.toJSON()`` writes them."""

    p256dh = Text(100, required=True)
    auth = Text(40, required=True)


class SubscriptionSchema(Schema):
    """A subscription, as ``PushSubscription.toJSON()`` writes it."""

    endpoint = Text(LONGEST, required=True)
    expirationTime = fields.Raw(allow_none=True)
    keys = fields.Nested(Keys, required=True)


class EndSchema(Schema):
    """Which device is told no longer."""

    endpoint = Text(LONGEST, required=True)


def add_to(bp: Blueprint) -> None:
    """Serve these addresses."""
    bp.add_url_rule("/r/<code>/push", "push", begin, methods=["POST"])
    bp.add_url_rule("/r/<code>/push", "stop_push", stop, methods=["DELETE"])


@public
def begin(code: str) -> Response:
    """Tell this device of the report."""
    given: dict[str, Any] = loaded(SubscriptionSchema(), bounded_request().json_body())
    keys = given["keys"]
    _check(keys)
    with unit_of_work():
        service.subscribe(
            code, holder.asker(code), endpoint=given["endpoint"], language=language(), **keys
        )
    return Response(status=204)


@public
def stop(code: str) -> Response:
    """Tell it no longer."""
    given: dict[str, str] = loaded(EndSchema(), bounded_request().json_body())
    with unit_of_work():
        service.unsubscribe(code, holder.asker(code), given["endpoint"])
    return Response(status=204)


def _check(keys: dict[str, str]) -> None:
    """Raises ``PushKeyWrong`` for keys that nothing could be encrypted for."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(keys["p256dh"]))
        secret = _bytes(keys["auth"])
    except (ValueError, binascii.Error) as wrong:
        raise PushKeyWrong(field="keys") from wrong
    if len(secret) != SECRET_BYTES:
        raise PushKeyWrong(field="keys")


def _bytes(written: str) -> bytes:
    padded = written.rstrip("=") + "=" * (-len(written.rstrip("=")) % 4)
    return base64.b64decode(padded, altchars=b"-_", validate=True)
