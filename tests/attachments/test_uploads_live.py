"""Uploads to the real service over a real network: a client that others wrote, and a cut line."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from tests.browser.running import Running, running
from tests.databases import Databases
from tests.pictures import jpeg

PHOTO = jpeg(width=900, height=700)
HALF = len(PHOTO) // 2
NOTICED_WITHIN_S = 5.0


@pytest.fixture
def database() -> None:
    """The service is another process, and its commits are real."""


@pytest.fixture(scope="module")
def service(
    databases: Databases, province_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("uploads")
    with databases.copy(province_template) as url, running(url, folder) as service:
        yield service


@pytest.fixture
def tus(service: Running) -> TusClient:
    return TusClient(f"{service.address}/api/v1/uploads")


def bytes_of(service: Running, url: str) -> bytes:
    return (Path(service.folder) / "photos/uploads" / url.rpartition("/")[2]).read_bytes()


def test_tuspy_uploads_in_pieces_with_checksums(service: Running, tus: TusClient) -> None:
    sending = tus.uploader(
        file_stream=BytesIO(PHOTO), chunk_size=1000, upload_checksum=True, metadata={"name": "x"}
    )
    sending.upload()
    assert bytes_of(service, sending.url) == PHOTO


def test_tuspy_goes_on_with_what_was_begun(service: Running, tus: TusClient) -> None:
    begun = tus.uploader(file_stream=BytesIO(PHOTO), chunk_size=HALF)
    begun.upload_chunk()
    again = tus.uploader(file_stream=BytesIO(PHOTO), url=begun.url)
    assert again.offset == HALF
    again.upload()
    assert bytes_of(service, begun.url) == PHOTO


def test_tuspy_is_told_that_a_file_is_too_large(tus: TusClient) -> None:
    with pytest.raises(TusCommunicationError) as refused:
        tus.uploader(file_stream=BytesIO(b"\0" * (26 * 1024 * 1024))).upload_chunk()
    assert refused.value.status_code == 413


def ask(service: Running, method: str, path: str, **named: str) -> dict[str, str]:
    """One request without a body; the headers of its answer, and its status."""
    connection = HTTPConnection(urlsplit(service.address).netloc, timeout=10)
    headers = {name.replace("_", "-"): value for name, value in named.items()}
    connection.request(method, path, headers={"Tus-Resumable": "1.0.0", **headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return {**dict(answer.getheaders()), "status": str(answer.status)}


def arrived(service: Running, path: str) -> int:
    return int(ask(service, "HEAD", path)["Upload-Offset"])


def test_what_arrived_before_the_line_was_cut_is_not_sent_again(
    service: Running, tus: TusClient
) -> None:
    path = ask(service, "POST", "/api/v1/uploads", Upload_Length=str(len(PHOTO)))["Location"]
    where = urlsplit(service.address)
    lines = (
        f"PATCH {path} HTTP/1.1",
        f"Host: {where.netloc}",
        "Tus-Resumable: 1.0.0",
        "Content-Type: application/offset+octet-stream",
        "Upload-Offset: 0",
        f"Content-Length: {len(PHOTO)}",
    )
    with socket.create_connection((where.hostname, where.port)) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + PHOTO[:HALF])
    end = time.monotonic() + NOTICED_WITHIN_S
    while arrived(service, path) == 0 and time.monotonic() < end:
        time.sleep(0.05)
    assert arrived(service, path) == HALF
    again = tus.uploader(file_stream=BytesIO(PHOTO), url=service.address + path)
    assert again.offset == HALF
    again.upload()
    assert bytes_of(service, path) == PHOTO
