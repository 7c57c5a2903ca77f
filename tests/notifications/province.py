"""A small province for tests of notices: two agencies and a centre, their staff, one report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from reports_service.accounts.models import Account
from reports_service.agencies.models import Agency, AgencyKind
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.domain.roles import Party, Role
from reports_service.reports import chain, identity
from reports_service.reports.models import Assignment, Event, Follower, Report, Reporter

FILED_AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
DUE_AT = datetime(2026, 11, 27, 10, tzinfo=UTC)


@dataclass
class Province:
    """``lights`` holds the report; ``roads`` could; ``centre`` holds what nobody does."""

    centre: Agency
    lights: Agency
    roads: Agency
    operator: Account
    officer: Account
    colleague: Account
    head: Account
    roads_officer: Account
    leader: Account
    report: Report

    def happens(
        self,
        kind: str,
        facts: Mapping[str, Any] | None = None,
        words: Mapping[str, str] | None = None,
        *,
        by: Party = Party.OPERATOR,
        account: Account | None = None,
        internal: bool = False,
    ) -> Event:
        """Write an event of the report."""
        return chain.record(
            self.report,
            kind,
            by=by,
            at=clock.now(),
            account_id=account.id if account else None,
            facts=facts,
            words=words,
            internal=internal,
        )

    def hand_to(self, agency: Agency) -> Assignment:
        """Give the report to an agency, now."""
        now = clock.now()
        assignment = Assignment(
            number=len(self.report.assignments) + 1,
            agency=agency,
            channel="web",
            reason={},
            policy={},
            opened_at=now,
            acknowledge_by=now + timedelta(hours=4),
            resolve_by=DUE_AT,
            own_resolve_by=DUE_AT,
            triage=agency.kind == AgencyKind.CENTRE,
        )
        self.report.assignments.append(assignment)
        self.report.agency = agency
        db.session.flush()
        return assignment

    def follow(self, email: str) -> Reporter:
        """Somebody follows the report."""
        reporter = citizen(email)
        db.session.add(
            Follower(report_id=self.report.id, reporter=reporter, created_at=clock.now())
        )
        db.session.flush()
        return reporter


def found_province(email: str | None = "hoa@demo.example") -> Province:
    """Write it all; the report was filed by somebody with this address, else by nobody known."""
    centre = _agency("centre", AgencyKind.CENTRE, "Trung tâm 1022")
    lights = _agency("lights", AgencyKind.UTILITY, "Công ty Chiếu sáng")
    roads = _agency("roads", AgencyKind.DEPARTMENT, "Sở Giao thông")
    province = Province(
        centre=centre,
        lights=lights,
        roads=roads,
        operator=_account("operator", Role.OPERATOR, centre),
        officer=_account("officer", Role.OFFICER, lights),
        colleague=_account("colleague", Role.OFFICER, lights),
        head=_account("head", Role.HEAD, lights),
        roads_officer=_account("roads-officer", Role.OFFICER, roads),
        leader=_account("leader", Role.LEADER, None),
        report=_report(lights, citizen(email) if email else None),
    )
    db.session.add(province.report)
    with clock.moved_to(FILED_AT):
        province.hand_to(lights)
    return province


def citizen(email: str, language: str = "vi") -> Reporter:
    """A reporter with an address, who agreed to be written to."""
    reporter = identity.keep({"email": email, "consent": True}, language)
    assert reporter is not None
    return reporter


def _agency(code: str, kind: AgencyKind, name: str) -> Agency:
    agency = Agency(
        code=code,
        names={"vi": name, "en": f"{code} agency"},
        kind=kind,
        mailbox=f"{code}@demo.example",
        created_at=FILED_AT,
    )
    db.session.add(agency)
    db.session.flush()
    return agency


def _account(name: str, role: Role, agency: Agency | None) -> Account:
    account = Account(
        email=f"{name}@demo.example",
        name=name,
        role=role,
        agency=agency,
        language="vi",
        password_hash="-",
        created_at=FILED_AT,
    )
    db.session.add(account)
    db.session.flush()
    return account


def _report(agency: Agency, reporter: Reporter | None) -> Report:
    return Report(
        code="4839201157",
        token_generation=1,
        status="assigned",
        is_open=True,
        status_since=FILED_AT,
        priority="normal",
        channel="web",
        language="vi",
        restricted=False,
        answers=[],
        place_fit="named",
        description="Đèn tắt ba đêm",
        public_description="Đèn tắt ba đêm",
        address="",
        search_text="",
        reporter=reporter,
        agency=agency,
        promised_by=DUE_AT,
        created_at=FILED_AT,
        updated_at=FILED_AT,
        retained_until=DUE_AT.date(),
        event_seq=0,
        event_head=chain.GENESIS,
        assignments=[],
    )
