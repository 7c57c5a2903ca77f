"""The common ground of all acts on a report: who acts, on which version, moving it where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from reports_service.core import clock
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.errors import Invalid, NotSignedIn, Stale
from reports_service.domain.lifecycle import OPEN, Action, Status, advance
from reports_service.domain.roles import Party, Permission, party_of
from reports_service.reports import chain, codes, holding, logged, tracking
from reports_service.reports.codes import ReportUnknown
from reports_service.reports.colleagues import colleagues
from reports_service.reports.models import Assignment, Event, Report


class TrackingTokenWrong(NotSignedIn):
    """The tracking token is not this report's."""

    code = "tracking_token_wrong"


class NothingToChange(Invalid):
    """The classification is what it was."""

    code = "nothing_to_change"


@dataclass(frozen=True)
class Turn:
    """One actor's turn at one report: what every act needs. ``at`` is its one moment."""

    report: Report
    actor: Actor
    party: Party
    at: datetime

    @property
    def assignment(self) -> Assignment:
        """The assignment that is held now, or was last."""
        return holding.current(self.report)

    @property
    def which(self) -> dict[str, int]:
        """The fact that names this assignment in an event."""
        return {"assignment": self.assignment.number}

    def check(self, action: Action) -> None:
        """Refuse what the lifecycle or the roles do not allow now, before anything is changed."""
        advance(Status(self.report.status), action, self.party, routed=False)

    def move(self, action: Action, *, routed: bool | None = None) -> Status:
        """Carry the report along an edge of the lifecycle. Returns the status it left."""
        left = Status(self.report.status)
        before = self.report.status_before_merge
        to = advance(
            left, action, self.party, before=Status(before) if before else None, routed=routed
        )
        set_status(self.report, to, self.at)
        colleagues().done(action, self.report, self.actor.account_id)
        return left

    def record(
        self,
        kind: str,
        facts: Mapping[str, Any] | None = None,
        words: Mapping[str, str] | None = None,
        *,
        internal: bool = False,
    ) -> Event:
        """Write what happened, as done by this actor."""
        event = chain.record(
            self.report,
            kind,
            at=self.at,
            by=self.party,
            account_id=self.actor.account_id,
            agency_id=self.actor.agency_id,
            facts=facts,
            words=words,
            internal=internal,
        )
        logged.log_act(self.actor, event)
        return event


def set_status(report: Report, to: Status, at: datetime) -> None:
    """The report's status and what follows from it alone."""
    if report.status != to:
        report.status, report.status_since = to, at
    report.is_open = to in OPEN


def take(code: str, actor: Actor, expected: str | None = None) -> Turn:
    """Take a report to act on it: its row is locked until the commit.

    ``expected``: the entity tag that the actor decided on. Raises ``ReportUnknown``,
    ``TrackingTokenWrong`` and ``Stale`` when somebody was quicker.
    """
    report = db.session.scalar(
        select(Report)
        .where(Report.code == codes.plain(code))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if report is None:
        raise ReportUnknown(report=code[:40])
    party = _met(report, actor)
    if report.restricted and not _sees_restricted(report, actor, party):
        raise ReportUnknown(report=code[:40])
    if expected is not None and not _names(expected, report):
        raise Stale(report=codes.grouped(report.code))
    return Turn(report, actor, party, clock.now())


def party_on(report: Report, actor: Actor) -> Party:
    """As whom the actor meets this report; a token of another report makes nobody its reporter."""
    if actor.system:
        return Party.SYSTEM
    holds = actor.agency_id is not None and actor.agency_id == report.agency_id
    return party_of(actor.role, holds=holds, owns=tracking.shown(report, actor.tracking))


def _met(report: Report, actor: Actor) -> Party:
    """The same for one report that was asked for by name. Raises ``TrackingTokenWrong``."""
    if actor.tracking is not None and not tracking.shown(report, actor.tracking):
        if report.restricted:
            raise ReportUnknown(report=report.code)
        raise TrackingTokenWrong()
    return party_on(report, actor)


def find(code: str, actor: Actor) -> tuple[Report, Party]:
    """A report to read, and as whom. What is restricted does not exist for the public.

    Raises ``ReportUnknown``, ``TrackingTokenWrong``.
    """
    report = db.session.scalar(select(Report).where(Report.code == codes.plain(code)))
    if report is None:
        raise ReportUnknown(report=code[:40])
    party = _met(report, actor)
    if report.restricted and not _sees_restricted(report, actor, party):
        raise ReportUnknown(report=code[:40])
    return report, party


def sees_inside(report: Report, actor: Actor) -> bool:
    """Whether this actor sees inside: the centre, and agencies that hold or held the report."""
    if not actor.may(Permission.SEE_INTERNAL_VIEW):
        return False
    if report.restricted:
        return _sees_restricted(report, actor, party_on(report, actor))
    if actor.may(Permission.SEE_FIGURES):
        return True
    held = {assignment.agency_id for assignment in report.assignments}
    return actor.agency_id in held


def _sees_restricted(report: Report, actor: Actor, party: Party) -> bool:
    """Whether a restricted report exists for this actor: its reporter, the centre, who handles it.

    Whoever handled it until it was referred is a stranger to it from then on: a denunciation may
    be about those very people.
    """
    if party in (Party.REPORTER, Party.SYSTEM) or actor.may(Permission.SEE_RESTRICTED):
        return True
    return party in (Party.OFFICER, Party.HEAD) and report.status != Status.REFERRED


def etag(report: Report) -> str:
    """The strong entity tag of a report: it changes with every event."""
    return f'"{report.code}-{report.event_seq}"'


def _names(expected: str, report: Report) -> bool:
    tags = [tag.strip() for tag in expected.split(",")]
    return "*" in tags or etag(report) in tags
