"""How much one request may bring, and who is told how much it was."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from tests.personas import API, LIGHT, People

JSON = {"Content-Type": "application/json"}


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (json.dumps({**LIGHT, "description": "x" * 2_000_000}), 413),
        (nested(100_000), 400),
        (json.dumps({**LIGHT, "answers": {f"a{n}": 1 for n in range(31)}}), 422),
        (json.dumps({**LIGHT, "description": "x" * 5001}), 422),
        (json.dumps({**LIGHT, **{f"a{n}": 1 for n in range(1000)}}), 422),
        (json.dumps({**LIGHT, "uploads": ["x"] * 51}), 422),
    ],
)
def test_a_body_that_brings_too_much_is_refused_in_words(
    body: str, status: int, people: People
) -> None:
    answer = people.public.call("POST", "/reports", data=body, headers=JSON)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["detail"]


@pytest.mark.parametrize("path", [f"{API}/reports", "/file"])
@pytest.mark.parametrize(
    "many",
    [
        {f"part{n}": "x" for n in range(300)},
        {"report": json.dumps({**LIGHT, "description": "x" * 2_000_000})},
    ],
)
def test_a_form_of_too_many_or_too_large_parts_is_refused(
    many: dict[str, Any], path: str, app: Flask
) -> None:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in many.items()
    ]
    body = "".join([*parts, "--b--\r\n"]).encode()
    kind = "multipart/form-data; boundary=b"
    answer = app.test_client().post(path, data=body, content_type=kind)
    assert answer.status_code == 413


def test_a_body_longer_than_any_is_refused_before_it_is_read(app: Flask) -> None:
    class Unread(BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("it was read")

    answer = app.test_client().post(
        f"{API}/reports",
        input_stream=Unread(),
        environ_overrides={"CONTENT_LENGTH": str(app.config["MAX_CONTENT_LENGTH"] + 1)},
        content_type="multipart/form-data; boundary=b",
    )
    assert answer.status_code == 413
