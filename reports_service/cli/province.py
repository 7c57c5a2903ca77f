"""A province from data files: which rows there are, and how each is laid by its own service.

The files are described in config/seeds/tay_ninh/README.md. A row whose code is taken stays as it
is in the database: an administrator's change is never undone by laying the province again.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from reports_service.accounts import password_hashes
from reports_service.accounts import service as accounts
from reports_service.accounts.models import Account
from reports_service.agencies import service as agencies
from reports_service.agencies.models import Agency, AgencyKind
from reports_service.areas import importing
from reports_service.areas import service as areas
from reports_service.areas.models import Area, Level
from reports_service.categories import service as categories
from reports_service.categories.models import Category
from reports_service.cli.application import OPERATOR_OF_THE_MACHINE as ACTOR
from reports_service.core.db import db
from reports_service.domain.errors import Invalid
from reports_service.routing import service as routing
from reports_service.routing.models import RoutingRule
from reports_service.sla import calendars, ladders, policies
from reports_service.sla.models import Calendar, Ladder, Policy
from reports_service.teamwork import templates
from reports_service.teamwork.models import Template

Row = Mapping[str, Any]
COMMITTEE = "ubnd-"  # and the code of the commune
DEMO_MAIL = "demo.example"
CATEGORY_FIELDS = (
    "code",
    "parent",
    "keywords",
    "priority",
    "visibility",
    "location_precision_m",
    "duplicate_radius_m",
    "after_photo",
    "retention_days",
    "position",
)


class SeedFolderIncomplete(Invalid):
    """A file that a province needs is missing."""

    code = "seed_folder_incomplete"


class SeedFileWrong(Invalid):
    """A file is no TOML, or lacks what it must say."""

    code = "seed_file_wrong"


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of thing: its rows, and what lays one and says whether it is new."""

    name: str
    rows: Sequence[Row]
    lay: Callable[[Row], bool]


def steps(folder: Path, *, demo_accounts: bool) -> Iterator[Step]:
    """All steps, in the order in which one needs the other. Each is read when it is reached.

    Raises ``SeedFolderIncomplete``, ``SeedFileWrong``, and what the services refuse.
    """
    yield Step("ladders", _rows(folder, "ladders", "ladder"), _new_by_code(Ladder.code, _ladder))
    yield Step("calendar", [document(folder, "calendar")], _new_by_code(Calendar.code, _calendar))
    every = [*_rows(folder, "agencies", "agency"), *_committees(folder)]
    yield Step("agencies", every, _new_by_code(Agency.code, _agency))
    yield Step("areas", [{"folder": folder}], _areas)
    kinds = _in_order(_rows(folder, "categories", "category"))
    yield Step("categories", kinds, _new_by_code(Category.code, _category))
    lengths = _in_order(_rows(folder, "policies", "policy"))
    yield Step("policies", lengths, _new_by_code(Policy.code, _policy))
    yield Step("rules", _rows(folder, "routing", "rule"), _new_rules())
    yield Step("templates", _rows(folder, "templates", "template"), _new_templates())
    if demo_accounts:
        yield _new_accounts(folder)


def _new_by_code(
    column: Any, lay: Callable[[Row], object], key: str = "code"
) -> Callable[[Row], bool]:
    """``lay`` for the rows whose code is not taken."""
    taken = set(db.session.scalars(select(column)))

    def lay_new(row: Row) -> bool:
        if row[key] in taken:
            return False
        lay(row)
        return True

    return lay_new


def _ladder(row: Row) -> None:
    rungs = [{**step, "names": step["name"]} for step in row["step"]]
    values = {"code": row["code"], "names": row["name"], "steps": rungs}
    ladders.add(ACTOR, values)


def _calendar(row: Row) -> None:
    calendars.add(ACTOR, {"code": row["code"], "names": row["name"], "weekly": row["weekly"]})
    for day in row.get("holiday", ()):
        off = {"hours": None, "names": day["name"]}
        calendars.set_day(ACTOR, row["code"], day["date"], off)
    for swap in row.get("swap", ()):
        why = {"names": swap["source"], "source": swap["source"]["vi"]}
        calendars.set_day(ACTOR, row["code"], swap["off"], {"hours": None, **why})
        makeup = {"hours": row["makeup"]["hours"], **why}
        calendars.set_day(ACTOR, row["code"], swap["worked"], makeup)


def _agency(row: Row) -> None:
    values = {name: row.get(name) for name in ("code", "kind", "mailbox", "phone")}
    agencies.add(ACTOR, {**values, "names": row["name"]})


