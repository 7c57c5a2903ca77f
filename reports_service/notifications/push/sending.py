"""Handing a message to a device's push service: encrypted for the device (RFC 8291), signed as
ours (RFC 8292).
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache
from typing import Any, Final, Protocol

import orjson
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from py_vapid import Vapid02

from reports_service.core import abroad, keys
from reports_service.notifications.mail import NotSentYet
from reports_service.notifications.push.models import Subscription

TIMEOUT_S: Final = 10.0
KEPT_S: Final = 3 * 24 * 3600  # how long a push service keeps it for a device that is switched off
GONE: Final = frozenset({404, 410})  # RFC 8030, 7.3: the subscription has ended
# Beyond this a push service may refuse (RFC 8030, 7.2); encryption adds some.
LONGEST_BYTES: Final = 3000
# The order of P-256, less one: a secret number of it is 1 … order - 1.
_ORDER_LESS_ONE: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550


class Gone(Exception):
    """The device does not want to be told any more."""


class NeverTaken(Exception):
    """The push service refuses this message for good."""


@dataclass(frozen=True)
class Message:
    """What appears on a device, and the page that it opens."""

    title: str
    body: str
    path: str
    language: str

    def to_json(self) -> str:
        """As the service worker reads it, short enough for every push service."""
        body = self.body
        while True:
            shown = {"title": self.title, "body": body, "path": self.path, "lang": self.language}
            written = orjson.dumps(shown)
            if len(written) <= LONGEST_BYTES or not body:
                return written.decode()
            body = body[: len(body) * 3 // 4].rstrip() + "…" if len(body) > 1 else ""


class Pusher(Protocol):
    """Brings messages on their way."""

    def send(self, subscription: Subscription, message: Message) -> None:
        """On return the push service has it. Raises ``Gone``, ``NeverTaken``, ``NotSentYet``."""


@dataclass(frozen=True)
class WebPusher:
    """Sends to the push service of each device. ``contact``: who answers for what we send."""

    contact: str
    opened: Callable[[], requests.Session] = abroad.session

    def send(self, subscription: Subscription, message: Message) -> None:
        """Raises ``Gone``, ``NeverTaken``, ``NotSentYet``; none says which device."""
        # Only here: it brings some 13 MB, which the children that decode photos have no room for.
        from pywebpush import WebPushException, webpush

        try:
            with self.opened() as session:
                webpush(
                    _as_browsers_give_it(subscription),
                    message.to_json(),
                    vapid_private_key=Vapid02(_own_key()),
                    vapid_claims={"sub": f"mailto:{self.contact}"},
                    timeout=TIMEOUT_S,
                    ttl=KEPT_S,
                    requests_session=session,
                )
        except WebPushException as refused:
            raise _refusal(refused.response) from None
        except (requests.RequestException, OSError) as away:
            said = f"{type(away).__name__}: the push service could not be used"
            raise NotSentYet(said) from None


def init_push(app: Flask) -> None:
    """Keep the deployment's ``Pusher`` as ``app.extensions["pusher"]``. Connects to nothing yet."""
    address = parseaddr(app.config["MAIL_FROM"])[1]
    app.extensions["pusher"] = WebPusher(address)


def public_key() -> str:
    """The key by which push services know us, in base64url, as a browser asks for it."""
    point = _own_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _own_key() -> ec.EllipticCurvePrivateKey:
    return _made(keys.lasting(keys.PUSH))


@lru_cache(maxsize=8)
def _made(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """Derived from the deployment's secret: restored from a backup, devices know it again."""
    number = int.from_bytes(secret, "big") % _ORDER_LESS_ONE + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def _as_browsers_give_it(subscription: Subscription) -> dict[str, Any]:
    given = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    return {"endpoint": subscription.endpoint, "keys": given}


def _refusal(answer: Any) -> Exception:
    code = getattr(answer, "status_code", None)
    if code in GONE:
        return Gone()
    if code is not None and 400 <= code < 500 and code not in (408, 429):
        return NeverTaken(f"the push service answered {code}")
    return NotSentYet(f"the push service answered {code}")
