"""Devices are told of a report, each by itself, and by nobody who leads us into our own network."""

from __future__ import annotations

import base64
import json
import os
import socket
from typing import Any

import http_ece
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from py_vapid import Vapid02
from requests.adapters import BaseAdapter
from sqlalchemy import select

from reports_service.core import abroad, outbox
from reports_service.core.auth import Actor
from reports_service.core.db import db, unit_of_work
from reports_service.domain.roles import Party
from reports_service.notifications import service
from reports_service.notifications.mail import NotSentYet
from reports_service.notifications.models import Delivery
from reports_service.notifications.push import sending
from reports_service.notifications.push import service as push
from reports_service.notifications.push.models import Subscription
from reports_service.notifications.push.sending import Gone, Message, NeverTaken, WebPusher
from reports_service.reports.codes import grouped, new_code
from reports_service.reports.tracking import token_of
from tests.notifications.province import Province, found_province
from tests.notifications.test_telling import SITE, told_of

ENDPOINT = "https://push.example.org/to/{}"


@pytest.fixture
def province() -> Province:
    """As elsewhere, with a code that can be looked up, and kept."""
    found = found_province()
    found.report.code = new_code()
    db.session.commit()
    return found


class Phone:
    """A device with keys of its own."""

    def __init__(self, name: str = "phone") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.endpoint = ENDPOINT.format(name)

    @property
    def keys(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": _written(point), "auth": _written(self.secret)}

    def asks(self, code: str, token: str | None = None) -> Subscription:
        """Ask to be told of a report."""
        with unit_of_work():
            return push.subscribe(
                code, Actor(tracking=token), endpoint=self.endpoint, language="vi", **self.keys
            )

    def reads(self, body: bytes) -> dict[str, str]:
        """What an encrypted message says."""
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret)
        said: dict[str, str] = json.loads(plain)
        return said


class Post:
    """A pusher that keeps what it is given, and fails for some devices."""

    def __init__(self, failing: dict[str, Exception] | None = None) -> None:
        self.failing = failing or {}
        self.sent: list[tuple[str, Message]] = []

    def send(self, subscription: Subscription, message: Message) -> None:
        if subscription.endpoint in self.failing:
            raise self.failing[subscription.endpoint]
        self.sent.append((subscription.endpoint, message))


class Service(BaseAdapter):
    """A push service inside ``requests``: keeps what it is sent, and answers with ``status``."""

    def __init__(self, status: int = 201) -> None:
        super().__init__()
        self.status, self.sent = status, []

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        self.sent.append(request)
        answer = requests.Response()
        answer.status_code, answer.url, answer.raw = self.status, request.url or "", None
        answer._content = b""
        return answer

    def close(self) -> None:
        """Nothing is held."""

    def session(self) -> requests.Session:
        made = requests.Session()
        made.mount("https://", self)
        return made


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def told(province: Province, kind: str = "acknowledged") -> list[Delivery]:
    """Something happens; what devices are told of it."""
    number = province.happens(kind, {"assignment": 1}, {"note": "Chiều nay"}).id
    db.session.commit()
    service.tell(number, SITE)
    return [delivery for delivery in told_of(number) if delivery.channel == "push"]


def test_who_holds_the_token_is_told_as_the_reporter_and_others_as_followers(
    province: Province,
) -> None:
    code, token = province.report.code, token_of(province.report)
    mine, other = Phone("mine").asks(code, token), Phone("other").asks(code)
    bodies = {delivery.recipient: delivery.body for delivery in told(province)}
    assert set(bodies) == {f"push:{mine.id}", f"push:{other.id}"}
    assert "của anh/chị" in bodies[f"push:{mine.id}"]
    assert "theo dõi" in bodies[f"push:{other.id}"]


def test_a_device_that_asks_twice_is_told_once(province: Province) -> None:
    phone = Phone()
    assert phone.asks(province.report.code).id == phone.asks(province.report.code).id
    assert len(told(province)) == 1


def test_a_device_that_had_enough_is_not_told(province: Province) -> None:
    phone = Phone()
    phone.asks(province.report.code)
    with unit_of_work():
        push.unsubscribe(province.report.code, Actor(), phone.endpoint)
    assert told(province) == []


