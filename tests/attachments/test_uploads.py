"""Photos that arrive piece by piece: the protocol, and what becomes of them in a report."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from reports_service.attachments.uploads import service
from reports_service.attachments.uploads.keeping import keep
from reports_service.attachments.uploads.models import Upload
from reports_service.attachments.uploads.parts import BrokenOff
from reports_service.attachments.uploads.places import places
from reports_service.core.db import db
from tests.monday import Clock, app, clock_at, people
from tests.personas import LIGHT, MONDAY, People
from tests.pictures import jpeg

__all__ = ["app", "clock_at", "people"]

AT = "/api/v1/uploads"
PIECE = "application/offset+octet-stream"
PHOTO = jpeg()
DAY = timedelta(days=1)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def send(client: FlaskClient, method: str, path: str = AT, **options: Any) -> TestResponse:
    """One request of tus; further headers by keyword, blanks as underscores."""
    content = options.pop("content", None)
    headers = {"Tus-Resumable": "1.0.0"} | ({"Content-Type": PIECE} if content is not None else {})
    headers |= {name.replace("_", "-"): str(value) for name, value in options.items()}
    return client.open(path, method=method, headers=headers, data=content)


def begun(client: FlaskClient, size: int = len(PHOTO)) -> str:
    """The path of a new upload."""
    answer = send(client, "POST", Upload_Length=size)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def patched(
    client: FlaskClient, path: str, content: bytes, offset: int, **named: Any
) -> TestResponse:
    return send(client, "PATCH", path, content=content, Upload_Offset=offset, **named)


def uploaded(client: FlaskClient, content: bytes = PHOTO) -> str:
    """The id of a finished upload."""
    path = begun(client, len(content))
    assert patched(client, path, content, 0).status_code == 204
    return path.rpartition("/")[2]


def arrived(client: FlaskClient, path: str) -> int:
    answer = send(client, "HEAD", path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"])


def refused(answer: TestResponse, status: int, code: str) -> None:
    """It is a problem document of ours, in the protocol's status."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["code"] == code
    assert answer.headers["Tus-Resumable"] == "1.0.0"


def digest(content: bytes, algorithm: str = "sha1") -> str:
    hashed = hashlib.new(algorithm, content).digest()
    return f"{algorithm} {base64.b64encode(hashed).decode()}"


def stored() -> list[str]:
    """What lies in the photo store and in the folder of the parts."""
    kept = [file.key for file in current_app.extensions["storage"].list("uploads")]
    return kept + [path.name for path in places().parts._folder.glob("*")]


@pytest.fixture(autouse=True)
def cleared() -> Iterator[None]:
    yield
    for key in stored():
        service._delete_bytes(key.removeprefix("uploads/"), places())


def test_the_service_says_what_it_can_do(client: FlaskClient) -> None:
    answer = client.options(AT)
    assert answer.status_code == 204
    said = answer.headers
    assert (said["Tus-Version"], said["Tus-Resumable"]) == ("1.0.0", "1.0.0")
    assert said["Tus-Extension"] == "creation,creation-with-upload,checksum,termination,expiration"
    assert said["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert said["Tus-Max-Size"] == str(current_app.config["PHOTO_MAX_BYTES"])


def test_a_photo_arrives_in_pieces(client: FlaskClient) -> None:
    path = begun(client)
    assert arrived(client, path) == 0
    first = patched(client, path, PHOTO[:1000], 0)
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "1000")
    assert "GMT" in first.headers["Upload-Expires"]
    assert arrived(client, path) == 1000
    assert patched(client, path, PHOTO[1000:], 1000).status_code == 204
    assert arrived(client, path) == len(PHOTO)
    key = f"uploads/{path.rpartition('/')[2]}"
    assert stored() == [key]
    assert current_app.extensions["storage"].get(key) == PHOTO


def test_the_first_bytes_may_come_with_the_creation(client: FlaskClient) -> None:
    answer = send(client, "POST", content=PHOTO[:10], Upload_Length=len(PHOTO))
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "10")


def test_nobody_can_read_an_upload(client: FlaskClient) -> None:
    path = f"{AT}/{uploaded(client)}"
    answer = send(client, "GET", path)
    assert answer.status_code == 405
    assert PHOTO[:20] not in answer.data


def test_a_piece_that_does_not_follow_is_refused(client: FlaskClient) -> None:
    path = begun(client)
    patched(client, path, PHOTO[:1000], 0)
    for offset in (0, 999, 1001):
        refused(patched(client, path, PHOTO[offset:], offset), 409, "upload_offset")
    assert arrived(client, path) == 1000


