"""Who acts: the demo's people, and agencies of fixed character, some quick and some slow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from sqlalchemy import select

from reports_service.accounts import signing_in
from reports_service.accounts.models import Account
from reports_service.agencies.models import Agency, AgencyKind
from reports_service.areas import service as areas
from reports_service.categories.service import book
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.errors import Conflict
from reports_service.domain.roles import Role
from reports_service.reports.models import Report
from reports_service.routing.models import RoutingRule

WORST, BEST = 0.64, 0.985  # the share of its deadlines that an agency keeps
OF_THE_CENTRE = 0.96
BESIDE_A_FLOOD = 0.85  # of that share is left while the water stands high


class NobodyWorksHere(Conflict):
    """There is no operator, so nobody could triage: the demo accounts were not made."""

    code = "simulate_nobody_works_here"


@dataclass(slots=True)
class Desk:
    """An agency at work. ``reliability``: the share of deadlines kept; ``pace``: 0.3 is quick.

    An agency without accounts works through the service all the same: its acts name the agency
    and no person.
    """

    id: int
    code: str
    reliability: float
    pace: float
    officer: Actor
    head: Actor
    stays: bool  # it has not been ended, nor is it known when it will be
    _owed: float = field(default=0.5)

    def keeps_this_one(self, burden: float = 1.0) -> bool:
        """Whether the next deadline is kept; over a few already the share comes out right."""
        self._owed += self.reliability * burden
        if self._owed < 1:
            return False
        self._owed -= 1
        return True


class Cast:
    """All people and agencies. ``seed``: an agency's character depends on it and its code alone.

    Raises ``NobodyWorksHere``.
    """

    def __init__(self, seed: int, chance: Random) -> None:
        self._chance = chance
        people = db.session.scalars(
            select(Account).where(Account.ended_at.is_(None)).order_by(Account.id)
        ).all()
        self.operators = _with_role(people, Role.OPERATOR)
        self.facilitators = _with_role(people, Role.FACILITATOR) or self.operators
        if not self.operators:
            raise NobodyWorksHere()
        found = db.session.scalars(select(Agency).order_by(Agency.id)).all()
        self._desks = {agency.id: _desk(agency, people, seed) for agency in found}
        self._kin = _kin()

    def desk(self, agency_id: int) -> Desk:
        """The agency with this id, also one that was ended: in the past it had work."""
        return self._desks[agency_id]

    def operator(self) -> Actor:
        """Whoever of the centre is free."""
        return self._chance.choice(self.operators)

    def facilitator(self) -> Actor:
        """Somebody who files for others."""
        return self._chance.choice(self.facilitators)

    def elsewhere(self, report: Report) -> Desk | None:
        """Who else might answer: the committee of the place, or an agency that gets the like."""
        held = {assignment.agency_id for assignment in report.assignments}
        category = book().by_id(report.category_id) if report.category_id else None
        likely = list(self._kin.get(category.path[-1], ())) if category else []
        place = areas.path_of_id(report.area_id) if report.area_id else ()
        committees = [one.committee_id for one in place if one.committee_id]
        choices = [one for one in (*committees[:1], *likely) if one not in held]
        choices = [one for one in choices if one in self._desks and self._desks[one].stays]
        if not choices:
            return None
        weights = [3.0 if one in committees else 1.0 for one in choices]
        return self._desks[self._chance.choices(choices, weights)[0]]


def _with_role(people: Iterable[Account], role: Role) -> list[Actor]:
    return [signing_in.actor_of(one) for one in people if one.role == role]


def _desk(agency: Agency, people: Iterable[Account], seed: int) -> Desk:
    chance = Random(f"{seed} {agency.code}")
    centre = agency.kind == AgencyKind.CENTRE
    reliability = OF_THE_CENTRE if centre else chance.uniform(WORST, BEST)
    own = [one for one in people if one.agency_id == agency.id]
    return Desk(
        id=agency.id,
        code=agency.code,
        reliability=reliability,
        pace=chance.uniform(0.3, 0.85),
        officer=_first(own, Role.OFFICER, agency),
        head=_first(own, Role.HEAD, agency),
        stays=agency.ended_at is None,
        _owed=chance.random(),
    )


def _first(people: Iterable[Account], role: Role, agency: Agency) -> Actor:
    nobody = Actor(role=role, agency_id=agency.id, name=agency.code)
    return next(iter(_with_role(people, role)), nobody)


def _kin() -> dict[int, list[int]]:
    """Top category -> the agencies that rules name for it, in the order of their ids."""
    rows = db.session.execute(
        select(RoutingRule.category_id, RoutingRule.agency_id)
        .where(RoutingRule.category_id.is_not(None), RoutingRule.agency_id.is_not(None))
        .distinct()
    )
    kin: dict[int, set[int]] = {}
    for row in rows:
        category = book().by_id(row.category_id)
        if category is not None:
            kin.setdefault(category.path[-1], set()).add(row.agency_id)
    return {top: sorted(agencies) for top, agencies in kin.items()}
