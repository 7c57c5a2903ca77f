"""Bodies: bounded, strict JSON, files that stop growing."""

from __future__ import annotations

import resource

import pytest

from reports_service.core.uploads import (
    SPOOL_BYTES,
    BodyNotJson,
    CappedFile,
    in_bytes,
    read_json,
)
from reports_service.domain.errors import Unavailable

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "NaN",
        "[Infinity]",
        "{'a': 1}",
        '{"a": 1,}',
        "[1] 2",
        '"\\ud800"',
        b"\xff",
        "[" * 10_000 + "]" * 10_000,
        '{"a":' * 400 + "1" + "}" * 400,
    ],
)
def test_what_is_no_json_is_refused(body: str | bytes) -> None:
    with pytest.raises(BodyNotJson):
        read_json(body)


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("{}", {}),
        (b'{"a": "\xc4\x91"}', {"a": "đ"}),
        ('"\\ud83d\\udca1"', "💡"),
        ("[1, 2.5, null, true]", [1, 2.5, None, True]),
        ("[" * 50 + "]" * 50, None),
    ],
)
def test_json_is_read(body: str | bytes, read: object) -> None:
    assert read is None or read_json(body) == read


@pytest.mark.parametrize("size", [0, 5, 10, 11, 1000])
def test_a_file_stops_growing_one_byte_past_its_cap(size: int) -> None:
    with CappedFile(10) as file:
        for _ in range(size):
            assert file.write(b"x") == 1
        file.seek(0)
        assert len(file.read()) == min(size, 11)


def test_a_file_that_the_disk_has_no_room_for_is_no_fault_of_ours() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with CappedFile(10 * SPOOL_BYTES) as file, pytest.raises(Unavailable):
            file.write(b"x" * (SPOOL_BYTES + 1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("count", "said"), [(200_000, "200 kB"), (1_500_000, "1.5 MB"), (60_000_000, "60 MB")]
)
def test_a_limit_is_said_in_bytes_as_people_say_them(count: int, said: str) -> None:
    assert in_bytes(count) == said
