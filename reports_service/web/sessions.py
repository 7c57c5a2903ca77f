"""Who looks at a page: staff by the cookie of their session, others by none; and proof that a form
was sent from our own page.

The interface under /api/v1 reads no cookie, so no foreign page can act there in somebody's name.
Here every request that changes something carries a token made from the asker's own cookie.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from flask import g, request
from werkzeug.wrappers import Response

from reports_service.accounts.callers import actor_of_person
from reports_service.accounts.signing_in import Renewed
from reports_service.core import clock, cookies, keys
from reports_service.core.auth import Actor
from reports_service.domain.errors import NotAllowed

SESSION: Final = "session"
DEVICE: Final = "device"  # of everybody: what a form's token is made from before anybody signs in
FIELD, HEADER = "form_token", "X-Form-Token"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
A_YEAR: Final = 365 * 24 * 3600
_MASK: Final = 16


class FormForeign(NotAllowed):
    """The form was not sent from a page of ours, or from one that was open for very long."""

    code = "form_foreign"


def actor_of_page(language: str) -> Actor:
    """The account that is signed in on this device, or the public."""
    token = request.cookies.get(SESSION)
    actor = actor_of_person(token) if token else None
    return actor or Actor(language=language)


def require_own_form() -> None:
    """Raises ``FormForeign`` for a change that none of our pages asked for."""
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise FormForeign()
    given = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not hmac.compare_digest(_unmasked(given), _expected()):
        raise FormForeign()


def form_token() -> str:
    """What a form carries. Another one each time: compressed answers must not betray it."""
    mask = secrets.token_bytes(_MASK)
    return (mask + _xor(_expected(), mask)).hex()


def _unmasked(given: str) -> bytes:
    try:
        raw = bytes.fromhex(given)
    except ValueError:
        return b""
    return _xor(raw[_MASK:], raw[:_MASK]) if len(raw) == 2 * _MASK else b""


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def renew(session: Renewed) -> None:
    """This device goes on with the session's new token: the answer brings it, and its forms are
    made from it.
    """
    g.renewed = session


def keep_renewed(answer: Response) -> None:
    """Let the device have the new token of its session, for as long as it holds."""
    if "renewed" in g:
        lasting = int((g.renewed.expires_at - clock.now()).total_seconds())
        keep(answer, SESSION, g.renewed.token, lasting)


def _expected() -> bytes:
    renewed = g.renewed.token if "renewed" in g else None
    whose = renewed or request.cookies.get(SESSION) or device()
    return keys.keyed_hash(keys.FORMS, whose.encode())[:_MASK]


def device() -> str:
    """This device's own number; made with the first page that has a form."""
    if "device" not in g:
        g.device = request.cookies.get(DEVICE) or secrets.token_urlsafe(18)
    number: str = g.device
    return number


def keep_device(answer: Response) -> None:
    """Let the device remember the number that the form's token was made from."""
    if "device" in g and request.cookies.get(DEVICE) != g.device:
        keep(answer, DEVICE, g.device, A_YEAR)


def keep(answer: Response, name: str, value: str, seconds: int) -> None:
    """Set a cookie that no script reads and no foreign page sends with its forms."""
    answer.set_cookie(
        cookies.named(name), value, max_age=seconds, httponly=True, samesite="Lax",
        secure=cookies.reached_by_https(),
    )  # fmt: skip


def drop(answer: Response, name: str) -> None:
    """Take a cookie away."""
    answer.delete_cookie(
        cookies.named(name), httponly=True, samesite="Lax", secure=cookies.reached_by_https()
    )
