"""Who answers for this kind of thing at this place: the most specific rule wins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from reports_service.domain.text import fold

Node = TypeVar("Node", int, str)


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions and a target. Empty conditions hold for everything.

    The target is ``agency``, or with ``to_committee`` the people's committee of the place. Among
    equally specific rules the smaller (``position``, ``id``) wins.
    """

    id: int
    category: int | None = None
    area: str | None = None  # a code: rules outlive the versions of an area
    word: str | None = None  # folded
    question: str | None = None
    answer: str | None = None
    agency: int | None = None
    to_committee: bool = False
    priority: str | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be routed. Paths run from the leaf to the root: category ids, area codes."""

    categories: Sequence[int] = ()
    areas: Sequence[str] = ()
    text: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The folded text, with single spaces around every word."""
        return _spaced(self.text)


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that holds, and which of its conditions made it more than a rule for everything."""

    rule: Rule
    because: tuple[str, ...]
    rank: tuple[int, int, int, int]


def matches(rules: Iterable[Rule], matter: Matter) -> list[Match]:
    """All rules that hold, the winner first.

    Compared are, in this order: a word or an extra answer is named; how deep in the tree the
    category lies; how deep the area; whether an agency is named (domain.md, "Specificity").
    """
    words = matter.words
    found = [
        Match(rule, _because(rule), _rank(rule, matter))
        for rule in rules
        if _holds(rule, matter, words)
    ]
    return sorted(found, key=lambda m: (*(-part for part in m.rank), m.rule.position, m.rule.id))


def match(rules: Iterable[Rule], matter: Matter) -> Match | None:
    """The rule that wins; None where none holds: never a silent default."""
    found = matches(rules, matter)
    return found[0] if found else None


def fold_word(word: str) -> str:
    """A rule's word as it is compared: whole words, folded."""
    return _spaced(word)


def _holds(rule: Rule, matter: Matter, words: str) -> bool:
    return (
        (rule.category is None or rule.category in matter.categories)
        and (rule.area is None or rule.area in matter.areas)
        and (rule.word is None or rule.word in words)
        and (rule.question is None or _answered(rule, matter))
    )


def _answered(rule: Rule, matter: Matter) -> bool:
    given = matter.answers.get(rule.question or "")
    chosen = given if isinstance(given, list | tuple) else [given]
    return rule.answer in {_plain(one) for one in chosen}


def _plain(value: object) -> str:
    """An answer as rules write it: yes and no are words there."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _rank(rule: Rule, matter: Matter) -> tuple[int, int, int, int]:
    return (
        int(rule.word is not None or rule.question is not None),
        _depth(rule.category, matter.categories),
        _depth(rule.area, matter.areas),
        int(rule.agency is not None),
    )


def _depth(node: Node | None, path: Sequence[Node]) -> int:
    """How deep a condition reaches into the tree: 0 for none, more for the leaf than the root."""
    return 0 if node is None else len(path) - path.index(node)


def _because(rule: Rule) -> tuple[str, ...]:
    conditions = {
        "word": rule.word,
        "answer": rule.question,
        "category": rule.category,
        "area": rule.area,
    }
    return tuple(name for name, value in conditions.items() if value is not None)


def _spaced(text: str) -> str:
    letters = "".join(mark if mark.isalnum() else " " for mark in fold(text))
    return f" {' '.join(letters.split())} "
