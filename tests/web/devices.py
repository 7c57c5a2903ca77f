"""Devices that open pages: with or without the private links of reports, as a browser without
scripts.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.personas import Filed

TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')


@dataclass(frozen=True)
class Device:
    """A browser: its cookies, and the forms that it sends with their token."""

    client: FlaskClient

    def opens(self, path: str, **query: str) -> TestResponse:
        """GET, in Vietnamese unless the query says otherwise."""
        address = path + ("&" if "?" in path else "?") + urlencode({"lang": "vi", **query})
        return self.client.get(address)

    def reads(self, path: str) -> str:
        """The page as text, in one line."""
        answer = self.opens(path)
        assert answer.status_code == 200, (answer.status_code, answer.text[:500])
        return words_of(answer)

    def sends(self, path: str, **fields: Any) -> TestResponse:
        """POST of a form, with its token."""
        return self.client.post(path, data={"form_token": self.token(), **fields})

    def token(self) -> str:
        """What a form of ours carries."""
        found = TOKEN.search(self.client.get("/sign-in").text)
        assert found
        return found[1]


def device(app: Flask, *filed: Filed) -> Device:
    """A device that holds the private links of these reports, the first one the newest."""
    client = app.test_client()
    if filed:
        client.set_cookie("mine", ".".join(_entry(one) for one in filed))
    return Device(client)


def words_of(answer: TestResponse) -> str:
    """What an answer says, markup and all, blanks made one."""
    return html.unescape(re.sub(r"\s+", " ", answer.text))


def _entry(filed: Filed) -> str:
    token = (filed.reporter.authorization or "").removeprefix("Tracking ")
    return f"{filed.code.replace('-', '')}-{token}"
