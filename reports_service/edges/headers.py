"""What every answer tells a browser: what it may do with it, and what never.

Nothing here opens anything to other origins: no answer has an ``Access-Control-Allow-*`` header.
"""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, current_app, request

# For what is no page: data, files, documents. Pages bring their own (``web.pages``).
CONTENT_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
# The forms ask where somebody stands; nothing here films, listens or pays.
PERMISSIONS: Final = (
    "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), serial=(), "
    "midi=(), display-capture=()"
)
ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}
UNLESS_SAID: Final = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "same-origin",
}
A_YEAR: Final = "max-age=31536000; includeSubDomains"


def init_headers(app: Flask) -> None:
    """Set the headers on every answer of the app, refusals and faults too."""
    app.after_request(_guard)


def _guard(answer: Response) -> Response:
    for name, value in ALWAYS.items():
        answer.headers[name] = value
    for name, value in UNLESS_SAID.items():
        answer.headers.setdefault(name, value)
    if current_app.config["PUBLIC_URL"].startswith("https://"):
        answer.headers["Strict-Transport-Security"] = A_YEAR
    if request.headers.get("Authorization"):  # for the asker's eyes, and no cache's on the way
        answer.headers.setdefault("Cache-Control", "private, no-store")
    return answer
