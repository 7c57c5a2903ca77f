"""``reports seed``: the demo province, safe to lay again. What lays none is in ``test_seeding``."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Connection, func, select

from reports_service.accounts import service as accounts
from reports_service.accounts import signing_in
from reports_service.accounts.models import Account
from reports_service.agencies import service as agencies
from reports_service.agencies.models import Agency
from reports_service.areas import service as areas
from reports_service.areas.models import Area, Level
from reports_service.categories import service as categories
from reports_service.categories.models import Category
from reports_service.cli import reports
from reports_service.core.audit import AuditEntry
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db
from reports_service.core.reference import Revision, Snapshot
from reports_service.routing import service as routing
from reports_service.routing.models import RoutingRule
from reports_service.sla import service as sla
from reports_service.sla.models import CalendarDay, Ladder, Policy
from tests.province import SEEDS

Run = Callable[..., Result]
TABLES = (
    Agency,
    Area,
    Category,
    RoutingRule,
    Policy,
    Ladder,
    CalendarDay,
    Account,
    AuditEntry,
)
LONG_HOA = (11.2871, 106.1312)


@pytest.fixture(scope="module", autouse=True)
def laid(app: Flask, stage: Connection) -> Iterator[None]:
    """The demo province, laid once by the command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.config, "DEMO", True)
        Snapshot.forget_all()
        said = CliRunner(env={"LANGUAGE": "en"}).invoke(reports, ["seed"])
        assert said.exit_code == 0, said.output
        yield


def counts() -> dict[str, int]:
    return {
        table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in TABLES
    }


def in_file(name: str, key: str) -> int:
    return len(tomllib.loads((SEEDS / f"{name}.toml").read_text("utf-8"))[key])


def test_everything_in_the_files_is_laid() -> None:
    found = counts()
    assert found["areas"] == 97
    assert found["agencies"] == in_file("agencies", "agency") + 96
    assert found["categories"] == in_file("categories", "category")
    assert found["routing_rules"] == in_file("routing", "rule")
    assert found["sla_policies"] == in_file("policies", "policy")
    assert found["ladders"] == in_file("ladders", "ladder")
    swaps = 2 * in_file("calendar", "swap")
    assert found["calendar_days"] == in_file("calendar", "holiday") + swaps
    assert found["accounts"] == in_file("accounts", "account")


def test_laying_the_province_again_changes_nothing(run: Run) -> None:
    revisions = select(Revision.kind, Revision.number).order_by(Revision.kind)
    before = counts(), db.session.execute(revisions).all()
    again = run("seed")
    assert (again.exit_code, " 0 added" in again.stdout) == (0, True)
    assert (counts(), db.session.execute(revisions).all()) == before


def test_what_an_administrator_changed_stays(run: Run) -> None:
    names = {"vi": "Sở Xây dựng tỉnh", "en": "Construction"}
    agencies.change(SYSTEM, "so-xay-dung", {"names": names})
    run("seed")
    assert agencies.by_code("so-xay-dung").names == names


def test_the_demo_accounts_open_with_their_password() -> None:
    for role in ("facilitator", "operator", "officer", "head", "leader", "admin"):
        account = signing_in.authenticate(f"{role}@demo.example", "demo-1022")
        assert account.role == role


def test_each_of_the_96_communes_has_its_committee() -> None:
    communes = db.session.scalars(select(Area).where(Area.level == Level.COMMUNE)).all()
    assert len(communes) == 96
    for commune in communes:
        assert commune.committee is not None
        assert commune.committee.code == f"ubnd-{commune.code}"
    assert areas.by_code("25630").committee.names == {
        "vi": "Ủy ban nhân dân phường Long Hoa",
        "en": "Long Hoa Ward People's Committee",
    }


def test_every_commune_is_found_by_its_centre() -> None:
    with (SEEDS / "areas.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] == "commune"]
    for row in rows:
        smallest = areas.areas_at(float(row["lat"]), float(row["lon"]))[0]
        assert smallest.code == row["code"]
    assert areas.areas_at(*LONG_HOA)[0].code == "25630"


def test_every_rule_wins_for_a_matter_made_for_it() -> None:
    anywhere = areas.place("25630").id
    for rule in db.session.scalars(select(RoutingRule)).unique():
        decision = routing.decide(
            category_id=rule.category_id,
            area_id=areas.place(rule.area.code).id if rule.area else anywhere,
            text=f"có {rule.word}" if rule.word else "",
            answers={rule.question: rule.answer} if rule.question else {},
        )
        named = rule.area or rule.word or rule.question
        assert not decision.to_centre
        assert decision.rule_id == rule.id or not named, rule.id


def test_a_street_light_in_long_hoa_goes_to_the_agency_of_the_demo_officer() -> None:
    decision = routing.decide(
        category_id=categories.by_code("den-duong").id,
        area_id=areas.locate(*LONG_HOA).area.id,
        text="Đèn tắt ba đêm",
        answers={},
    )
    assert decision.agency_id == accounts.by_email("officer@demo.example").agency_id
    assert decision.agency_id == accounts.by_email("head@demo.example").agency_id


def test_what_no_rule_fits_stays_with_the_centre() -> None:
    other = categories.by_code("khac").id
    here = areas.locate(*LONG_HOA).area.id
    decision = routing.decide(category_id=other, area_id=here, text="", answers={})
    assert decision.reason == {"why": "no_rule"}
    assert decision.to_centre
    assert decision.agency_id == agencies.centre().id


def test_every_category_at_every_priority_has_a_deadline() -> None:
    for category in db.session.scalars(select(Category)):
        for priority in ("normal", "urgent", "emergency"):
            for triage in (False, True):
                asked = {"category_id": category.id, "agency_id": None, "priority": priority}
                assert sla.policy_for(**asked, triage=triage).triage == triage


def test_street_lights_in_long_hoa_are_due_in_five_working_days(run: Run) -> None:
    words = ("sla", "due", "--policy", "den-duong", "--from", "2025-12-31T09:00")
    assert run(*words).stdout == "2026-01-09T17:00:00+07:00\n"  # 1 and 2 January are off
