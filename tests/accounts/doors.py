"""Signing in at the interface, from some address and device, on some kind of browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyotp
from flask import Flask
from werkzeug.test import TestResponse

from reports_service.core import clock
from tests.personas import API, Caller, People

HOME, OFFICE, ELSEWHERE = "203.0.113.7", "198.51.100.20", "192.0.2.99"
OFFICER, ADMIN = "officer@demo.example", "admin@demo.example"
PASSWORD = "demo-1022"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Mobile Safari/537.36"
)


def knock(
    people: People,
    email: str = OFFICER,
    password: str = PASSWORD,
    *,
    at: str = HOME,
    agent: str = PHONE,
    **more: Any,
) -> TestResponse:
    """POST /sessions from an address."""
    return people.client.post(
        f"{API}/sessions",
        json={"email": email, "password": password, **more},
        environ_base={"REMOTE_ADDR": at},
        headers={"User-Agent": agent},
    )


def come_in(people: People, email: str = OFFICER, **more: Any) -> tuple[Caller, dict[str, Any]]:
    """Somebody who is let in, and what the answer said."""
    answer = knock(people, email, **more)
    assert answer.status_code == 201, answer.text
    return Caller(people.client, f"Bearer {answer.json['token']}", staff=True), answer.json


def code_of(secret: str) -> str:
    """What an authenticator shows now, by the service's own clock."""
    return pyotp.TOTP(secret).at(clock.now())


def enrol(caller: Caller, **more: Any) -> tuple[str, list[str]]:
    """Set a second factor up; its secret and the recovery codes. The session goes on."""
    begun = caller.call("POST", "/account/second-factor").json
    said = {"enrolment": begun["enrolment"], "code": code_of(begun["secret"]), "password": PASSWORD}
    answer = caller.call("PUT", "/account/second-factor", json={**said, **more})
    assert answer.status_code == 200, answer.text
    caller.goes_on(answer)
    return begun["secret"], answer.json["recovery_codes"]


@contextmanager
def two_factors_for(app: Flask, *roles: str) -> Iterator[None]:
    """As where the configuration asks these roles for a second factor."""
    before = app.config["SECOND_FACTOR_ROLES"]
    app.config["SECOND_FACTOR_ROLES"] = frozenset(roles)
    try:
        yield
    finally:
        app.config["SECOND_FACTOR_ROLES"] = before