def _committees(folder: Path) -> list[Row]:
    """The people's committee of each commune."""
    return [
        {
            "code": COMMITTEE + area["code"],
            "kind": AgencyKind.COMMITTEE,
            "name": {
                "vi": f"Ủy ban nhân dân {area['name_vi'][:1].lower()}{area['name_vi'][1:]}",
                "en": f"{area['name_en']} People's Committee",
            },
            "mailbox": f"{COMMITTEE}{area['code']}@{DEMO_MAIL}",
        }
        for area in table(folder, "areas")
        if area["level"] == Level.COMMUNE
    ]


def _areas(row: Row) -> bool:
    """Draw the areas that are not there; whether there were any."""
    folder: Path = row["folder"]
    named = select(Agency.code, Agency.id).where(Agency.code.startswith(COMMITTEE))
    committees = {row.code.removeprefix(COMMITTEE): row.id for row in db.session.execute(named)}
    there = set(db.session.scalars(select(Area.code)))
    if there.issuperset(area["code"] for area in table(folder, "areas")):
        return False
    for code in sorted(there & set(committees)):  # imported before their committees were known
        if areas.by_code(code).committee_id is None:
            areas.change(ACTOR, code, {"committee": COMMITTEE + code})
    importing.draw_demo(folder, committees)
    return True


def _category(row: Row) -> None:
    plain = {name: value for name, value in row.items() if name in CATEGORY_FIELDS}
    values = {
        **plain,
        "names": row["name"],
        "descriptions": row["description"],
        "questions": row.get("question", []),
    }
    categories.add(ACTOR, values)


def _policy(row: Row) -> None:
    values = {name: value for name, value in row.items() if name != "name"}
    policies.add(ACTOR, {**values, "names": row["name"]})


def _new_rules() -> Callable[[Row], bool]:
    """Rules have no code: those that ask for the same are the same."""
    taken = {
        (
            rule.category.code if rule.category else None,
            rule.area.code if rule.area else None,
            rule.word,
            rule.question,
            rule.answer,
        )
        for rule in db.session.scalars(select(RoutingRule)).unique()
    }

    def lay_new(row: Row) -> bool:
        conditions = ("category", "area", "word", "question", "answer")
        if tuple(row.get(name) for name in conditions) in taken:
            return False
        plain = {name: value for name, value in row.items() if name not in ("note", "order")}
        routing.add(ACTOR, {**plain, "position": row["order"], "notes": row["note"]})
        return True

    return lay_new


def _new_templates() -> Callable[[Row], bool]:
    """Templates have no code: one of the same act and title, ended or not, is the same."""
    known = select(Template.action, Template.titles).where(Template.agency_id.is_(None))
    taken = {(row.action, row.titles["vi"]) for row in db.session.execute(known)}

    def lay_new(row: Row) -> bool:
        if (row["action"], row["title"]["vi"]) in taken:
            return False
        plain = {name: row[name] for name in ("action", "category") if name in row}
        templates.add(ACTOR, {**plain, "titles": row["title"], "texts": row["text"]})
        return True

    return lay_new


def _new_accounts(folder: Path) -> Step:
    """The demo accounts; they share a known password, which is hashed once, not thirty times."""
    file = document(folder, "accounts")
    hashed: list[str] = []

    def lay(row: Row) -> None:
        if not hashed:
            hashed.append(password_hashes.hashed(file["password"]))
        told = {"name": row["name"]["vi"], "language": "vi", "password_hash": hashed[0]}
        accounts.add(ACTOR, {**row, **told})

    return Step("accounts", file["account"], _new_by_code(Account.email, lay, "email"))


def _rows(folder: Path, name: str, key: str) -> list[Row]:
    rows: list[Row] = document(folder, name)[key]
    return rows


def _in_order(rows: Sequence[Row]) -> list[Row]:
    """Rows that keep the order of their file wherever they are shown or compared."""
    return [{**row, "position": position} for position, row in enumerate(rows, start=1)]


def document(folder: Path, name: str) -> dict[str, Any]:
    """A TOML file of the folder. Raises ``SeedFolderIncomplete``, ``SeedFileWrong``."""
    path = _file(folder, f"{name}.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as wrong:
        raise SeedFileWrong(file=path.name, why=wrong) from wrong


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of the folder, by column. Raises ``SeedFolderIncomplete``."""
    with _file(folder, f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _file(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise SeedFolderIncomplete(folder=folder, file=name)
    return path
