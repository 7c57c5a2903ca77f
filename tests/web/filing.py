"""A citizen at the form of a report: opens it, fills it in, sends it as a browser would."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
OUT: Mapping[str, Any] = {
    "category": "den-duong",
    "area": "25630",
    "address": "trước số 12",
    "description": "Đèn tắt ba đêm",
}
SCRIPT = {"Accept": "application/json"}


def hidden(page: TestResponse) -> dict[str, Any]:
    """The fields that the page's form carries by itself; several of one name as a list."""
    form = page.text.partition('enctype="multipart/form-data"')[2].partition("</form>")[0]
    found: dict[str, Any] = {}
    for name, value in HIDDEN.findall(form):
        found.setdefault(name, []).append(html.unescape(value))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def fill_in(
    client: FlaskClient,
    *photos: bytes,
    opened: str = "/file",
    headers: Mapping[str, str] | None = None,
    **fields: Any,
) -> TestResponse:
    """Open the form, fill it in and send it."""
    return send(client, hidden(client.get(opened)) | fields, photos, headers)


def send(
    client: FlaskClient,
    fields: Mapping[str, Any],
    photos: Sequence[bytes] = (),
    headers: Mapping[str, str] | None = None,
) -> TestResponse:
    """Send a form as it stands. A browser sends a file without a name where none was chosen."""
    files = [(BytesIO(photo), f"{n}.jpg", "image/jpeg") for n, photo in enumerate(photos)]
    data = {**fields, "photos": files or [(BytesIO(b""), "", "application/octet-stream")]}
    return client.post("/file", data=data, content_type="multipart/form-data", headers=headers)


def words(page: TestResponse) -> str:
    """The page as it reads."""
    return html.unescape(re.sub(r"\s+", " ", page.text))


def wrong(page: TestResponse) -> dict[str, str]:
    """What the summary says, by the id of the field that each line leads to."""
    summary = page.text.partition('id="summary"')[2].partition("</div>")[0]
    found = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', summary)
    return {field: html.unescape(said) for field, said in found}
