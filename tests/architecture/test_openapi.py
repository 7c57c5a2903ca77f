"""What /openapi.json is made of; that the service answers as it says, ``tests/edges`` shows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.personas import People

pytestmark = pytest.mark.any_engine

METHODS = ("get", "post", "put", "patch", "delete", "head")


@pytest.fixture
def document(people: People) -> Any:
    return people.client.get("/openapi.json").get_json()


def test_the_description_is_openapi_3_1(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/reports" in document["paths"]


def test_every_call_says_that_it_refuses_with_a_problem(document: Any) -> None:
    silent = [
        (method, path)
        for path, calls in document["paths"].items()
        for method in METHODS
        if method in calls and refusal(document, calls[method]) != "application/problem+json"
    ]
    assert silent == []


def refusal(document: Any, call: Any) -> str:
    """The media type of what a call answers where it refuses."""
    answer = call["responses"].get("default", {})
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return ", ".join(answer.get("content", {}))
