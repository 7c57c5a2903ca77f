"""Good pictures spoilt at random: bits turned, pieces cut out, doubled, swapped, cut short."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

_HEADER = 400  # where formats say most about themselves
_EXTREMES = (b"\x00", b"\xff", b"\x7f\xff", b"\x80\x00", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00")


def mutated(seeds: list[bytes], number: int, seed: int) -> Iterator[bytes]:
    """``number`` files made of ``seeds`` by one to six changes each; the same for the same seed."""
    random = Random(seed)
    for _ in range(number):
        content = bytearray(random.choice(seeds))
        for _ in range(random.randint(1, 6)):
            random.choice(_CHANGES)(content, random, seeds)
        yield bytes(content)


def _place(content: bytearray, random: Random) -> int:
    """Half of all changes hit the header."""
    end = min(len(content), _HEADER) if random.random() < 0.5 else len(content)
    return random.randrange(end) if end else 0


def _turn_bits(content: bytearray, random: Random, _: list[bytes]) -> None:
    for _ in range(random.randint(1, 8)):
        if content:
            content[_place(content, random)] ^= 1 << random.randrange(8)


def _extreme(content: bytearray, random: Random, _: list[bytes]) -> None:
    value = random.choice(_EXTREMES)
    at = _place(content, random)
    content[at : at + len(value)] = value


def _cut(content: bytearray, random: Random, _: list[bytes]) -> None:
    at = _place(content, random)
    del content[at : at + random.randint(1, 200)]


def _double(content: bytearray, random: Random, _: list[bytes]) -> None:
    at = _place(content, random)
    piece = content[at : at + random.randint(1, 200)]
    content[at:at] = piece * random.randint(1, 20)


def _cut_short(content: bytearray, random: Random, _: list[bytes]) -> None:
    del content[_place(content, random) :]


def _splice(content: bytearray, random: Random, seeds: list[bytes]) -> None:
    """The rest of another picture, perhaps of another kind."""
    other = random.choice(seeds)
    at = _place(content, random)
    content[at:] = other[random.randrange(len(other)) :]


def _append(content: bytearray, random: Random, _: list[bytes]) -> None:
    content += b"<script>alert(1)</script>" + random.randbytes(random.randint(0, 300))


_CHANGES: tuple[Callable[[bytearray, Random, list[bytes]], None], ...] = (
    _turn_bits, _extreme, _cut, _double, _cut_short, _splice, _append,
)  # fmt: skip
