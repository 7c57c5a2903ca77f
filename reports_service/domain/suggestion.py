"""Which category may be meant, from words. A suggestion is offered, never forced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from reports_service.domain.routing import fold_word, says

Key = TypeVar("Key", int, str)


@dataclass(frozen=True, slots=True)
class Suggested(Generic[Key]):
    """A category's key, how well it fits, and the keywords that were found."""

    key: Key
    score: float
    matched: tuple[str, ...]


def suggest(
    text: str, keywords: Mapping[Key, Sequence[tuple[str, str]]], depth: Mapping[Key, int]
) -> list[Suggested[Key]]:
    """The categories whose keywords stand in the text, best first.

    ``keywords``: key -> (folded keyword, as written). Each counts the square of its number of
    words: "den tin hieu" says more than three single words. Ties go to the deeper category, then
    to the smaller key, so that the answer is always the same.
    """
    said = fold_word(text)
    found = [
        Suggested(key, sum(score for score, _ in hits), tuple(word for _, word in hits))
        for key, words in keywords.items()
        if (hits := list(_hits(said, words)))
    ]
    return sorted(found, key=lambda one: (-one.score, -depth[one.key], one.key))


def _hits(said: str, words: Iterable[tuple[str, str]]) -> Iterable[tuple[float, str]]:
    for folded, written in words:
        if says(said, folded):
            yield float(len(folded.split()) ** 2), written
