"""GET /photos: who gets which file, and with which protection."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reports_service.attachments import intake, service
from reports_service.attachments.addresses import (
    public_addresses,
    sign,
    signature_holds,
    signed_addresses,
)
from reports_service.attachments.effects import work_on_picture
from reports_service.attachments.inspection import Limits
from reports_service.attachments.models import Attachment, Role
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.core.keys import PICTURES, key
from tests import pictures

SENT = pictures.jpeg(place=pictures.LONG_HOA)
NOBODYS = UUID("0722241f-b78c-4486-9784-44f1c3b2c82b")


@pytest.fixture
def picture(app: Flask) -> Attachment:
    """A picture that was worked on and is not published."""
    taken = intake.receive(
        io.BytesIO(SENT),
        role=Role.REPORT,
        position=0,
        limits=Limits(),
        storage=app.extensions["storage"],
    )
    db.session.commit()
    work_on_picture({"attachment_id": taken.id})
    return taken


def published(picture: Attachment) -> Attachment:
    picture.published = True
    db.session.commit()
    return picture


def addresses(picture: Attachment, at: datetime | None = None) -> dict[str, str]:
    return signed_addresses(picture, key(PICTURES), at or clock.now(), original=True)


def test_anybody_gets_the_derived_forms_of_a_published_picture(
    client: FlaskClient, picture: Attachment
) -> None:
    found = public_addresses(published(picture))
    assert set(found) == {"large", "small"}
    for address in found.values():
        with client.get(address) as answer:
            assert answer.status_code == 200
            assert answer.mimetype == "image/jpeg"
            assert b"Exif" not in answer.data


def test_a_picture_is_sent_as_a_picture_and_nothing_else(
    client: FlaskClient, picture: Attachment
) -> None:
    with client.get(public_addresses(published(picture))["large"]) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "public, max-age=86400, immutable"


def test_a_picture_that_was_seen_before_is_not_sent_again(
    client: FlaskClient, picture: Attachment
) -> None:
    address = public_addresses(published(picture))["small"]
    with client.get(address) as first:
        tag = first.headers["ETag"]
    with client.get(address, headers={"If-None-Match": tag}) as again:
        assert (again.status_code, again.data) == (304, b"")


def test_while_the_store_is_away_a_picture_is_not_said_to_be_missing(
    app: Flask, client: FlaskClient, picture: Attachment
) -> None:
    address = public_addresses(published(picture))["small"]
    store = Path(app.config["PHOTO_STORE"])
    aside = store.rename(store.with_name("aside"))
    store.write_bytes(b"in its place")
    try:
        with client.get(address, headers={"Accept-Language": "en"}) as answer:
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.json and answer.json["code"] == "unavailable"
            assert "photo store" in answer.json["detail"]
    finally:
        store.unlink()
        aside.rename(store)
    with client.get(address) as answer:
        assert answer.status_code == 200


def test_a_file_that_the_store_has_lost_is_not_found(
    app: Flask, client: FlaskClient, picture: Attachment
) -> None:
    assert published(picture).small_key
    app.extensions["storage"].delete(picture.small_key)
    with client.get(public_addresses(picture)["small"]) as answer:
        assert answer.status_code == 404


def test_what_is_not_published_is_not_found(client: FlaskClient, picture: Attachment) -> None:
    assert public_addresses(picture) == {}
    for size in ("large", "small", "original"):
        with client.get(f"/api/v1/photos/{picture.uuid}/{size}") as answer:
            assert answer.status_code == 404
            assert answer.json and answer.json["code"] == "photo_not_found"
            assert "ảnh" in answer.json["detail"]


def test_what_was_hidden_is_not_found_though_it_was_published(
    client: FlaskClient, picture: Attachment
) -> None:
    address = public_addresses(published(picture))["large"]
    service.hide(picture, by_id=1, reason="biển số xe")
    db.session.commit()
    with client.get(address) as answer:
        assert answer.status_code == 404


def test_the_original_of_a_published_picture_needs_a_signature(
    client: FlaskClient, picture: Attachment
) -> None:
    with client.get(f"/api/v1/photos/{published(picture).uuid}/original") as answer:
        assert answer.status_code == 404
    with client.get(addresses(picture)["original"]) as answer:
        assert (answer.status_code, answer.data) == (200, SENT)
        assert answer.headers["Cache-Control"].startswith("private")
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_signed_address_opens_what_is_not_published(
    client: FlaskClient, picture: Attachment
) -> None:
    for address in addresses(picture).values():
        with client.get(address) as answer:
            assert answer.status_code == 200


def test_a_signature_ends(client: FlaskClient, picture: Attachment) -> None:
    old = addresses(picture, clock.now() - timedelta(hours=3))["large"]
    with client.get(old) as answer:
        assert answer.status_code == 404


def test_a_signature_for_one_size_opens_no_other(client: FlaskClient, picture: Attachment) -> None:
    stolen = addresses(picture)["small"].replace("/small", "/original")
    with client.get(stolen) as answer:
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "query", ["?until=x&signature=y", "?until=9999999999&signature=é", "?other=1", "?until=-1"]
)
def test_an_address_that_was_bent_is_refused_in_words(
    query: str, client: FlaskClient, picture: Attachment
) -> None:
    with client.get(f"/api/v1/photos/{picture.uuid}/large{query}") as answer:
        assert 400 <= answer.status_code < 500
        assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("path", [f"{NOBODYS}/large", f"{NOBODYS}/huge", "x/large"])
def test_a_picture_that_never_was_is_not_found(path: str, client: FlaskClient) -> None:
    with client.get(f"/api/v1/photos/{path}") as answer:
        assert answer.status_code == 404
        assert answer.mimetype == "application/problem+json"


def test_a_pending_picture_has_an_original_only(app: Flask) -> None:
    taken = intake.receive(
        io.BytesIO(SENT),
        role=Role.AFTER,
        position=0,
        limits=Limits(),
        storage=app.extensions["storage"],
    )
    assert set(addresses(taken)) == {"original"}


def test_a_signature_holds_until_its_end_for_its_own_words_only() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    until = int(now.timestamp()) + 60
    signature = sign("u", "large", until, b"key")
    assert signature_holds("u", "large", until, signature, b"key", now)
    later = now + timedelta(seconds=60)
    assert not signature_holds("u", "large", until, signature, b"key", later)
    assert not signature_holds("u", "large", until + 1, signature, b"key", now)
    assert not signature_holds("u", "large", until, signature, b"another", now)
    assert not signature_holds("v", "large", until, signature, b"key", now)


def test_an_address_stays_the_same_while_a_page_is_loaded_again(picture: Attachment) -> None:
    at = datetime(2026, 11, 22, 3, 5, tzinfo=UTC)
    assert addresses(picture, at) == addresses(picture, at + timedelta(minutes=20))
