"""Which policy serves a report, and what an administrator may do with policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from reports_service.agencies import service as agencies
from reports_service.agencies.models import Agency
from reports_service.categories.models import Category
from reports_service.core import clock
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.domain.targets import TargetRefused
from reports_service.sla import ladders, policies, service
from reports_service.sla.models import Calendar, Policy
from reports_service.sla.service import PolicyFacts, PolicyMissing

NewPolicy = Callable[..., Policy]
NewCategory = Callable[..., Category]
NAMES = {"vi": "Thử", "en": "Trial"}


def chosen(**asked: Any) -> str:
    """The code of the policy that serves, asked afresh."""
    Snapshot.forget_all()
    nothing = {"category_id": None, "agency_id": None, "priority": "normal"}
    return service.policy_for(**{**nothing, **asked}).code


@pytest.fixture
def company() -> Agency:
    return agencies.add(SYSTEM, {"code": "lights", "names": NAMES, "kind": "utility"})


def test_without_any_policy_a_deadline_is_refused_in_words() -> None:
    with pytest.raises(PolicyMissing):
        chosen()


def test_a_default_policy_serves_whatever_no_other_does(policy: NewPolicy) -> None:
    policy("default")
    policy("emergencies", priority="emergency")
    assert chosen() == "default"
    assert chosen(category_id=4711, agency_id=4711, priority="urgent") == "default"


def test_a_policy_of_a_category_serves_those_below_it(
    policy: NewPolicy, category: NewCategory
) -> None:
    works = category("works")
    lamps = category("lamps", works)
    policy("default")
    policy("works", category="works")
    assert chosen(category_id=lamps.id) == "works"
    policy("lamps", category="lamps")
    assert chosen(category_id=lamps.id) == "lamps"
    assert chosen(category_id=works.id) == "works"


def test_a_deeper_category_goes_before_a_named_agency(
    policy: NewPolicy, category: NewCategory, company: Agency
) -> None:
    works = category("works")
    lamps = category("lamps", works)
    policy("company", category="works", agency="lights")
    policy("lamps", category="lamps")
    assert chosen(category_id=lamps.id, agency_id=company.id) == "lamps"
    assert chosen(category_id=works.id, agency_id=company.id) == "company"


def test_a_named_priority_goes_before_any_category(
    policy: NewPolicy, category: NewCategory
) -> None:
    works = category("works")
    policy("works", category="works")
    policy("emergency", priority="emergency")
    assert chosen(category_id=works.id, priority="emergency") == "emergency"
    assert chosen(category_id=works.id, priority="normal") == "works"


def test_equal_policies_are_told_apart_by_their_position(policy: NewPolicy) -> None:
    policy("first", position=2)
    policy("second", position=1)
    assert chosen() == "second"


def test_triage_and_handling_never_lend_each_other_policies(policy: NewPolicy) -> None:
    policy("handling")
    with pytest.raises(PolicyMissing):
        chosen(triage=True)
    policy("triage", triage=True)
    assert (chosen(triage=True), chosen()) == ("triage", "handling")


def test_a_policy_that_ends_tomorrow_serves_today(policy: NewPolicy) -> None:
    policy("default")
    policy("special", position=0, priority="normal")
    policies.end(SYSTEM, "special", clock.now() + timedelta(days=1))
    assert chosen() == "special"
    with clock.moved_to(clock.now() + timedelta(days=2)):
        assert chosen() == "default"


def test_a_warm_answer_asks_the_database_nothing(policy: NewPolicy, office: Calendar) -> None:
    policy("default")
    chosen()
    service.calendar()
    asked: list[str] = []

    def listen(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(db.session.connection().engine, "before_cursor_execute", listen)
    try:
        service.policy_for(category_id=None, agency_id=1, priority="normal")
        service.calendar()
    finally:
        event.remove(db.session.connection().engine, "before_cursor_execute", listen)
    assert asked == []


def test_the_copy_on_an_assignment_rebuilds_the_whole_policy(policy: NewPolicy) -> None:
    steps = [
        {"names": NAMES, "tell": "officer", "at": 0.75},
        {"names": NAMES, "tell": "leader", "after": {"amount": 1, "unit": "working_days"}},
    ]
    ladders.add(SYSTEM, {"code": "plain", "names": NAMES, "steps": steps})
    facts = service.facts_of(policy("default", ladder="plain", questions_max=1))
    kept = json.loads(json.dumps(facts.to_dict()))
    assert PolicyFacts.from_dict(kept) == facts
    assert [step.name for step in facts.ladder.steps] == [
        "officer-75",
        "leader-after-1-working_days",
    ]


def test_a_policy_without_ladder_is_copied_too(policy: NewPolicy) -> None:
    facts = service.facts_of(policy("default"))
    assert facts.ladder is None
    assert PolicyFacts.from_dict(facts.to_dict()) == facts


def test_a_changed_policy_holds_from_the_next_question_on(policy: NewPolicy) -> None:
    policy("default")
    before = service.policy_for(category_id=None, agency_id=None, priority="normal")
    target = {"amount": 5, "unit": "working_days"}
    policies.change(SYSTEM, "default", {"resolve": target})
    service.POLICY_BOOK.forget()
    after = service.policy_for(category_id=None, agency_id=None, priority="normal")
    assert before.resolve.amount == 3
    assert after.resolve.serialise() == target


def test_the_last_default_policy_can_neither_end_nor_be_narrowed(policy: NewPolicy) -> None:
    policy("default")
    policy("triage", triage=True)
    with pytest.raises(policies.DefaultPolicyNeeded):
        policies.end(SYSTEM, "default")
    with pytest.raises(policies.DefaultPolicyNeeded):
        policies.change(SYSTEM, "default", {"priority": "urgent"})


def test_a_default_policy_ends_once_another_serves(policy: NewPolicy) -> None:
    policy("old")
    policy("new")
    at = datetime(2027, 1, 1, tzinfo=UTC)
    assert policies.end(SYSTEM, "old", at).ended_at == at


def test_a_code_is_given_once(policy: NewPolicy) -> None:
    policy("default")
    with pytest.raises(policies.PolicyExists):
        policy("default")


def test_half_a_working_day_is_refused(policy: NewPolicy) -> None:
    with pytest.raises(TargetRefused):
        policy("half", resolve={"amount": 0.5, "unit": "working_days"})


def test_a_ladder_that_policies_climb_cannot_end(policy: NewPolicy) -> None:
    steps = [{"names": NAMES, "tell": "head", "at": 1}]
    ladders.add(SYSTEM, {"code": "plain", "names": NAMES, "steps": steps})
    policy("default", ladder="plain")
    with pytest.raises(ladders.LadderInUse) as refused:
        ladders.end(SYSTEM, "plain")
    assert refused.value.values["policies"] == "default"
    policies.change(SYSTEM, "default", {"ladder": None})
    assert ladders.end(SYSTEM, "plain").ended_at is not None
