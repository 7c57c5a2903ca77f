"""Who answers, decided in memory, with the reason kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pytest

from reports_service.agencies import service as agencies
from reports_service.areas import service as areas
from reports_service.core import clock
from reports_service.core.auth import SYSTEM
from reports_service.core.reference import Snapshot
from reports_service.routing import rules, service
from reports_service.routing.models import RoutingRule
from reports_service.routing.service import Decision
from tests.routing.conftest import add_area
from tests.statements import statements

Decide = Callable[..., Decision]
Rule = Callable[..., RoutingRule]
Province = Mapping[str, int]


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ({}, "no_rule"),
        ({"category": None}, "no_category"),
        ({"area": None}, "no_place"),
        ({"category": None, "area": None}, "no_category"),
    ],
)
def test_what_no_rule_fits_stays_with_the_centre_and_says_why(
    decide: Decide, rule: Rule, province: Province, where: dict[str, None], why: str
) -> None:
    rule(category="roads", agency="roads-office")
    decided = decide(**where)
    assert decided == Decision(province["centre"], to_centre=True, reason={"why": why})
    assert service.describe(decided.reason, "vi") != service.describe(decided.reason, "en")


def test_a_rule_of_the_parent_serves_what_lies_below(
    decide: Decide, rule: Rule, province: Province
) -> None:
    named = rule(category="streets", area="80", agency="roads-office", priority="urgent")
    decided = decide("lights", "25630")
    assert (decided.agency_id, decided.rule_id) == (province["roads-office"], named.id)
    assert (decided.priority, decided.to_centre) == ("urgent", False)


def test_the_committee_of_the_place_answers_where_a_rule_says_so(
    decide: Decide, rule: Rule, province: Province
) -> None:
    rule(category="streets", to_committee=True)
    assert decide("roads", "25630").agency_id == province["committee"]


def test_a_place_without_committee_stays_with_the_centre(
    decide: Decide, rule: Rule, province: Province
) -> None:
    named = rule(category="streets", to_committee=True, priority="urgent")
    decided = decide("roads", "25459")
    assert (decided.agency_id, decided.to_centre) == (province["centre"], True)
    assert (decided.rule_id, decided.reason["why"]) == (named.id, "no_committee")
    assert decided.priority == "urgent"


def test_an_agency_that_ended_gets_nothing_new_from_that_moment(
    decide: Decide, rule: Rule, province: Province, moved_clock: Callable[[datetime], None]
) -> None:
    rule(category="lights", agency="lights-company")
    tomorrow = clock.now() + timedelta(days=1)
    agencies.end(SYSTEM, "lights-company", tomorrow)
    Snapshot.forget_all()
    assert decide().agency_id == province["lights-company"]
    moved_clock(tomorrow)
    decided = decide()
    assert (decided.agency_id, decided.reason["why"]) == (province["centre"], "agency_ended")


def test_a_rule_that_ends_tomorrow_routes_until_then(
    decide: Decide, rule: Rule, province: Province, moved_clock: Callable[[datetime], None]
) -> None:
    named = rule(category="lights", agency="lights-company")
    tomorrow = clock.now() + timedelta(days=1)
    rules.end(SYSTEM, named.id, tomorrow)
    Snapshot.forget_all()
    assert decide().rule_id == named.id
    moved_clock(tomorrow)
    assert decide().reason == {"why": "no_rule"}


def test_a_rule_for_an_area_outlives_the_version_that_it_named(
    decide: Decide, rule: Rule, province: Province
) -> None:
    named = rule(area="25459", agency="roads-office")
    today = areas.deployment.today()
    areas.end(SYSTEM, "25459", today)
    newer = add_area("25459", "Tân Ninh", 106.2, parent_id=province["80"], valid_from=today)
    Snapshot.forget_all()
    decided = service.decide(category_id=None, area_id=newer.id, text="", answers={})
    assert decided.rule_id == named.id


def test_the_reason_names_what_made_the_rule_win(decide: Decide, rule: Rule) -> None:
    named = rule(category="streets", area="25630", word="Quốc lộ", agency="roads-office")
    decided = decide("roads", "25630", "Ổ gà trên QUOC LO 22")
    assert decided.reason == {
        "why": "rule",
        "rule": named.id,
        "because": {"word": "Quốc lộ", "category": "streets", "area": "25630"},
    }
    assert service.describe(decided.reason, "vi") == (
        f"Theo quy tắc số {named.id} (nội dung có từ «Quốc lộ»; loại «Loại streets»; "
        "địa bàn Phường Long Hoa)."
    )
    assert "Long Hoa Ward" in service.describe(decided.reason, "en")


def test_an_extra_answer_decides_before_the_place(
    decide: Decide, rule: Rule, province: Province
) -> None:
    rule(category="lights", area="25630", agency="lights-company")
    rule(category="lights", question="owner", answer="state", agency="roads-office")
    assert decide(owner="state").agency_id == province["roads-office"]
    assert decide(owner="commune").agency_id == province["lights-company"]
    because = service.describe(decide(owner="state").reason, "vi")
    assert "owner: state" in because


def test_a_rule_for_everything_says_so(decide: Decide, rule: Rule) -> None:
    rule(agency="roads-office")
    assert "mọi phản ánh" in service.describe(decide().reason, "vi")


def test_deciding_asks_the_database_nothing_once_it_is_warm(decide: Decide, rule: Rule) -> None:
    for number in range(20):
        rule(category="lights", word=f"trụ số {number}", agency="lights-company")
    decide()
    with statements() as sent:
        decided = decide(text="Trụ số 7 nghiêng")
        service.describe(decided.reason, "vi")
    assert sent == []
    assert decided.reason["because"]["word"] == "trụ số 7"


def test_a_changed_rule_is_seen_at_the_next_look(decide: Decide, rule: Rule) -> None:
    named = rule(category="lights", agency="lights-company")
    before = decide().agency_id
    rules.change(SYSTEM, named.id, {"agency": "roads-office"})
    Snapshot.renew_all()
    assert decide().agency_id != before
