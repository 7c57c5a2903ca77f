"""Files on disk or in an S3 bucket, behind one class.

A key is a relative path of plain names ("originals/2026/11/3f….jpg"). What ``put`` returned from
is durable: on disk the bytes and the name are synced, in a bucket the server has answered.
Where the folder or the bucket fails, ``Unavailable`` is raised: the same may work a little later.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from reports_service.domain.errors import Unavailable

_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
KEY_LENGTH_MAX = 512
_PART_SUFFIX = ".part"
_COPY_CHUNK = 1024 * 1024
PROBE_BYTES = 64 * 1024
# A person waits for the answer: rather say soon that it did not work than retry for minutes.
_PATIENCE: dict[str, Any] = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}


class NoSuchFile(LookupError):
    """There is no file under this key, in a store that is there."""


@dataclass(frozen=True)
class StoredFile:
    """A file as listed: its key, its size in bytes, and when it was written (UTC)."""

    key: str
    byte_size: int
    written_at: datetime


class _Backend(Protocol):
    def put(self, key: str, content: bytes | BinaryIO) -> None: ...
    def open(self, key: str) -> BinaryIO: ...
    def exists(self, key: str) -> bool: ...
    def delete(self, key: str) -> None: ...
    def list(self, prefix: str) -> Iterator[StoredFile]: ...
    def check(self) -> None: ...


class Storage:
    """Files by key, in a folder or, for ``s3://bucket/prefix``, in a bucket.

    ``options`` go to the S3 client (``endpoint``, ``region``, ``access_key_id`` …); what they do
    not say is read from the usual ``AWS_*`` variables. A process that used a bucket must not fork
    and go on using it in the child: the client's threads do not come along.
    """

    def __init__(self, url: str, **options: Any) -> None:
        self.url = url
        self._backend: _Backend = (
            _Bucket(url, options) if url.startswith("s3://") else _Folder(Path(url))
        )

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        """Write a file durably, in one piece, over an earlier one. A stream is read to its end."""
        self._backend.put(_checked(key), content)

    def get(self, key: str) -> bytes:
        """All bytes of a file. Raises ``NoSuchFile``, ``Unavailable``."""
        with self._backend.open(_checked(key)) as file:
            return file.read()

    def open(self, key: str) -> BinaryIO:
        """A file opened for reading; the caller closes it.

        Raises ``NoSuchFile``, ``Unavailable``.
        """
        return self._backend.open(_checked(key))

    def exists(self, key: str) -> bool:
        """Whether there is a file under this key."""
        return self._backend.exists(_checked(key))

    def delete(self, key: str) -> None:
        """Remove a file; that there is none is no fault."""
        self._backend.delete(_checked(key))

    def list(self, prefix: str = "") -> Iterator[StoredFile]:
        """The files under a folder of keys ("originals"), or all, in no order."""
        return self._backend.list(_checked(prefix.rstrip("/")) if prefix else "")

    def ready(self) -> bool:
        """Whether files can be written and read now."""
        try:
            self._backend.check()
        except (OSError, BaseError):
            return False
        return True


def _checked(key: str) -> str:
    if len(key) > KEY_LENGTH_MAX or not _KEY.fullmatch(key) or key.endswith(_PART_SUFFIX):
        raise ValueError(f"not a storage key: {key[:80]!r}")
    return key


class _Folder:
    """Files below one folder of the machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        path = self._root / key
        try:
            _make_folders(path.parent)
            _write_whole(path, content)
        except OSError as failed:
            raise Unavailable(part="storage") from failed

    def open(self, key: str) -> BinaryIO:
        try:
            return (self._root / key).open("rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as missing:
            self._be_there()
            raise NoSuchFile(key) from missing
        except OSError as failed:
            raise Unavailable(part="storage") from failed

    def _be_there(self) -> None:
        """Tell a file that is missing from a folder that is not mounted, or has another thing in
        its place. Raises ``Unavailable``.
        """
        if not self._root.is_dir():
            raise Unavailable(part="storage")

    def exists(self, key: str) -> bool:
        return (self._root / key).is_file()

    def delete(self, key: str) -> None:
        path = self._root / key
        try:
            path.unlink(missing_ok=True)
        except OSError as failed:
            raise Unavailable(part="storage") from failed

    def list(self, prefix: str) -> Iterator[StoredFile]:
        for path in (self._root / prefix).rglob("*"):
            if path.is_file() and not path.name.endswith(_PART_SUFFIX):
                about = path.stat()
                yield StoredFile(
                    key=path.relative_to(self._root).as_posix(),
                    byte_size=about.st_size,
                    written_at=datetime.fromtimestamp(about.st_mtime, UTC),
                )

    def check(self) -> None:
        _make_folders(self._root)
        probe = self._root / f"{secrets.token_hex(8)}{_PART_SUFFIX}"
        try:
            with probe.open("xb") as file:  # a full disk still takes empty files
                file.write(bytes(PROBE_BYTES))
                file.flush()
                os.fsync(file.fileno())
        finally:
            probe.unlink(missing_ok=True)


def _make_folders(folder: Path) -> None:
    """Make a folder and those above it, each durable in the one that holds it."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _write_whole(path: Path, content: bytes | BinaryIO) -> None:
    # Renamed into place only when all of it is on the disk: a reader sees all bytes or no file.
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}{_PART_SUFFIX}")
    source = BytesIO(content) if isinstance(content, bytes) else content
    try:
        with part.open("xb") as file:
            shutil.copyfileobj(source, file, _COPY_CHUNK)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Bucket:
    """Objects below one prefix of an S3 bucket."""

    def __init__(self, url: str, options: dict[str, Any]) -> None:
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        client = {"retry_config": _PATIENCE, **options}
        self._store = S3Store(bucket, prefix=prefix.strip("/") or None, **client)

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        try:
            obstore.put(self._store, key, cast("Any", content))
        except (BaseError, OSError) as failed:  # no such bucket is a FileNotFoundError here
            raise Unavailable(part="storage") from failed

    def open(self, key: str) -> BinaryIO:
        try:
            content = obstore.get(self._store, key).bytes()
        except FileNotFoundError as missing:
            self._be_there()
            raise NoSuchFile(key) from missing
        except (BaseError, OSError) as failed:
            raise Unavailable(part="storage") from failed
        return cast("BinaryIO", BufferedReader(cast("Any", BytesIO(bytes(content)))))

    def exists(self, key: str) -> bool:
        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        except BaseError as failed:
            raise Unavailable(part="storage") from failed
        return True

    def delete(self, key: str) -> None:
        try:
            obstore.delete(self._store, key)
        except FileNotFoundError:
            return
        except BaseError as failed:
            raise Unavailable(part="storage") from failed

    def list(self, prefix: str) -> Iterator[StoredFile]:
        for batch in obstore.list(self._store, prefix=prefix or None):
            for found in batch:
                yield StoredFile(found["path"], found["size"], found["last_modified"])

    def _be_there(self) -> None:
        """Tell an object that is missing from a bucket that is. Raises ``Unavailable``."""
        try:
            self.check()
        except (BaseError, OSError) as failed:
            raise Unavailable(part="storage") from failed

    def check(self) -> None:
        next(iter(obstore.list(self._store, chunk_size=1)), None)
