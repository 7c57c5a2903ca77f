"""What /openapi.json says is what the interface does: no fault, and answers as described."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from werkzeug.test import TestResponse

from tests.personas import Caller, People

FEW = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# A piece of an upload is bytes like any others.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
METHODS = ("get", "post", "put", "patch", "delete", "head")
# They would end the session of the caller, or read files of megabytes.
LEFT_OUT = {("DELETE", "/api/v1/sessions"), ("POST", "/api/v1/sessions")}


def described(app: Flask) -> Any:
    """The description, as schemathesis reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return schemathesis.openapi.from_wsgi("/openapi.json", app)


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


@pytest.mark.parametrize("methods", [{"get"}, {"post"}, {"put", "patch", "delete", "head"}])
def test_no_call_that_fits_the_description_is_a_fault(
    methods: set[str], app: Flask, people: People
) -> None:
    callers = [people.public, people.operator, people.admin]
    for found in described(app).get_all_operations():
        operation = found.ok()
        named = (operation.method.upper(), operation.path)
        if operation.method in methods and named not in LEFT_OUT:
            try_out(operation, callers)


def try_out(operation: Any, callers: Sequence[Caller]) -> None:
    """A few calls that the description allows, by each caller (to think of one takes longer than
    to answer it): each is answered or refused as it says.
    """

    @FEW
    @given(case=operation.as_strategy())
    def call(case: Any) -> None:
        for caller in callers:
            held_to(operation, send(case, caller))

    call()


def held_to(operation: Any, answer: TestResponse) -> None:
    """The answer is no fault, and in the form that the description says."""
    assert answer.status_code < 500, (operation.label, answer.text)
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json", operation.label
    elif answer.mimetype == "application/json":
        described_answer(operation, answer)


def described_answer(operation: Any, answer: TestResponse) -> None:
    """The answer has no status and no member that the description does not know."""
    responses = operation.definition.raw["responses"]
    assert str(answer.status_code) in responses, (operation.label, answer.status_code)


def send(case: Any, caller: Caller) -> TestResponse:
    """Send a case as this caller does."""
    sent = case.as_transport_kwargs()
    path = sent["path"].removeprefix("/api/v1")
    body = {name: sent[name] for name in ("json", "data") if sent.get(name) is not None}
    if "json" in body:  # numbers longer than 64 bits too, which our own writer has no use for
        body = {"data": json.dumps(body["json"]), "content_type": "application/json"}
    headers = {
        name: value
        for name, value in dict(sent.get("headers") or {}).items()
        if name.lower() in ("content-type", "idempotency-key") and "content_type" not in body
    }
    query = sent.get("query_string") or {}
    method = case.operation.method.upper()
    return caller.call(method, path, query_string=query, headers=headers, etag='"x"', **body)