def test_a_photo_of_a_form_is_kept_until_the_form_is_right(app: Flask) -> None:
    with app.test_request_context():
        uuid = keep(BytesIO(PHOTO))
    assert current_app.extensions["storage"].get(f"uploads/{uuid}") == PHOTO
    assert service.arrived([uuid])[uuid].key is not None


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_damaged_piece_does_not_count(client: FlaskClient, algorithm: str) -> None:
    path = begun(client)
    wrong = digest(b"another", algorithm)
    refused(patched(client, path, PHOTO[:1000], 0, Upload_Checksum=wrong), 460, "upload_damaged")
    assert arrived(client, path) == 0
    right = digest(PHOTO[:1000], algorithm)
    assert patched(client, path, PHOTO[:1000], 0, Upload_Checksum=right).status_code == 204


@pytest.mark.parametrize("header", ["md5 AAAA", "sha1 !", "sha1", "sha256 AAAA", ""])
def test_a_checksum_that_cannot_be_read_is_refused(client: FlaskClient, header: str) -> None:
    path = begun(client)
    refused(patched(client, path, PHOTO, 0, Upload_Checksum=header), 400, "tus_header")
    assert arrived(client, path) == 0


def test_what_arrived_before_the_connection_broke_counts(client: FlaskClient) -> None:
    def cut() -> Iterator[bytes]:
        yield PHOTO[:500]
        raise BrokenOff

    path = begun(client)
    uuid = path.rpartition("/")[2]
    service.go_on(uuid, 0, cut(), None, places())
    assert arrived(client, path) == 500
    checksum = service.Checksum("sha1", b"speaks of the whole piece")
    service.go_on(uuid, 500, cut(), checksum, places())
    assert arrived(client, path) == 500, "nobody can tell whether these bytes are right"
    assert patched(client, path, PHOTO[500:], 500).status_code == 204
    key = f"uploads/{uuid}"
    assert current_app.extensions["storage"].get(key) == PHOTO


def test_two_do_not_send_to_one_upload_at_once(client: FlaskClient) -> None:
    path = begun(client)
    with places().parts.turn(path.rpartition("/")[2]):
        refused(patched(client, path, PHOTO, 0), 423, "upload_busy")


def test_more_than_was_announced_is_refused(client: FlaskClient) -> None:
    path = begun(client, 100)
    refused(patched(client, path, PHOTO, 0), 413, "upload_too_large")
    assert arrived(client, path) == 0
    assert patched(client, path, PHOTO[:100], 0).status_code == 204


def test_larger_than_a_photo_may_be_is_refused(client: FlaskClient) -> None:
    size = current_app.config["PHOTO_MAX_BYTES"] + 1
    refused(send(client, "POST", Upload_Length=size), 413, "upload_too_large")


@pytest.mark.parametrize("length", [None, "", "0", "-1", "1.5", "²", "9" * 20])
def test_the_length_is_said_from_the_beginning(client: FlaskClient, length: str | None) -> None:
    named = {} if length is None else {"Upload_Length": length.encode().decode("latin-1")}
    refused(send(client, "POST", **named), 400, "tus_header")


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("version", [None, "0.2.2", "2.0.0"])
def test_another_version_is_refused(client: FlaskClient, method: str, version: str | None) -> None:
    path = AT if method == "POST" else begun(client)
    answer = client.open(path, method=method, headers={"Tus-Resumable": version} if version else {})
    refused(answer, 412, "tus_version")
    assert answer.headers["Tus-Version"] == "1.0.0"


def test_a_piece_must_say_that_it_is_one(client: FlaskClient) -> None:
    named = {"Content_Type": "image/jpeg", "Upload_Offset": 0}
    refused(send(client, "PATCH", begun(client), content=PHOTO, **named), 415, "tus_media_type")


def test_an_upload_is_taken_back(client: FlaskClient) -> None:
    path = begun(client)
    patched(client, path, PHOTO[:1000], 0)
    assert send(client, "DELETE", path).status_code == 204
    assert stored() == []
    refused(send(client, "DELETE", path), 410, "upload_gone")
    assert send(client, "HEAD", path).status_code == 410


def test_where_only_post_passes_the_method_stands_in_a_header(client: FlaskClient) -> None:
    path = begun(client)
    named = {"Upload_Offset": 0, "X_HTTP_Method_Override": "PATCH"}
    assert send(client, "POST", path, content=PHOTO[:7], **named).status_code == 204
    assert arrived(client, path) == 7
    refused(send(client, "POST", path), 400, "tus_header")
    assert send(client, "POST", path, X_HTTP_Method_Override="DELETE").status_code == 204