def test_a_restricted_report_is_told_to_its_reporter_alone(province: Province) -> None:
    mine = Phone("mine").asks(province.report.code, token_of(province.report))
    Phone("other").asks(province.report.code)
    province.report.restricted = True
    assert [delivery.recipient for delivery in told(province)] == [f"push:{mine.id}"]


def test_each_message_is_an_effect_of_its_own_and_one_that_fails_holds_up_no_other(
    app: Flask, province: Province
) -> None:
    away, good = Phone("away"), Phone("good")
    for phone in (away, good):
        phone.asks(province.report.code)
    numbers = [delivery.id for delivery in told(province)]
    post = Post({away.endpoint: NotSentYet("the push service answered 503")})
    app.extensions["pusher"], kept = post, app.extensions["pusher"]
    try:
        while outbox.work():
            continue
    finally:
        app.extensions["pusher"] = kept
    assert [endpoint for endpoint, _ in post.sent] == [good.endpoint]
    ((_, message),) = post.sent
    assert message.path == f"/r/{grouped(province.report.code)}"
    rows = db.session.scalars(select(Delivery).where(Delivery.id.in_(numbers))).all()
    assert sorted((row.sent_at is None, row.last_error or "") for row in rows) == [
        (False, ""),
        (True, "the push service answered 503"),
    ]


def test_a_device_that_is_gone_is_forgotten(province: Province) -> None:
    phone = Phone()
    phone.asks(province.report.code)
    (delivery,) = told(province)
    assert not push.deliver(delivery.id, Post({phone.endpoint: Gone()}))
    assert db.session.scalars(select(Subscription)).all() == []
    assert not push.deliver(delivery.id, Post())


def test_a_message_is_delivered_once(province: Province) -> None:
    Phone().asks(province.report.code)
    number = told(province)[0].id
    post = Post()
    assert push.deliver(number, post)
    assert push.deliver(number, post)
    assert len(post.sent) == 1


def test_erasing_forgets_the_reporters_devices_and_what_they_were_told(province: Province) -> None:
    Phone("mine").asks(province.report.code, token_of(province.report))
    other = Phone("other").asks(province.report.code)
    before = [delivery.id for delivery in told(province)]
    erased = province.happens("erased", {"events": []}, by=Party.REPORTER)
    number = erased.id
    db.session.commit()
    service.tell(number, SITE)
    db.session.expire_all()
    assert [one.id for one in db.session.scalars(select(Subscription))] == [other.id]
    assert {db.session.get_one(Delivery, one).body for one in before} == {""}


def test_a_report_has_so_many_devices_and_no_more(province: Province) -> None:
    first = Phone("first")
    one = first.asks(province.report.code)
    same = {name: getattr(one, name) for name in ("report_id", "p256dh", "auth", "language")}
    with unit_of_work():
        for number in range(1, push.DEVICES_MOST):
            digest = number.to_bytes(32)
            db.session.add(
                Subscription(
                    **same,
                    reporter=False,
                    endpoint=ENDPOINT.format(number),
                    endpoint_hash=digest,
                    created_at=one.created_at,
                )
            )
    with pytest.raises(push.PushTooMany):
        Phone("another").asks(province.report.code)
    assert first.asks(province.report.code).id == one.id


def test_what_is_sent_only_the_device_can_read_and_the_service_knows_us(
    app: Flask, province: Province
) -> None:
    phone, server = Phone(), Service()
    subscription = phone.asks(province.report.code)
    message = Message("Phản ánh", "Đã xong. " * 20, "/r/1", "vi")
    WebPusher("tro-giup@vidu.vn", server.session).send(subscription, message)
    (sent,) = server.sent
    assert sent.url == phone.endpoint
    assert "Phản ánh".encode() not in sent.body
    assert phone.reads(sent.body) == {
        "title": "Phản ánh",
        "body": message.body,
        "path": "/r/1",
        "lang": "vi",
    }
    assert int(sent.headers["ttl"]) == sending.KEPT_S
    authorization = sent.headers["Authorization"]
    assert Vapid02.verify(authorization)
    assert f"k={sending.public_key()}" in authorization


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        *((404, Gone), (410, Gone), (400, NeverTaken), (413, NeverTaken)),
        *((302, NotSentYet), (429, NotSentYet), (500, NotSentYet), (503, NotSentYet)),
    ],
)
def test_what_a_push_service_answers_is_understood(
    status: int, refusal: type[Exception], province: Province
) -> None:
    subscription = Phone().asks(province.report.code)
    pusher = WebPusher("tro-giup@vidu.vn", Service(status).session)
    with pytest.raises(refusal):
        pusher.send(subscription, Message("a", "b", "/", "vi"))


