"""A device asks on the page of a report to be told of it."""

from __future__ import annotations

import base64
import os
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from reports_service.core.db import db
from reports_service.notifications.push.models import Subscription
from tests.personas import Filed, People
from tests.web.devices import Device, device

POINT = (
    ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
)


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


GOOD: dict[str, Any] = {
    "endpoint": "https://push.example.org/to/phone",
    "expirationTime": None,
    "keys": {"p256dh": _written(POINT), "auth": _written(os.urandom(16))},
}


def asks(holding: Device, code: str, body: Any = GOOD, method: str = "POST") -> TestResponse:
    headers = {"X-Form-Token": holding.token()}
    return holding.client.open(f"/r/{code}/push", method=method, json=body, headers=headers)


def kept() -> list[Subscription]:
    return list(db.session.scalars(select(Subscription)))


def test_the_device_of_the_reporter_is_known_as_such(app: Flask, filed: Filed) -> None:
    assert asks(device(app, filed), filed.code).status_code == 204
    assert [(one.reporter, one.endpoint) for one in kept()] == [(True, GOOD["endpoint"])]


def test_anybody_may_ask_and_ask_no_more(app: Flask, filed: Filed) -> None:
    visitor = device(app)
    assert asks(visitor, filed.code).status_code == 204
    assert [one.reporter for one in kept()] == [False]
    ended = asks(visitor, filed.code, {"endpoint": GOOD["endpoint"]}, "DELETE")
    assert ended.status_code == 204
    assert kept() == []


def test_the_page_offers_it_with_the_deployments_key(app: Flask, filed: Filed) -> None:
    page = device(app).reads(f"/r/{filed.code}")
    assert f'data-push="/r/{filed.code}/push"' in page
    assert 'data-key="B' in page  # a point, uncompressed, in base64url


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        [],
        {**GOOD, "endpoint": "https://10.0.0.1/x"},
        {**GOOD, "endpoint": "x" * 2000},
        {**GOOD, "keys": {}},
        {**GOOD, "keys": {**GOOD["keys"], "p256dh": _written(b"\x04" + b"\x01" * 64)}},
        {**GOOD, "keys": {**GOOD["keys"], "p256dh": "!"}},
        {**GOOD, "keys": {**GOOD["keys"], "auth": _written(b"short")}},
        {**GOOD, "keys": {**GOOD["keys"], "auth": "é"}},
        {**GOOD, "more": 1},
    ],
)
def test_what_is_no_subscription_is_refused(wrong: Any, app: Flask, filed: Filed) -> None:
    assert asks(device(app), filed.code, wrong).status_code == 422
    assert kept() == []


def test_no_foreign_page_asks_for_a_device(app: Flask, filed: Filed) -> None:
    assert app.test_client().post(f"/r/{filed.code}/push", json=GOOD).status_code == 403


def test_nobody_is_told_of_a_report_that_does_not_exist_for_them(
    app: Flask, people: People, filed: Filed
) -> None:
    hidden = {"to": "Thanh tra", "reason": "khiếu nại", "restricted": True}
    people.operator.does(filed.code, "referral", hidden)
    assert asks(device(app), filed.code).status_code == 404
    assert asks(device(app, filed), filed.code).status_code == 204
