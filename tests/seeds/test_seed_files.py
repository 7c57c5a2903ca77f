"""The data files of the demo province fit together, before any loader reads them."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from string import Formatter
from typing import Any

import pytest

from reports_service.domain.text import fold
from tests.province import SEEDS

DOCUMENTS = sorted(path.stem for path in SEEDS.glob("*.toml"))
PRIORITIES = {"normal", "urgent", "emergency"}
UNITS = {"working_hours", "hours", "working_days"}
ROLES = {"facilitator", "operator", "officer", "head", "leader", "admin", "data_officer"}
RESOLUTIONS = {"fixed", "answered", "planned", "not_found"}
ONE_LANGUAGE_IS_ENOUGH = {"short", "account"}  # names of people, and labels of agencies


def document(name: str) -> dict[str, Any]:
    return tomllib.loads((SEEDS / f"{name}.toml").read_text("utf-8"))


def table(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(rows: list[dict[str, Any]]) -> list[str]:
    return [row["code"] for row in rows]


def communes() -> list[dict[str, str]]:
    return [row for row in table("areas") if row["level"] == "commune"]


def agencies() -> set[str]:
    committees = {f"ubnd-{row['code']}" for row in communes()}
    return committees | set(codes(document("agencies")["agency"]))


def categories() -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in document("categories")["category"]}


def by_language(value: Any, key: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table with a `vi` in it, and the key it stands under."""
    if isinstance(value, dict):
        if "vi" in value:
            yield key, value
        for inner, child in value.items():
            yield from by_language(child, key if key == "account" else inner)
    elif isinstance(value, list):
        for child in value:
            yield from by_language(child, key)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_people_read_stands_in_both_languages(name: str) -> None:
    found = list(by_language(document(name)))
    assert found or name == "names"
    for key, words in found:
        assert words["vi"].strip() == words["vi"] != ""
        if key not in ONE_LANGUAGE_IS_ENOUGH:
            assert words["en"].strip() == words["en"] != "", words


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("agencies", "agency"),
        ("categories", "category"),
        ("ladders", "ladder"),
        ("policies", "policy"),
    ],
)
def test_codes_are_unique_plain_slugs(name: str, key: str) -> None:
    found = codes(document(name)[key])
    assert [code for code, n in Counter(found).items() if n > 1] == []
    assert all(code == fold(code).replace(" ", "-") for code in found)


def test_the_province_has_96_communes_of_which_14_are_wards() -> None:
    province, *rest = table("areas")
    assert (province["code"], province["level"], province["parent"]) == ("80", "province", "")
    assert len(rest) == len({row["code"] for row in rest}) == 96
    assert sum(row["name_vi"].startswith("Phường ") for row in rest) == 14
    assert {row["parent"] for row in rest} == {"80"}
    assert {row["valid_from"] for row in table("areas")} == {"2025-07-01"}


def test_an_area_is_named_alike_in_both_languages() -> None:
    for row in communes():
        kind, _, own = row["name_vi"].partition(" ")
        english = {"Phường": "ward", "Xã": "commune"}[kind]
        assert fold(row["name_en"]) == f"{fold(own)} {english}"


def test_every_point_lies_in_the_province_and_every_commune_has_one() -> None:
    points = table("areas") + table("centres")
    assert all(10.3 < float(row["lat"]) < 11.8 for row in points)
    assert all(105.4 < float(row["lon"]) < 106.8 for row in points)
    assert {row["area"] for row in table("centres")} == set(codes(communes()))
    assert all(float(row["area_km2"]) > 5 for row in communes())


def test_the_point_of_the_tour_is_nearest_to_a_centre_of_long_hoa() -> None:
    def distance(row: dict[str, str]) -> float:
        return (float(row["lat"]) - 11.2871) ** 2 + (float(row["lon"]) - 106.1312) ** 2

    assert min(table("centres"), key=distance)["area"] == "25630"


def test_there_is_one_centre_and_no_committee_is_listed() -> None:
    kinds = Counter(row["kind"] for row in document("agencies")["agency"])
    assert kinds["centre"] == 1
    assert set(kinds) == {"centre", "department", "utility"}


