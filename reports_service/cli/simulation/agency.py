"""An agency at work: it acknowledges, asks, asks for time, hands on, and comes to a result."""

from __future__ import annotations

from datetime import timedelta

from reports_service.cli.simulation import centre, reporter
from reports_service.cli.simulation.cast import BESIDE_A_FLOOD, Desk
from reports_service.cli.simulation.speech import family
from reports_service.cli.simulation.town import Case, Town
from reports_service.core import clock
from reports_service.domain.lifecycle import OPEN, Status
from reports_service.domain.outcomes import ResolutionKind
from reports_service.reports import agency_work, extensions, holding, results
from reports_service.reports.models import Report
from reports_service.reports.results import Resolution
from reports_service.sla import service as sla

HANDED_BACK, TRANSFERRED, REFERRED = 0.025, 0.035, 0.012
HANDED_ON_SOON = 0.75  # of these before the acknowledgement was due
ASKED, NOTED, MADE_URGENT = 0.1, 0.12, 0.015
MORE_TIME = 0.45  # of what will be late
GRANTED = 0.8
DONE_AT_ONCE = 0.06  # without a word before the result
# fixed, answered, planned, not found: where there is something to mend, and where there is not.
KINDS = tuple(ResolutionKind)
OF_THINGS, OF_MATTERS = (74, 13, 6, 7), (30, 58, 8, 4)
FAMILIES_OF_THINGS = frozenset(
    {"ha-tang-do-thi", "dien-nuoc-vien-thong", "ve-sinh-moi-truong", "giao-thong", "thien-tai"}
)


def begin(town: Town, case: Case, report: Report) -> None:
    """An agency holds the report from now: how it will go, and when the first thing happens."""
    held = holding.current(report)
    office = town.cast.desk(held.agency_id)
    if not office.stays:  # rules sent it here while the agency still was: it takes up nothing more
        town.plan(clock.now(), hand_back, case)
        return
    case.in_time = office.keeps_this_one(BESIDE_A_FLOOD if case.flooded else 1.0)
    fate = town.chance.random()
    if fate < HANDED_BACK + TRANSFERRED:
        soon = town.happens(HANDED_ON_SOON)
        end = held.acknowledge_by if soon else held.own_resolve_by
        at = town.part(clock.now(), end or clock.now(), town.chance.uniform(0.1, 0.9))
        town.plan(at, hand_back if fate < HANDED_BACK else transfer, case)
        return
    at = town.acknowledged_at(held, case.in_time, office.pace)
    town.plan(at, finish if town.happens(DONE_AT_ONCE) else acknowledge, case)
    if fate > 1 - REFERRED:
        town.plan(town.in_hours(1, 12), centre.refer, case)
    elif town.happens(MADE_URGENT):
        town.plan(town.in_hours(2, 20), centre.raise_priority, case)


def acknowledge(town: Town, case: Case) -> None:
    """The officer has seen it; a result will come, perhaps a question before."""
    turn = town.take(case, _desk(town, case).officer)
    agency_work.acknowledge(turn)
    _plan_work(town, case, turn.report)
    town.watch(turn.report)


def go_on(town: Town, case: Case, report: Report) -> None:
    """The reporter has replied."""
    held = holding.current(report)
    pace = town.cast.desk(held.agency_id).pace
    town.plan(town.result_at(held, case.in_time, pace), finish, case)


def _plan_work(town: Town, case: Case, report: Report) -> None:
    held = holding.current(report)
    office, now = town.cast.desk(held.agency_id), clock.now()
    done_at = town.result_at(held, case.in_time, office.pace)
    town.plan(done_at, finish, case)
    if town.happens(ASKED):
        town.plan(town.part(now, done_at, 0.3), ask, case)
    if town.happens(NOTED):
        town.plan(town.part(now, done_at, 0.5), note, case)
    late = held.own_resolve_by is not None and done_at > held.own_resolve_by > now
    if late and office.officer.account_id and town.happens(MORE_TIME):
        assert held.own_resolve_by is not None
        town.plan(town.part(now, held.own_resolve_by, 0.8), ask_for_time, case)


def ask(town: Town, case: Case) -> None:
    """Something is not clear enough to send people out."""
    turn = town.take(case, _desk(town, case).officer)
    if turn.report.status != Status.IN_PROGRESS:
        return
    question, replies = town.speech.question(family(case.meant))
    agency_work.ask(turn, question)
    case.replies = tuple(replies)
    case.turn_page()
    reporter.be_asked(town, case)
    town.watch(turn.report)


def note(town: Town, case: Case) -> None:
    """A word for colleagues."""
    turn = town.take(case, _desk(town, case).officer)
    agency_work.note(turn, town.speech.reason("note"))


def ask_for_time(town: Town, case: Case) -> None:
    """It will not be done in time, and the officer says so before."""
    office = _desk(town, case)
    turn = town.take(case, office.officer)
    policy = holding.policy_of(turn.assignment)
    if turn.assignment.extensions_granted < policy.extensions_max:
        reason = town.speech.reason("extension")
        extensions.request(turn, policy.extension_longest, reason)
        town.plan(town.in_hours(0.2, 4), decide_on_time, case)
        town.watch(turn.report)


def decide_on_time(town: Town, case: Case) -> None:
    """The head grants it or not."""
    turn = town.take(case, _desk(town, case).head)
    granted = town.happens(GRANTED)
    word = "" if granted else town.speech.reason("extension_refused")
    extensions.decide(turn, granted, word)
    town.watch(turn.report)


def hand_back(town: Town, case: Case) -> None:
    """Not this agency's; the centre shall look again."""
    turn = town.take(case, _desk(town, case).officer)
    agency_work.hand_back(turn, town.speech.reason("return"))
    town.hand_over(case, turn.report)
    town.watch(turn.report)


def transfer(town: Town, case: Case) -> None:
    """Not this agency's, and its head knows whose it is."""
    turn = town.take(case, _desk(town, case).head)
    other = town.cast.elsewhere(turn.report)
    if other is None:
        hand_back(town, case)
        return
    agency_work.assign(turn, other.code, town.speech.reason("transfer"))
    town.hand_over(case, turn.report)
    town.watch(turn.report)


def finish(town: Town, case: Case) -> None:
    """There is a result."""
    office = _desk(town, case)
    turn = town.take(case, office.officer)
    if turn.report.status not in OPEN:
        return
    kind = _kind(town, case)
    after = town.pictures.of(case.meant.code, after=True) if _shows_work(town, case, kind) else ()
    today = clock.now().astimezone(sla.zone()).date()
    ahead = timedelta(days=town.chance.randint(10, 60))
    results.resolve(
        turn,
        Resolution(
            kind=kind,
            note=town.speech.result(family(case.meant), kind),
            planned_for=today + ahead if kind == ResolutionKind.PLANNED else None,
            pictures=after,
        ),
    )
    if after:
        town.pictures.make_ready(turn.report)
    reporter.hear_result(town, case, kind)
    town.watch(turn.report)


def _kind(town: Town, case: Case) -> ResolutionKind:
    things = case.meant.after_photo or family(case.meant) in FAMILIES_OF_THINGS
    return town.chance.choices(KINDS, OF_THINGS if things else OF_MATTERS)[0]


def _shows_work(town: Town, case: Case, kind: str) -> bool:
    """Whether there is a picture of it: it must be where the category says so."""
    if kind != ResolutionKind.FIXED:
        return False
    return case.meant.after_photo or town.happens(0.1)


def _desk(town: Town, case: Case) -> Desk:
    return town.cast.desk(case.holder)
