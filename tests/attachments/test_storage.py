"""Files by key: the same behaviour in a folder and in a bucket of a real S3 server."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from reports_service.core.storage import NoSuchFile, Storage
from reports_service.domain.errors import Unavailable

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    """The address of an S3 server on this machine with one bucket, "photos"."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    with urlopen(Request(f"{address}/photos", method="PUT")) as made:
        assert made.status == 200
    yield address
    server.stop()


def bucket(address: str, url: str = "s3://photos/province") -> Storage:
    return Storage(
        url,
        endpoint=address,
        region="us-east-1",
        access_key_id="known",
        secret_access_key="known",
        client_options={"allow_http": True},
        retry_config={"max_retries": 0, "retry_timeout": timedelta(seconds=1)},
    )


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return Storage(str(tmp_path / "not yet there"))
    name = tmp_path.name
    return bucket(request.getfixturevalue("s3_server"), f"s3://photos/{name}")


def test_what_was_put_is_got_back(storage: Storage) -> None:
    storage.put("originals/2026/11/a.jpg", b"first")
    assert storage.get("originals/2026/11/a.jpg") == b"first"
    with storage.open("originals/2026/11/a.jpg") as file:
        assert file.read(2) == b"fi"


def test_a_stream_of_many_megabytes_is_stored_whole(storage: Storage) -> None:
    content = b"0123456789" * 700_000
    storage.put("originals/large.jpg", io.BytesIO(content))
    assert storage.get("originals/large.jpg") == content


def test_a_second_put_replaces_the_first(storage: Storage) -> None:
    storage.put("a.jpg", b"first")
    storage.put("a.jpg", b"second")
    assert storage.get("a.jpg") == b"second"


def test_what_is_not_there_is_said_to_be_missing(storage: Storage) -> None:
    assert not storage.exists("a.jpg")
    storage.put("b/b.jpg", b"another")
    for missing in ("a.jpg", "b", "b/b.jpg/c", "c/c.jpg"):
        with pytest.raises(NoSuchFile):
            storage.get(missing)


def test_deleting_twice_is_no_fault(storage: Storage) -> None:
    storage.put("a.jpg", b"first")
    storage.delete("a.jpg")
    storage.delete("a.jpg")
    assert not storage.exists("a.jpg")


def test_files_are_listed_below_a_folder_with_size_and_time(storage: Storage) -> None:
    storage.put("originals/2026/a.jpg", b"first")
    storage.put("derived/2026/a.jpg", b"second")
    (found,) = storage.list("originals")
    assert (found.key, found.byte_size) == ("originals/2026/a.jpg", 5)
    assert abs(found.written_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert {file.key for file in storage.list()} == {"originals/2026/a.jpg", "derived/2026/a.jpg"}
    assert list(storage.list("nothing")) == []


def test_a_store_that_answers_is_ready(storage: Storage) -> None:
    assert storage.ready()


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../a", "a/../b", "a//b", "a\\b", "a\0b", ".hidden", "x" * 600]
)
def test_a_key_that_leads_elsewhere_is_refused(storage: Storage, key: str) -> None:
    for use in (storage.get, storage.open, storage.exists, storage.delete):
        with pytest.raises(ValueError, match="not a storage key"):
            use(key)
    with pytest.raises(ValueError, match="not a storage key"):
        storage.put(key, b"")


def test_a_stream_that_breaks_leaves_nothing_behind(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError("the sender went away")

    storage = Storage(str(tmp_path))
    with pytest.raises(Unavailable):
        storage.put("originals/a.jpg", Broken())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_written_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the way")
    storage = Storage(str(tmp_path / "file"))
    assert not storage.ready()
    with pytest.raises(Unavailable):
        storage.put("a.jpg", b"")
    with pytest.raises(Unavailable):
        storage.get("a.jpg")


def test_a_folder_that_is_gone_is_not_a_file_that_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    storage = Storage(str(folder))
    storage.put("a.jpg", b"first")
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(Unavailable):
        storage.open("a.jpg")


def test_a_bucket_that_is_not_there_is_not_ready(s3_server: str) -> None:
    storage = bucket(s3_server, "s3://elsewhere")
    assert not storage.ready()
    with pytest.raises(Unavailable):
        storage.put("a.jpg", b"")
    with pytest.raises(Unavailable):
        storage.get("a.jpg")