def test_mailboxes_are_for_the_demo_only_and_telephones_fictional() -> None:
    rows = document("agencies")["agency"]
    assert all(row["mailbox"] == f"{row['code']}@demo.example" for row in rows)
    assert all(row["phone"].startswith("0276 0000 ") for row in rows)
    assert len({row["phone"] for row in rows}) == len(rows)


def test_categories_stand_on_two_levels_and_parents_come_first() -> None:
    known = categories()
    seen: set[str] = set()
    for code, row in known.items():
        if "parent" in row:
            assert row["parent"] in seen
            assert "parent" not in known[row["parent"]]
        seen.add(code)


def test_categories_have_known_values() -> None:
    for row in categories().values():
        assert row["priority"] in PRIORITIES
        assert row["visibility"] in {"public", "restricted"}
        assert row["location_precision_m"] in {0, 100, 1000}
        assert 0 <= row["duplicate_radius_m"] <= 500
        assert row["retention_days"] >= 365
        assert isinstance(row["after_photo"], bool)


def test_a_keyword_suggests_one_category_only() -> None:
    folded = Counter(fold(word) for row in categories().values() for word in row["keywords"])
    assert [word for word, n in folded.items() if n > 1] == []
    assert all(len(row["keywords"]) >= 5 for row in categories().values())


def test_street_lights_ask_nothing_more() -> None:
    row = categories()["den-duong"]
    assert row["parent"] == "ha-tang-do-thi"
    assert "question" not in row


def test_questions_are_never_required_and_choices_have_options() -> None:
    for row in categories().values():
        questions = row.get("question", [])
        assert len(set(codes(questions))) == len(questions)
        for question in questions:
            assert question["required"] is False
            choice = question["kind"] in {"choice", "multi_choice"}
            assert choice or question["kind"] in {"text", "number", "yes_no", "date"}
            options = codes(question.get("options", []))
            assert (len(set(options)) >= 2) == choice
            assert len(set(options)) == len(options)


def test_every_rule_names_what_exists() -> None:
    areas = set(codes(table("areas")))
    for rule in document("routing")["rule"]:
        assert rule["category"] in categories(), rule
        assert ("agency" in rule) != ("to_committee" in rule), rule
        assert rule.get("agency") in agencies() | {None}, rule
        assert rule.get("area") in areas | {None}, rule
        assert rule.get("priority") in PRIORITIES | {None}, rule


def test_a_rule_over_an_answer_names_an_option_of_its_category() -> None:
    for rule in document("routing")["rule"]:
        assert ("question" in rule) == ("answer" in rule)
        if "question" in rule:
            asked = {row["code"]: row for row in categories()[rule["category"]]["question"]}
            assert rule["answer"] in codes(asked[rule["question"]]["options"]), rule


def test_no_two_rules_ask_for_the_same() -> None:
    keys = ("category", "area", "word", "question", "answer")
    asked = Counter(tuple(rule.get(key) for key in keys) for rule in document("routing")["rule"])
    assert [rule for rule, n in asked.items() if n > 1] == []


def test_every_category_but_other_is_routed_by_itself_or_its_parent() -> None:
    plain = {
        rule["category"]
        for rule in document("routing")["rule"]
        if not {"area", "word", "question"} & set(rule)
    }
    unrouted = {code for code, row in categories().items() if not {code, row.get("parent")} & plain}
    assert unrouted == {"khac"}


def test_holidays_and_swaps_are_different_days() -> None:
    calendar = document("calendar")
    holidays = [row["date"] for row in calendar["holiday"]]
    assert holidays == sorted(set(holidays))
    assert {day.year for day in holidays} == {2024, 2025, 2026, 2027}
    assert {date(year, 11, 24) for year in (2026, 2027)} <= set(holidays)
    for swap in calendar["swap"]:
        assert swap["off"].weekday() < 5 <= swap["worked"].weekday()
        assert not {swap["off"], swap["worked"]} & set(holidays)


