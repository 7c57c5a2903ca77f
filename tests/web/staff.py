"""Staff at the pages: a browser without scripts, its forms filled and sent."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.personas import Caller

_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')
_VERSION = re.compile(r'name="version" value="([^"]+)"')
_TAG = re.compile(r"<[^>]+>")


class Desk:
    """One member of staff at a browser."""

    def __init__(self, app: Flask, caller: Caller) -> None:
        self.client: FlaskClient = app.test_client()
        assert caller.authorization
        self.client.set_cookie("session", caller.authorization.removeprefix("Bearer "))

    def see(self, path: str, **query: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, query_string=query or None)

    def read(self, path: str, **query: Any) -> str:
        """The words of a page that must open, marks of HTML left out."""
        answer = self.see(path, **query)
        assert answer.status_code == 200, answer.text
        return words(answer)

    def send(self, path: str, shown_on: str = "/inbox", **fields: Any) -> TestResponse:
        """Send a form with the token that the page ``shown_on`` carries."""
        token = _TOKEN.search(self.see(shown_on).text)
        assert token
        return self.client.post(path, data={"form_token": token[1], **fields})

    def act(self, code: str, act: str, version: str | None = None, **fields: Any) -> TestResponse:
        """Send the form of an act, decided on what its page shows unless ``version`` is given."""
        shown = self.see(f"/work/{code}")
        found = _VERSION.search(shown.text)
        data = {f"{act}.{name}": value for name, value in fields.items()}
        seen = version or (found[1] if found else "")
        token = _TOKEN.search(shown.text) or _TOKEN.search(self.see("/inbox").text)
        assert token
        data |= {"form_token": token[1], "version": seen}
        return self.client.post(f"/work/{code}/{act}", data=data)

    def version(self, code: str) -> str:
        """The version that the page's forms carry."""
        found = _VERSION.search(self.see(f"/work/{code}").text)
        assert found
        return found[1]


def words(answer: TestResponse) -> str:
    """What a person reads on the page, in one line."""
    return " ".join(unescape(_TAG.sub(" ", answer.text)).split())


def forms(answer: TestResponse) -> set[str]:
    """The acts that have a form on the page."""
    return set(re.findall(r'data-act="([a-z]+)"', answer.text))
