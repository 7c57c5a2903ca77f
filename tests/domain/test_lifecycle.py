"""The life of a report, pair by pair, against the table as the province's rules have it."""

from __future__ import annotations

from itertools import product

import pytest

from reports_service.domain import lifecycle
from reports_service.domain.errors import TransitionRefused
from reports_service.domain.lifecycle import Action, NotYours, Status, advance, possible
from reports_service.domain.roles import Party, Role

OPERATOR = {"operator", "admin"}
AGENCY = {"officer", "head"}
WORKING = AGENCY | OPERATOR
LEADING = {"head"} | OPERATOR
REPORTER = {"reporter"}
SYSTEM = {"system"}
ANYBODY = {"public", "reporter", "operator", "officer", "head", "admin"}

NEW, ASSIGNED, IN_PROGRESS = {"new"}, {"assigned"}, {"in_progress"}
AWAITING, RESOLVED, CLOSED = {"awaiting_reporter"}, {"resolved"}, {"closed"}
HELD = ASSIGNED | IN_PROGRESS | AWAITING
OPEN = NEW | HELD
ALL = {status.value for status in Status}

# Written from the rules, not from the code: act, from, to ("same": it stays), by whom.
RULES: list[tuple[str, set[str], str, set[str]]] = [
    ("assign", NEW, "assigned", OPERATOR),
    ("transfer", HELD, "assigned", LEADING),
    ("delegate", HELD, "same", AGENCY),
    ("acknowledge", ASSIGNED, "in_progress", WORKING),
    ("hand_back", HELD, "new", WORKING),
    ("ask", IN_PROGRESS, "awaiting_reporter", WORKING),
    ("take_back_question", AWAITING, "in_progress", WORKING),
    ("reply", AWAITING, "in_progress", REPORTER | {"operator"}),
    ("request_extension", ASSIGNED | IN_PROGRESS, "same", AGENCY),
    ("decide_extension", ASSIGNED | IN_PROGRESS, "same", {"head", "admin"}),
    ("resolve", NEW, "resolved", OPERATOR),
    ("resolve", HELD, "resolved", WORKING),
    ("confirm", RESOLVED | CLOSED, "closed", REPORTER),
    ("reopen", RESOLVED | CLOSED, "assigned", REPORTER | LEADING),
    ("close_after_silence", RESOLVED, "closed", SYSTEM),
    ("close_without_reply", AWAITING, "closed", SYSTEM),
    ("reject", NEW, "rejected", OPERATOR),
    ("take_back_rejection", {"rejected"}, "new", OPERATOR),
    ("refer", OPEN, "referred", OPERATOR),
    ("take_back_referral", {"referred"}, "new", OPERATOR),
    ("merge", OPEN, "duplicate", OPERATOR),
    ("undo_merge", {"duplicate"}, "before", OPERATOR),
    ("withdraw", OPEN, "withdrawn", REPORTER),
    ("reclassify", OPEN, "routed", LEADING),
    ("change_priority", OPEN, "same", LEADING),
    ("note", ALL, "same", WORKING),
    ("moderate", ALL, "same", OPERATOR),
    ("escalate", OPEN, "same", SYSTEM),
    ("add_photos", OPEN | RESOLVED, "same", REPORTER | {"operator"}),
    ("correct", OPEN, "same", REPORTER | {"operator"}),
    ("anonymise", ALL - OPEN - RESOLVED, "same", SYSTEM),
    ("follow", OPEN | RESOLVED | {"duplicate"}, "same", ANYBODY),
    ("erase_identity", ALL, "same", REPORTER | SYSTEM),
    ("renew_token", ALL, "same", REPORTER),
]
EXPECTED = {
    (status, act, party): to
    for act, statuses, to, parties in RULES
    for status, party in product(statuses, parties)
}
TAKEN = {(status, act) for status, act, _ in EXPECTED}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("status", Status)
def test_each_act_in_each_status_leads_where_the_rules_say_or_is_refused(
    status: Status, action: Action
) -> None:
    for party in Party:
        to = EXPECTED.get((status, action, party))
        if to is None:
            refusal = NotYours if (status, action) in TAKEN else TransitionRefused
            with pytest.raises(refusal):
                advance(status, action, party, before=Status.ASSIGNED, routed=True)
            continue
        landed = advance(status, action, party, before=Status.IN_PROGRESS, routed=True)
        landings = {"same": status, "before": "in_progress", "routed": "assigned"}
        assert landed == landings.get(to, to)


def test_each_act_of_the_rules_is_in_the_table_and_the_other_way_round() -> None:
    assert {act for act, *_ in RULES} == set(Action)


def test_reclassifying_without_an_agency_leads_to_the_centre() -> None:
    for status in sorted(OPEN):
        landed = advance(Status(status), Action.RECLASSIFY, Party.OPERATOR, routed=False)
        assert landed is Status.NEW


def test_a_withdrawn_report_has_no_way_back() -> None:
    ways = {
        advance(Status.WITHDRAWN, action, party)
        for party in Party
        for action in possible(Status.WITHDRAWN, party)
    }
    assert ways == {Status.WITHDRAWN}


@pytest.mark.parametrize("status", Status)
def test_what_is_said_to_be_possible_is(status: Status) -> None:
    for party in Party:
        said = set(possible(status, party))
        assert said == {act for at, act, by in EXPECTED if (at, by) == (status, party)}


def test_a_refusal_says_what_is_possible_now() -> None:
    with pytest.raises(TransitionRefused) as refused:
        advance(Status.CLOSED, Action.ACKNOWLEDGE, Party.OFFICER)
    assert refused.value.values["possible"] == possible(Status.CLOSED, Party.OFFICER)


def test_open_means_the_four_first_statuses() -> None:
    assert set(lifecycle.OPEN) == OPEN


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        (Action.ACKNOWLEDGE, {Role.OFFICER, Role.HEAD, Role.OPERATOR, Role.ADMIN}),
        (Action.TRANSFER, {Role.HEAD, Role.OPERATOR, Role.ADMIN}),
        (Action.REJECT, {Role.OPERATOR, Role.ADMIN}),
        (Action.DECIDE_EXTENSION, {Role.HEAD, Role.ADMIN}),
        (Action.WITHDRAW, set()),
    ],
)
def test_the_door_of_a_route_lets_in_the_roles_that_have_an_edge(
    action: Action, roles: set[Role]
) -> None:
    assert lifecycle.staff_who_may(action) == roles


def test_the_table_for_people_has_every_edge_once() -> None:
    lines = [(status, action) for status, action, *_ in lifecycle.table()]
    assert set(lines) == TAKEN
    assert len(lines) == len(set(lines))