def test_the_four_known_swaps_are_there() -> None:
    swaps = {(row["off"].isoformat(), row["worked"].isoformat()) for row in swaps_of_calendar()}
    assert swaps == {
        ("2024-04-29", "2024-05-04"),
        ("2025-05-02", "2025-04-26"),
        ("2026-01-02", "2026-01-10"),
        ("2026-08-31", "2026-08-22"),
    }


def swaps_of_calendar() -> list[dict[str, date]]:
    return list(document("calendar")["swap"])


def test_the_week_has_seven_and_a_half_hours_on_five_days() -> None:
    hours = [["07:30", "11:30"], ["13:30", "17:00"]]
    weekly = list(document("calendar")["weekly"].values())
    assert weekly == [hours] * 5 + [[]] * 2


def test_ladders_climb() -> None:
    for ladder in document("ladders")["ladder"]:
        shares = [step["at"] for step in ladder["step"] if "at" in step]
        assert shares == sorted(shares)
        for step in ladder["step"]:
            assert ("at" in step) != ("after" in step)
            assert step["tell"] in {"officer", "head", "leader"}


def test_policies_name_what_exists() -> None:
    ladders = set(codes(document("ladders")["ladder"]))
    for policy in document("policies")["policy"]:
        assert policy["ladder"] in ladders
        assert policy.get("category") in set(categories()) | {None}
        assert policy.get("agency") in agencies() | {None}
        assert policy.get("priority") in PRIORITIES | {None}
        for key in ("acknowledge", "resolve", "extension_longest"):
            assert policy[key]["unit"] in UNITS
            assert policy[key]["amount"] > 0


def test_there_is_one_default_policy_and_one_for_triage() -> None:
    plain = [
        policy
        for policy in document("policies")["policy"]
        if not {"category", "agency", "priority"} & set(policy)
    ]
    assert sorted(policy.get("triage", False) for policy in plain) == [False, True]


def test_no_two_policies_serve_the_same() -> None:
    keys = ("triage", "category", "agency", "priority")
    served = Counter(tuple(row.get(key) for key in keys) for row in document("policies")["policy"])
    assert set(served.values()) == {1}


def test_the_six_demo_accounts_and_their_agencies_exist() -> None:
    accounts = document("accounts")
    assert accounts["password"] == "demo-1022"
    emails = [row["email"] for row in accounts["account"]]
    assert len(set(emails)) == len(emails)
    assert {f"{role}@demo.example" for role in ROLES} <= set(emails)
    for row in accounts["account"]:
        assert row["role"] in ROLES
        assert row["agency"] in agencies()


def test_officer_and_head_answer_for_street_lights_in_long_hoa() -> None:
    lights = [rule for rule in document("routing")["rule"] if rule["category"] == "den-duong"]
    here = [rule for rule in lights if rule.get("area", "25630") == "25630"]
    people = {row["email"]: row["agency"] for row in document("accounts")["account"]}
    assert [rule["agency"] for rule in here] == [people["officer@demo.example"]]
    assert people["head@demo.example"] == people["officer@demo.example"]


def test_every_category_has_texts_that_can_be_filled_in() -> None:
    reports = document("names")["reports"]
    assert set(reports) == set(categories())
    for code, entry in reports.items():
        is_parent = "parent" not in categories()[code] and code != "khac"
        assert len(entry["texts"]) >= (3 if is_parent else 6), code
        assert entry["weight"] > 0
        for text in entry["texts"]:
            assert {name for _, name, _, _ in Formatter().parse(text) if name} <= {
                "street",
                "number",
            }


def test_no_text_is_written_twice() -> None:
    texts = Counter(
        text for entry in document("names")["reports"].values() for text in entry["texts"]
    )
    assert [text for text, n in texts.items() if n > 1] == []


def test_officers_have_words_for_every_kind_of_resolution() -> None:
    notes = document("names")["notes"]
    assert set(notes) == {code for code, row in categories().items() if "parent" not in row}
    for kinds in notes.values():
        assert set(kinds) == RESOLUTIONS
        assert all(len(words) >= 2 for words in kinds.values())


def test_exchanges_name_parent_categories_and_have_replies() -> None:
    for exchange in document("names")["exchange"]:
        assert set(exchange.get("parents", [])) <= set(document("names")["notes"])
        assert len(exchange["replies"]) >= 2
