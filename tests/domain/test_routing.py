"""The most specific rule wins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports_service.domain.routing import Match, Matter, Rule, RuleBook, fold_word, match

STREETS, LIGHTS, ROADS = 1, 2, 3
PROVINCE, COMMUNE = "80", "25630"
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
A_LAMP_IN_THE_COMMUNE = Matter((LIGHTS, STREETS), (COMMUNE, PROVINCE), "Đèn tắt ba đêm")


def winner(rules: list[Rule], matter: Matter = A_LAMP_IN_THE_COMMUNE) -> int | None:
    found = match(rules, matter)
    return found.rule.id if found else None


def test_without_rules_nothing_matches() -> None:
    assert match([], A_LAMP_IN_THE_COMMUNE) is None


def test_a_rule_without_conditions_holds_for_everything() -> None:
    assert winner([Rule(1, agency=7)]) == 1
    assert winner([Rule(1, agency=7)], Matter()) == 1


@pytest.mark.parametrize(
    "condition",
    [
        {"category": ROADS},
        {"area": "27694"},
        {"word": "quốc lộ"},
        {"question": "loai-nap", "answer": "dien"},
        {"category": LIGHTS, "area": "27694"},
    ],
)
def test_a_rule_holds_only_where_all_its_conditions_do(condition: dict[str, Any]) -> None:
    assert winner([Rule(1, agency=7, **condition)]) is None


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ({}, {"category": STREETS}),
        ({"category": STREETS}, {"category": LIGHTS}),
        ({"category": STREETS, "area": COMMUNE}, {"category": LIGHTS}),
        ({}, {"area": PROVINCE}),
        ({"area": PROVINCE}, {"area": COMMUNE}),
        ({"category": LIGHTS, "area": PROVINCE}, {"category": LIGHTS, "area": COMMUNE}),
        ({"area": COMMUNE}, {"category": STREETS}),
        ({"category": LIGHTS, "area": COMMUNE}, {"word": "đèn"}),
        ({"category": LIGHTS, "area": COMMUNE}, {"question": "tru", "answer": "be-tong"}),
        ({"word": "đèn"}, {"word": "tắt", "category": STREETS}),
    ],
)
def test_the_more_specific_rule_wins(weaker: dict[str, Any], stronger: dict[str, Any]) -> None:
    matter = Matter(
        A_LAMP_IN_THE_COMMUNE.categories,
        A_LAMP_IN_THE_COMMUNE.areas,
        A_LAMP_IN_THE_COMMUNE.text,
        {"tru": "be-tong"},
    )
    first = Rule(1, agency=7, position=1, **weaker)
    second = Rule(2, agency=7, position=2, **stronger)
    assert winner([first, second], matter) == winner([second, first], matter) == 2


def test_an_agency_named_wins_over_the_committee_of_the_place() -> None:
    committee = Rule(1, category=LIGHTS, to_committee=True, position=1)
    assert winner([committee, Rule(2, category=LIGHTS, agency=7, position=2)]) == 2


def test_equal_rules_go_by_position_and_then_by_age() -> None:
    older, newer = Rule(1, agency=7, position=5), Rule(2, agency=8, position=5)
    assert winner([newer, older]) == 1
    assert winner([older, newer, Rule(3, agency=9, position=4)]) == 3


@pytest.mark.parametrize("text", ["sụt trên quốc lộ 22", "QUỐC LỘ", "quoc  lo.", "(Quốc lộ)"])
def test_a_word_is_found_without_marks_and_case(text: str) -> None:
    assert winner([Rule(1, word="Quốc lộ", agency=7)], Matter(text=text)) == 1


@pytest.mark.parametrize("text", ["quốc lớn", "toquoc lo", "lộ quốc", "quốc, một lộ", ""])
def test_a_word_is_found_as_a_whole_only(text: str) -> None:
    assert winner([Rule(1, word="quốc lộ", agency=7)], Matter(text=text)) is None


def test_a_word_of_no_letters_is_never_found() -> None:
    for text in ("gì vậy ?!", "?!", ""):
        assert winner([Rule(1, word="?!", agency=7)], Matter(text=text)) is None


def test_marks_combined_or_composed_are_the_same_word() -> None:
    assert fold_word("đèn") == fold_word("đe\u0300n") == " den "


@pytest.mark.parametrize(
    ("given_answer", "wanted", "holds"),
    [
        ("dien", "dien", True),
        ("nuoc", "dien", False),
        (["nuoc", "dien"], "dien", True),
        (True, "yes", True),
        (False, "no", True),
        (False, "yes", False),
        (None, "dien", False),
        ({"odd": 1}, "dien", False),
    ],
)
def test_an_answer_is_compared_as_rules_write_it(
    given_answer: object, wanted: str, holds: bool
) -> None:
    rule = Rule(1, question="loai-nap", answer=wanted, agency=7)
    assert (winner([rule], Matter(answers={"loai-nap": given_answer})) == 1) is holds


def test_a_rule_counts_until_the_moment_it_ends() -> None:
    rule = Rule(1, agency=7, ended_at=NOON)
    assert winner([rule], Matter(at=NOON - timedelta(microseconds=1))) == 1
    assert winner([rule], Matter(at=NOON)) is None


def test_a_match_says_which_conditions_it_names() -> None:
    found = match([Rule(1, category=STREETS, word="đèn", agency=7)], A_LAMP_IN_THE_COMMUNE)
    assert found == Match(
        Rule(1, category=STREETS, word="đèn", agency=7), ("word", "category"), (1, 1, 0, 1)
    )


def test_the_runners_up_follow_in_order() -> None:
    rules = [Rule(1, agency=7), Rule(2, category=LIGHTS, agency=7), Rule(3, area="1", agency=7)]
    matched = RuleBook(rules).matches(A_LAMP_IN_THE_COMMUNE)
    assert [found.rule.id for found in matched] == [2, 1]


RULES = st.builds(
    Rule,
    id=st.integers(1, 10**6),
    category=st.sampled_from([None, STREETS, LIGHTS, ROADS]),
    area=st.sampled_from([None, PROVINCE, COMMUNE, "27694"]),
    word=st.sampled_from([None, "đèn", "quốc lộ"]),
    agency=st.sampled_from([None, 7]),
    position=st.integers(0, 3),
)


def holds_plainly(rule: Rule) -> bool:
    return (
        rule.category in (None, STREETS, LIGHTS)
        and rule.area in (None, PROVINCE, COMMUNE)
        and rule.word in (None, "đèn")
    )


@given(st.lists(RULES, unique_by=lambda rule: rule.id))
def test_the_book_finds_each_rule_that_holds_exactly_once(rules: list[Rule]) -> None:
    matched = RuleBook(rules).matches(A_LAMP_IN_THE_COMMUNE)
    assert sorted(found.rule.id for found in matched) == sorted(
        rule.id for rule in rules if holds_plainly(rule)
    )


@given(st.lists(RULES, unique_by=lambda rule: rule.id), st.randoms())
def test_the_order_of_the_rules_decides_nothing(rules: list[Rule], chance: Random) -> None:
    shuffled = list(rules)
    chance.shuffle(shuffled)
    assert match(rules, A_LAMP_IN_THE_COMMUNE) == match(shuffled, A_LAMP_IN_THE_COMMUNE)
