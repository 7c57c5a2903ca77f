"""The 1022 centre: triage, answers of its own, rejections, referrals, duplicates."""

from __future__ import annotations

from reports_service.categories.service import CategoryFacts, book
from reports_service.cli.simulation import reporter
from reports_service.cli.simulation.cast import Desk
from reports_service.cli.simulation.speech import family
from reports_service.cli.simulation.town import Act, Case, Town
from reports_service.domain.lifecycle import OPEN
from reports_service.domain.outcomes import ResolutionKind
from reports_service.reports import (
    agency_work,
    classification,
    desk,
    holding,
    merging,
    results,
    service,
)
from reports_service.reports.classification import Classification
from reports_service.reports.models import Report
from reports_service.reports.results import Resolution
from reports_service.reports.service import Turn

UNCLEAR = 0.12  # of what arrives without category
MERGED = 0.85  # of the duplicates that lie before an operator


def category(code: str) -> CategoryFacts:
    """The category of a report that is known."""
    found = book().by_code(code)
    assert found is not None
    return found


def begin(town: Town, case: Case, report: Report) -> None:
    """The centre holds the report: an operator will find out whose it is."""
    held = holding.current(report)
    office = town.cast.desk(held.agency_id)
    at = town.result_at(held, office.keeps_this_one(), office.pace)
    town.plan(at, triage, case)


def triage(town: Town, case: Case) -> None:
    """An operator decides on a report that nobody else holds."""
    turn = town.take(case, town.cast.operator())
    report = turn.report
    elsewhere = town.cast.elsewhere(report)
    if report.category_id is None and not town.happens(UNCLEAR):
        classification.classify(turn, Classification(category=case.meant.code))
        town.hand_over(case, report)
    elif len(report.assignments) > 1 and elsewhere is not None:
        agency_work.assign(turn, elsewhere.code, town.speech.reason("transfer"))
        town.hand_over(case, report)
    else:
        _settle(town, case, turn, elsewhere)
    town.watch(report)


def _settle(town: Town, case: Case, turn: Turn, elsewhere: Desk | None) -> None:
    """What the centre ends itself, or hands to the committee of the place."""
    fate = town.chance.random()
    if fate < 0.25:
        case.turn_page()
        desk.reject(turn, town.speech.reason("rejection"))
    elif fate < 0.32:
        case.turn_page()
        desk.refer(turn, "Ban Tiếp công dân", town.speech.reason("referral"), restricted=True)
    elif fate < 0.6 and elsewhere is not None:
        agency_work.assign(turn, elsewhere.code, town.speech.reason("transfer"))
        town.hand_over(case, turn.report)
    else:
        note = town.speech.result(family(case.meant), ResolutionKind.ANSWERED)
        results.resolve(turn, Resolution(ResolutionKind.ANSWERED, note))
        reporter.hear_result(town, case, ResolutionKind.ANSWERED)


def refer(town: Town, case: Case) -> None:
    """By law not the agency's: a complaint or denunciation."""
    turn = town.take(case, town.cast.operator())
    if turn.report.status in OPEN:
        case.turn_page()
        desk.refer(turn, "Ban Tiếp công dân", town.speech.reason("referral"), restricted=True)


def raise_priority(town: Town, case: Case) -> None:
    """Somebody rang again: it cannot wait."""
    turn = town.take(case, town.cast.operator())
    if turn.report.status in OPEN and turn.report.priority == "normal":
        classification.classify(turn, Classification(priority="urgent"), town.speech.reason("note"))
        town.watch(turn.report)


def notice_duplicate(town: Town, case: Case, master: str) -> None:
    """An operator sees some hours later that there is one already."""
    if town.happens(MERGED):
        town.plan(town.in_hours(0.1, 5), _merging(master), case, whatever=True)


def _merging(master: str) -> Act:
    def merge(town: Town, case: Case) -> None:
        turn = town.take(case, town.cast.operator())
        known = service.take(master, turn.actor).report
        if turn.report.status in OPEN and known.status in OPEN:
            merging.merge(turn, master)
            case.turn_page()

    return merge
