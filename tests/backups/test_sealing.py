"""Archives that were changed, cut off or meant for another key are refused, and said to be."""

from __future__ import annotations

import tracemalloc
from io import BytesIO
from pathlib import Path

import pytest

from reports_service.backups import pieces
from reports_service.backups.archive import ABOUT, About, reading, writing
from reports_service.backups.refusals import (
    BackupBrokenOff,
    BackupDamaged,
    BackupKeyNeeded,
    BackupKeyUnusable,
    BackupKeyWrong,
    BackupNotEncrypted,
    BackupNotOurs,
    BackupPartDamaged,
    BackupPassphraseNeeded,
)
from reports_service.backups.sealing import CHUNK, HEADER, TAG, Key, SealingFile, opened

pytestmark = pytest.mark.pure
KEY = Key(b"k", b"a key of more than thirty-two bytes, all of them")
SEALED = CHUNK + TAG


def sealed(content: bytes, key: Key = KEY) -> bytes:
    below = BytesIO()
    file = SealingFile(below, key)
    file.write(content)
    file.close()
    return below.getvalue()


def clear(archive: bytes, key: Key | None = KEY) -> bytes:
    return opened(BytesIO(archive), key).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_sealed_is_read_again(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    assert clear(sealed(content[:size])) == content[:size]


@pytest.mark.parametrize("at", [HEADER, HEADER + SEALED - 1, HEADER + SEALED + 7, -1])
def test_a_bit_that_flips_is_found_in_any_chunk(at: int) -> None:
    archive = bytearray(sealed(bytes(2 * CHUNK + 50)))
    archive[at] ^= 1
    with pytest.raises(BackupDamaged):
        clear(bytes(archive))


def test_chunks_can_neither_be_cut_off_nor_moved_nor_repeated() -> None:
    archive = sealed(bytes(3 * CHUNK))
    header, chunks = archive[:HEADER], archive[HEADER:]
    first, second = chunks[:SEALED], chunks[SEALED : 2 * SEALED]
    for other in (
        first + second,
        second + first + chunks[2 * SEALED :],
        first + first + chunks[2 * SEALED :],
        chunks[: 2 * SEALED + 100],
        b"",
    ):
        with pytest.raises(BackupDamaged):
            clear(header + other)


def test_a_wrong_key_is_not_taken_for_damage() -> None:
    with pytest.raises(BackupKeyWrong):
        clear(sealed(b"x"), Key(b"k", b"another key, just as long as the other one is"))
    with pytest.raises(BackupKeyNeeded):
        clear(sealed(b"x"), None)


def test_a_passphrase_opens_what_it_sealed_and_nothing_else() -> None:
    archive = sealed(b"said", Key.of_passphrase("mưa rơi trên núi Bà"))
    assert clear(archive, Key.of_passphrase("mưa rơi trên núi Bà")) == b"said"
    with pytest.raises(BackupKeyWrong):
        clear(archive, Key.of_passphrase("mưa rơi trên núi bà"))
    with pytest.raises(BackupPassphraseNeeded):
        clear(archive, KEY)


def test_who_gives_a_key_is_not_handed_an_archive_without_one() -> None:
    with pytest.raises(BackupNotEncrypted):
        clear(b"a tar of whoever put it there" * 10)


def test_a_key_is_long_enough(tmp_path: Path) -> None:
    short = tmp_path / "short"
    short.write_text("secret\n")
    for path in (short, tmp_path / "none"):
        with pytest.raises(BackupKeyUnusable):
            Key.of_file(path)


def archived(path: Path, key: Key | None = None, parts: int = 3, size: int = 40) -> Path:
    with path.open("wb") as file, writing(file, key) as archive:
        archive.put(ABOUT, b'{"made_at": "", "engine": "x", "schema": "1", "secret": "",'
                           b' "secrets_inside": false}')  # fmt: skip
        for number in range(parts):
            archive.put(f"photos/{number}", b"a picture, more or less" * size)
    return path


@pytest.mark.parametrize("key", [None, KEY])
def test_a_whole_archive_is_read_to_its_end(tmp_path: Path, key: Key | None) -> None:
    path = archived(tmp_path / "a", key)
    with reading(path, key) as archive:
        assert archive.about() == About("", "x", "1", "", secrets_inside=False)
    with reading(path, key) as archive:
        assert archive.checked() == 4


def test_an_open_archive_that_was_changed_or_cut_is_refused(tmp_path: Path) -> None:
    path = archived(tmp_path / "a")
    whole = path.read_bytes()
    changed = whole.replace(b"more or less", b"more or LESS", 1)
    for content, refusal in (
        (changed, BackupPartDamaged),
        (whole[:3000], BackupBrokenOff),
        (whole[:1536], BackupBrokenOff),
        (b"nothing of the kind" * 100, BackupNotOurs),
        (b"", BackupNotOurs),
    ):
        path.write_bytes(content)
        with pytest.raises(refusal), reading(path, None) as archive:
            archive.checked()


def test_what_breaks_off_while_it_is_written_has_no_end(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with pytest.raises(OSError, match="full"), path.open("wb") as file, writing(file, KEY) as made:
        made.put(ABOUT, b"{}")
        raise OSError("full")
    with pytest.raises((BackupDamaged, BackupBrokenOff)), reading(path, KEY) as archive:
        archive.checked()


def test_memory_does_not_grow_with_the_number_of_parts(tmp_path: Path) -> None:
    def peak(parts: int) -> int:
        tracemalloc.reset_peak()
        path = archived(tmp_path / str(parts), KEY, parts, size=1000)
        with reading(path, KEY) as archive:
            archive.checked()
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        few, many = (peak(parts) for parts in (200, 2000))
    finally:
        tracemalloc.stop()
    assert many < few * 1.2


def test_a_long_stream_becomes_parts_and_is_the_same_again(tmp_path: Path) -> None:
    path, stream = tmp_path / "a", bytes(range(250)) * 40_000
    with path.open("wb") as file, writing(file, None) as archive:
        pieces.put(archive, "long", [stream[:7], stream[7:9_999_999], stream[9_999_999:]])
    with reading(path, None) as archive:
        found = [
            pieces.unpacked(content)
            for name, content in archive.parts()
            if name.startswith("long/")
        ]
    assert len(found) == 3
    assert b"".join(found) == stream
