"""The encrypted form of an archive: sealed chunks, each in its place, the last one marked.

::

    header   "1022 backup 1\\n"  kind (1 byte)  salt (16)  proof (16)
    chunks   AES-256-GCM of 65,536 bytes, the last of fewer: ciphertext and tag (16)

``kind`` is ``k`` for a key file, ``p`` for a passphrase (Argon2id, RFC 9106: 3 passes, 64 MiB, 4
lanes, with the salt). HKDF-SHA-256 of that secret, with the salt, gives 64 bytes: 32 to seal with,
32 for the proof, which is HMAC-SHA-256 of the header before it, cut to 16 bytes. It tells a wrong
key from a damaged archive. The nonce is the chunk's number (11 bytes, big-endian) and a byte that
is 1 for the last chunk, so that none can be moved, repeated or cut off (the STREAM construction of
Hoang, Reyhanitabar, Rogaway and Vizár, 2015). Each chunk is bound to the header.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO, cast

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from reports_service.backups.refusals import (
    BackupDamaged,
    BackupKeyNeeded,
    BackupKeyUnusable,
    BackupKeyWrong,
    BackupNotEncrypted,
    BackupPassphraseNeeded,
)

MAGIC = b"1022 backup 1\n"
CHUNK, TAG = 65_536, 16
SALT = PROOF = 16
HEADER = len(MAGIC) + 1 + SALT + PROOF
SHORTEST_KEY = 32


@dataclass(frozen=True)
class Key:
    """What an archive is sealed with: ``kind`` k (the bytes of a key file) or p (a passphrase)."""

    kind: bytes
    secret: bytes

    @classmethod
    def of_file(cls, path: Path) -> Key:
        """The key in a file, without the white space around it. Raises ``BackupKeyUnusable``."""
        try:
            secret = path.read_bytes().strip()
        except OSError as why:
            raise BackupKeyUnusable(file=path, shortest=SHORTEST_KEY) from why
        if len(secret) < SHORTEST_KEY:
            raise BackupKeyUnusable(file=path, shortest=SHORTEST_KEY)
        return cls(b"k", secret)

    @classmethod
    def of_passphrase(cls, words: str) -> Key:
        """The key that a passphrase gives."""
        return cls(b"p", words.encode())

    def derived(self, salt: bytes) -> tuple[bytes, bytes]:
        """The key that seals, and the one that proves which key it was."""
        secret = self.secret
        if self.kind == b"p":
            secret = hash_secret_raw(secret, salt, 3, 65_536, 4, 32, Type.ID)
        both = HKDF(SHA256(), 64, salt=salt, info=b"1022/backup").derive(secret)
        return both[:32], both[32:]


class SealingFile:
    """A file to write to; what is written lands sealed in ``below``. ``close`` ends it."""

    def __init__(self, below: BinaryIO, key: Key) -> None:
        salt = os.urandom(SALT)
        sealing, proving = key.derived(salt)
        begin = MAGIC + key.kind + salt
        self._header = begin + _proof(proving, begin)
        self._cipher, self._below = AESGCM(sealing), below
        self._number, self._waiting = 0, bytearray()
        below.write(self._header)

    def write(self, content: bytes) -> int:
        """Take bytes; whole chunks are sealed as they fill."""
        self._waiting += content
        # One is held back: only the end knows which chunk is the last.
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(content)

    def close(self) -> None:
        """Seal the last chunk. The file below stays open."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        self._below.write(self._cipher.encrypt(nonce, chunk, self._header))
        self._number += 1


class _Opened(RawIOBase):
    """What was sealed, in the clear. Raises ``BackupDamaged`` at the first chunk not sealed so."""

    def __init__(self, below: BinaryIO, cipher: AESGCM, header: bytes) -> None:
        self._below, self._cipher, self._header = below, cipher, header
        self._number, self._clear = 0, memoryview(b"")
        self._next = below.read(CHUNK + TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._clear and self._next is not None:
            self._clear = memoryview(self._open_next())
        taken = min(len(buffer), len(self._clear))
        buffer[:taken] = self._clear[:taken]
        self._clear = self._clear[taken:]
        return taken

    def _open_next(self) -> bytes:
        chunk, self._next = self._next, self._below.read(CHUNK + TAG)
        last = not self._next
        try:
            clear = self._cipher.decrypt(_nonce(self._number, last=last), chunk, self._header)
        except InvalidTag as wrong:
            at = HEADER + self._number * (CHUNK + TAG)
            raise BackupDamaged(at=f"{at:,}") from wrong
        self._number += 1
        if last:
            self._next = None  # type: ignore[assignment]
        return clear


def opened(below: BinaryIO, key: Key | None) -> BinaryIO:
    """An archive in the clear, be it sealed or not; ``below`` is read from its begin.

    Raises ``BackupKeyNeeded``, ``BackupPassphraseNeeded``, ``BackupKeyWrong`` and
    ``BackupNotEncrypted``; reading raises ``BackupDamaged``.
    """
    header = below.read(HEADER)
    if not header.startswith(MAGIC):
        if key is not None:
            raise BackupNotEncrypted()
        below.seek(0)
        return below
    if len(header) < HEADER:
        raise BackupDamaged(at=len(header))
    kind, salt = header[len(MAGIC) : len(MAGIC) + 1], header[len(MAGIC) + 1 : -PROOF]
    if key is None or key.kind != kind:
        raise BackupPassphraseNeeded() if kind == b"p" else BackupKeyNeeded()
    sealing, proving = key.derived(salt)
    if not hmac.compare_digest(header[-PROOF:], _proof(proving, header[:-PROOF])):
        raise BackupKeyWrong()
    return cast("BinaryIO", BufferedReader(_Opened(below, AESGCM(sealing), header), CHUNK))


def _proof(key: bytes, header: bytes) -> bytes:
    return hmac.digest(key, header, hashlib.sha256)[:PROOF]


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
