"""Citizens after filing: they reply or not, judge what was done, come back, follow, withdraw."""

from __future__ import annotations

from datetime import timedelta

from reports_service.cli.simulation.places import Spot
from reports_service.cli.simulation.town import Case, Town
from reports_service.core import clock
from reports_service.core.auth import Actor
from reports_service.domain.lifecycle import OPEN, Status
from reports_service.domain.outcomes import ResolutionKind
from reports_service.reports import reporter_acts

REPLIES, REPLIES_WITHOUT_CONTACT = 0.8, 0.45
NOT_FIXED, NOT_FIXED_WHEN_LATE = 0.05, 0.11
SATISFIED = 0.33
REOPENED_AFTER_CLOSING = 0.012
WITHDRAWN, CORRECTED, FOLLOWED = 0.02, 0.02, 0.07
MORE_PICTURES = 0.02
# How often 1, 2, 3, 4, 5 are given.
RATINGS = {True: (2, 3, 12, 33, 50), False: (18, 20, 28, 22, 12)}
MOODS = {1: "unhappy", 2: "unhappy", 3: "neutral", 4: "neutral", 5: "happy"}


def come_back(town: Town, case: Case) -> None:
    """What this reporter, or a neighbour, will do beside what the agency does."""
    for probability, mean_days, act in (
        (WITHDRAWN, 1.5, withdraw),
        (CORRECTED, 0.1, correct),
        (MORE_PICTURES, 0.3, add_pictures),
        (FOLLOWED, 2.0, follow),
        (FOLLOWED / 3, 3.0, follow),
    ):
        hidden = act is follow and case.meant.visibility == "restricted"
        if town.happens(probability) and not hidden:
            town.plan(town.in_days(mean_days), act, case, whatever=True)


def be_asked(town: Town, case: Case) -> None:
    """A question came: a reply in some days, or none ever."""
    if town.happens(REPLIES if case.named else REPLIES_WITHOUT_CONTACT):
        town.plan(town.in_days(1.6), reply, case)


def reply(town: Town, case: Case) -> None:
    """The reporter answers the question."""
    turn = town.take(case, case.reporter)
    if turn.report.status == Status.AWAITING_REPORTER:
        reporter_acts.reply(turn, town.speech.reply(case.replies))
        case.turn_page()
        town.goes_on(case, turn.report)
        town.watch(turn.report)


def hear_result(town: Town, case: Case, kind: str) -> None:
    """A result came: a judgement within days, or silence."""
    case.turn_page()
    poor = not case.in_time or kind == ResolutionKind.NOT_FOUND
    chance = town.chance.random()
    if chance < (NOT_FIXED_WHEN_LATE if poor else NOT_FIXED):
        town.plan(town.in_days(1.5), call_it_not_fixed, case)
    elif chance < SATISFIED:
        town.plan(town.in_days(1.2), confirm, case)
    elif chance > 1 - REOPENED_AFTER_CLOSING:
        later = clock.now() + timedelta(days=town.chance.uniform(9, 30))
        town.plan(later, call_it_not_fixed, case)
    else:
        _remember(town, case)


def confirm(town: Town, case: Case) -> None:
    """The reporter is content, more or less, and says so."""
    turn = town.take(case, case.reporter)
    if turn.report.status not in (Status.RESOLVED, Status.CLOSED):
        return
    rating = town.chance.choices((1, 2, 3, 4, 5), RATINGS[case.in_time])[0]
    comment = town.speech.comment(MOODS[rating]) if town.happens(0.5) else ""
    given = rating if town.happens(0.85) else None
    reporter_acts.judge(turn, fixed=True, rating=given, comment=comment)
    _remember(town, case)


def call_it_not_fixed(town: Town, case: Case) -> None:
    """It is as it was: the same agency gets it again."""
    turn = town.take(case, case.reporter)
    report = turn.report
    if report.status not in (Status.RESOLVED, Status.CLOSED):
        return
    if report.reopens_until is None or turn.at > report.reopens_until:
        return
    given = town.chance.choice((1, 1, 2)) if town.happens(0.7) else None
    reporter_acts.judge(turn, fixed=False, rating=given, comment=town.speech.comment("not_fixed"))
    town.hand_over(case, report)
    town.watch(report)


def withdraw(town: Town, case: Case) -> None:
    """It is over, or was a mistake."""
    turn = town.take(case, case.reporter)
    if turn.report.status in OPEN:
        reporter_acts.withdraw(turn, town.speech.reason("withdrawal"))
        case.turn_page()


def correct(town: Town, case: Case) -> None:
    """The address was not quite right."""
    turn = town.take(case, case.reporter)
    if turn.report.status in OPEN:
        reporter_acts.correct(turn, address=town.speech.address(*town.speech.street()))


def add_pictures(town: Town, case: Case) -> None:
    """One more picture, sent after the report."""
    turn = town.take(case, case.reporter)
    if turn.report.status in OPEN and not turn.report.restricted:
        reporter_acts.add_photos(turn, town.pictures.of(case.meant.code, after=False))
        town.pictures.make_ready(turn.report)


def follow(town: Town, case: Case) -> None:
    """A neighbour wants to hear of it too."""
    contact = town.speech.person() if town.happens(0.6) else None
    turn = town.take(case, Actor())
    if turn.report.status in OPEN and not turn.report.restricted:
        reporter_acts.follow(turn, contact, "vi")


def _remember(town: Town, case: Case) -> None:
    """Here something was closed, and may break again."""
    if case.meant.duplicate_radius_m:
        town.places.closed.append(Spot(case.code, case.meant.code, case.lat, case.lon))