def test_a_long_message_is_cut_to_what_every_push_service_takes() -> None:
    written = Message("Phản ánh", "dài lắm " * 2000, "/r/1", "vi").to_json()
    assert len(written.encode()) <= sending.LONGEST_BYTES
    assert json.loads(written)["body"].endswith("…")


def test_the_key_is_the_deployments_own_and_lasting(app: Flask) -> None:
    first = sending.public_key()
    assert first == sending.public_key()
    kept = app.config["SECRET_KEY"]
    app.config["SECRET_KEY"] = "another secret, long enough to be one"
    try:
        assert sending.public_key() != first
    finally:
        app.config["SECRET_KEY"] = kept


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/x",
        "https://localhost/x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://0x7f000001/x",
        "https://2130706433/x",
        "https://10.0.0.8/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[fd00::1]/x",
        "https://224.0.0.1/x",
        "https://db.internal/x",
        "https://redis/x",
        "https://push.example.org:6379/x",
        "https://user@push.example.org/x",
        "https://push.example.org:x/",
        "https://[/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_an_address_that_is_no_push_services_is_refused(endpoint: str, province: Province) -> None:
    with pytest.raises(push.PushAddressWrong):
        push.subscribe(
            province.report.code, Actor(), endpoint=endpoint, p256dh="x", auth="x", language="vi"
        )


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://web.push.apple.com/x",
        "https://8.8.8.8:443/x",
    ],
)
def test_the_addresses_of_push_services_are_taken(endpoint: str) -> None:
    assert abroad.is_abroad(endpoint)


def test_a_name_that_leads_into_our_network_is_said_nothing() -> None:
    """``localhost`` stands for any name that means another address than when it was given."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        with abroad.session() as session, pytest.raises(requests.ConnectionError) as refused:
            session.post(f"https://localhost:{server.getsockname()[1]}/x", b"x", timeout=5)
        with pytest.raises(TimeoutError):  # not even knocked at
            server.accept()
    assert "private network" in str(refused.value)


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # what clouds tell their machines, keys too
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "ff02::1",
        "2130706433",
        "0x7f000001",
        "127.1",
        "0177.0.0.1",
    ],
)
def test_no_number_of_a_private_network_is_of_the_internet(number: str) -> None:
    assert not abroad.is_global(number)
    with abroad.session() as session, pytest.raises(requests.RequestException):
        host = f"[{number}]" if ":" in number else number
        session.post(f"https://{host}/x", b"x", timeout=1)


@pytest.mark.parametrize("number", ["203.0.114.1", "8.8.8.8", "2001:4860:4860::8888"])
def test_numbers_of_the_internet_are(number: str) -> None:
    assert abroad.is_global(number)


def test_plain_http_and_redirections_are_not_followed() -> None:
    with abroad.session() as session, pytest.raises(requests.exceptions.InvalidSchema):
        session.post("http://push.example.org/x", b"x")
    assert abroad.session().max_redirects == 0


def test_the_mail_to_its_reporter_opens_the_report_as_theirs(province: Province) -> None:
    follower = province.follow("ban@demo.example")
    number = province.happens("acknowledged", {"assignment": 1}).id
    db.session.commit()
    service.tell(number, SITE)
    page = f"/r/{grouped(province.report.code)}"
    private = f"{page}/t/{token_of(province.report)}"
    for delivery in [one for one in told_of(number) if one.channel == "email"]:
        assert private not in delivery.body  # what is kept opens nothing
        letter = service._letter(delivery)
        theirs = delivery.recipient != f"reporter:{follower.id}"
        assert (private in letter.body) is theirs
        assert page in letter.body