def test_an_upload_that_was_never_begun_is_not_found(client: FlaskClient) -> None:
    path = f"{AT}/{uuid4()}"
    assert send(client, "HEAD", path).status_code == 404
    refused(patched(client, path, PHOTO, 0), 404, "upload_not_found")
    refused(send(client, "DELETE", path), 404, "upload_not_found")
    assert stored() == []


def test_after_a_day_an_upload_has_expired_and_is_swept(
    client: FlaskClient, clock_at: Clock
) -> None:
    half, whole = begun(client), f"{AT}/{uploaded(client)}"
    patched(client, half, PHOTO[:1000], 0)
    clock_at(MONDAY + DAY)
    for path in (half, whole):
        refused(patched(client, path, PHOTO[1000:], 1000), 410, "upload_gone")
    assert service.sweep(places()) == 0, "a piece may be arriving still"
    clock_at(MONDAY + DAY + timedelta(hours=2))
    assert service.sweep(places()) == 2
    assert stored() == []
    assert send(client, "HEAD", half).status_code == 410
    clock_at(MONDAY + 32 * DAY)
    assert service.sweep(places()) == 0
    assert send(client, "HEAD", half).status_code == 404


def test_an_address_has_so_many_uploads_waiting_and_no_more(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(current_app.config, "UPLOADS_OF_ONE_ADDRESS", 2)
    first = begun(client)
    begun(client)
    refused(send(client, "POST", Upload_Length=10), 429, "uploads_too_many")
    send(client, "DELETE", first)
    begun(client)


def test_the_addresses_behind_a_proxy_are_told_apart(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(current_app.config, "PROXIES", 1)
    for address in ("203.0.113.7", "invented, 203.0.113.7", "2001:db8::1", "2001:db8::2"):
        assert send(client, "POST", Upload_Length=10, X_Forwarded_For=address).status_code == 201
    assert db.session.scalar(select(func.count(Upload.sender.distinct()))) == 2


def file(people: People, *uploads: str, key: str | None = None, **changes: Any) -> TestResponse:
    headers = {"Idempotency-Key": key} if key else {}
    body = {**LIGHT, **changes, "uploads": list(uploads)}
    return people.public.call("POST", "/reports", json=body, headers=headers)


def states(answer: TestResponse) -> list[tuple[str, str | None]]:
    return [(photo["state"], photo["reason_code"]) for photo in answer.json["photos"]]


MISSING = ("rejected", "picture_upload_unknown")


def test_a_report_takes_in_what_was_uploaded(people: People) -> None:
    one, other = uploaded(people.client), uploaded(people.client, jpeg(width=90))
    answer = file(people, one, other)
    assert answer.status_code == 201
    assert states(answer) == [("pending", None), ("pending", None)]
    assert service.sweep(places()) == 2
    assert stored() == []


def test_an_upload_belongs_to_one_report(people: People) -> None:
    upload = uploaded(people.client)
    assert states(file(people, upload, upload)) == [("pending", None), MISSING]
    assert states(file(people, upload)) == [MISSING]


def test_what_did_not_arrive_is_a_rejected_photo_of_a_report_that_is_kept(
    people: People, clock_at: Clock
) -> None:
    half, late = begun(people.client).rpartition("/")[2], uploaded(people.client)
    assert states(file(people, half, str(uuid4()))) == [MISSING, MISSING]
    clock_at(MONDAY + DAY)
    assert states(file(people, late)) == [MISSING]


def test_an_upload_that_is_no_picture_is_rejected_with_its_reason(people: People) -> None:
    answer = file(people, uploaded(people.client, b"no picture at all"))
    assert states(answer) == [("rejected", "picture_not_a_picture")]


def test_uploads_beyond_the_number_of_photos_are_surplus(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(current_app.config, "PHOTOS_PER_REPORT", 1)
    answer = file(people, uploaded(people.client), uploaded(people.client))
    assert states(answer) == [("pending", None), ("rejected", "picture_surplus")]


def test_a_filing_that_is_sent_again_is_known_by_its_pictures(
    people: People, clock_at: Clock
) -> None:
    first = uploaded(people.client)
    filed = file(people, first, key="once")
    assert filed.status_code == 201
    service.sweep(places())
    clock_at(MONDAY + 10 * DAY)
    service.sweep(places())
    again = file(people, first, key="once")
    assert (again.status_code, again.json["code"]) == (200, filed.json["code"])
    anew = file(people, uploaded(people.client), key="once")
    assert (anew.status_code, anew.json["code"]) == (200, filed.json["code"])
    other = file(people, uploaded(people.client, jpeg(width=90)), key="once")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_a_filing_that_is_refused_leaves_its_uploads_to_the_next_try(people: People) -> None:
    upload = uploaded(people.client)
    assert file(people, upload, category="no-such").status_code == 422
    assert states(file(people, upload)) == [("pending", None)]
