"""Who answers for this kind of thing at this place: the most specific rule wins."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from reports_service.domain.text import fold

Node = TypeVar("Node", int, str)
_BETWEEN_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Rule:
    """Conditions and a target. Empty conditions hold for everything.

    The target is ``agency``, or with ``to_committee`` the people's committee of the place. Among
    equally specific rules the smaller (``position``, ``id``) wins.
    """

    id: int
    category: int | None = None
    area: str | None = None  # a code: rules outlive the versions of an area
    word: str | None = None  # one or several, as people write them
    question: str | None = None
    answer: str | None = None
    agency: int | None = None
    to_committee: bool = False
    priority: str | None = None
    position: int = 0
    ended_at: datetime | None = None

    @cached_property
    def folded_word(self) -> str:
        """The word as it is looked for."""
        return fold_word(self.word or "")


@dataclass(frozen=True)
class Matter:
    """What is to be routed. Paths run from the leaf to the root: category ids, area codes.

    ``at``: rules that had ended by then do not count; None: all rules count.
    """

    categories: Sequence[int] = ()
    areas: Sequence[str] = ()
    text: str = ""
    answers: Mapping[str, object] = field(default_factory=dict)
    at: datetime | None = None

    @cached_property
    def folded_text(self) -> str:
        """The text as words are looked for in it; folded only if a rule asks for a word."""
        return fold_word(self.text)


@dataclass(frozen=True)
class Match:
    """A rule that holds. ``because``: the conditions that it names, the weightiest first.

    ``rank`` is compared first: (word or answer, depth of category, depth of area, agency named).
    """

    rule: Rule
    because: tuple[str, ...]
    rank: tuple[int, int, int, int]


class RuleBook:
    """Rules, found by the category and area that they name: a province may have thousands."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._named: dict[tuple[int | None, str | None], list[Rule]] = defaultdict(list)
        for rule in self.rules:
            self._named[rule.category, rule.area].append(rule)

    def matches(self, matter: Matter) -> list[Match]:
        """All rules that hold, the winner first.

        Compared are, in this order: a word or an extra answer is named; how deep in the tree the
        category lies; how deep the area; whether an agency is named (domain.md, "Specificity").
        """
        found = [
            Match(rule, _because(rule), _rank(rule, matter))
            for rule in self._candidates(matter)
            if _holds(rule, matter)
        ]
        return sorted(found, key=_order)

    def _candidates(self, matter: Matter) -> Iterator[Rule]:
        for category in (*matter.categories, None):
            for area in (*matter.areas, None):
                yield from self._named.get((category, area), ())


def match(rules: Iterable[Rule], matter: Matter) -> Match | None:
    """The rule that wins; None where none holds: never a silent default."""
    return next(iter(RuleBook(rules).matches(matter)), None)


def fold_word(text: str) -> str:
    """Folded words with a space around each, so that whole ones are found: " ql 22 "; or "".

    Nothing is found by "": ask ``says``.
    """
    words = _BETWEEN_WORDS.sub(" ", fold(text)).strip()
    return f" {words} " if words else ""


def says(folded_text: str, folded_word: str) -> bool:
    """Whether whole words stand in a text, both as ``fold_word`` made them."""
    return folded_word != "" and folded_word in folded_text


def _order(match: Match) -> tuple[int, ...]:
    return (*(-part for part in match.rank), match.rule.position, match.rule.id)


def _holds(rule: Rule, matter: Matter) -> bool:
    """Whether all conditions beside category and area hold."""
    return (
        (rule.ended_at is None or matter.at is None or matter.at < rule.ended_at)
        and (rule.question is None or _answered(rule, matter))
        and (rule.word is None or says(matter.folded_text, rule.folded_word))
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
