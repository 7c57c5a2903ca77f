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
    ("many", "code", "most"),
    [
        ({f"part{n}": "x" for n in range(300)}, "too_many_parts", "tối đa 200 phần"),
        ({f"part{n}": "x" for n in range(201)}, "too_many_parts", "tối đa 200 phần"),
        (
            {f'p{n}"; filename="{n}.jpg': "x" for n in range(201)},
            "too_many_parts",
            "tối đa 200 phần",
        ),
        (
            {"report": json.dumps({**LIGHT, "description": "x" * 2_000_000})},
            "part_too_large",
            "tối đa 1.05 MB",
        ),
        (
            {**{f"part{n}": "x" for n in range(199)}, "report": "x" * 2_000_000},
            "part_too_large",
            "tối đa 1.05 MB",
        ),
    ],
)
def test_a_form_of_too_many_or_too_large_parts_is_told_which_and_how_much_is_taken(
    many: dict[str, str], code: str, most: str, path: str, app: Flask
) -> None:
    answer = posted(app, path, many)
    assert answer.status_code == 413
    assert most in answer.text
    if path != "/file":  # that is a page
        assert answer.json["code"] == code


def test_a_form_of_as_many_parts_as_are_taken_is_read(app: Flask) -> None:
    many = {"report": json.dumps(LIGHT), **{f"part{n}": "x" for n in range(199)}}
    answer = posted(app, f"{API}/reports", many)
    assert answer.status_code != 413


def test_a_body_without_a_length_that_is_too_long_is_told_so_whatever_its_parts(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 30_000)
    many = {f'p{n}"; filename="{n}.jpg': "x" for n in range(200)}
    many[list(many)[-1]] = "x" * 40_000
    answer = posted(app, f"{API}/reports", many, {"wsgi.input_terminated": True})
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert "tối đa 30 kB" in answer.json["detail"]


def posted(
    app: Flask, path: str, many: dict[str, str], environ: dict[str, Any] | None = None
) -> Any:
    """What a form of these parts meets; with an environment of its own it says no length."""
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in many.items()
    ]
    body = "".join([*parts, "--b--\r\n"]).encode()
    return app.test_client().post(
        path,
        input_stream=BytesIO(body),
        content_type="multipart/form-data; boundary=b",
        environ_overrides=environ or {"CONTENT_LENGTH": str(len(body))},
    )


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
