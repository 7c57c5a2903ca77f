"""/admin/rules/try: where a sample would go; and the same with a rule that is not saved yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import marshmallow as ma
from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from reports_service.core.auth import requires
from reports_service.domain.errors import Refusal
from reports_service.domain.roles import Permission
from reports_service.routing import rules
from reports_service.routing import service as routing
from reports_service.routing.schemas import TrialRequest
from reports_service.web.admin import choices, register_views
from reports_service.web.admin.registers import RULES, number_of
from reports_service.web.forms import nested, problem_of
from reports_service.web.pages import language, page, sent

SAMPLE: Final = "sample."  # before the names of the sample's fields on a rule's own form
NAMES: Final = ("category", "area", "description")
administers = requires(Permission.ADMINISTER)


@dataclass(frozen=True)
class Tried:
    """A sample as it goes now, and as it would go with the rule on the form."""

    now: routing.Trial
    then: routing.Trial

    @property
    def outcome(self) -> str:
        """For words: the rule wins, holds behind others, or does not hold."""
        match self.then.draft:
            case None:
                return "fits_not"
            case 0:
                return "wins"
            case _:
                return "loses"


def add_to(bp: Blueprint) -> None:
    """Serve the page of its own, and the trial on the form of a rule."""
    bp.add_url_rule("/admin/rules/try", "trial", trial)
    bp.add_url_rule("/admin/rules/try", "tried", tried, methods=["POST"])
    for path, name in (("new", "rules_new_try"), ("<key>", "rules_one_try")):
        bp.add_url_rule(f"/admin/rules/{path}/try", name, draft_tried, methods=["POST"])


@administers
def trial() -> str:
    """Where a sample would go, and why."""
    return _page({}, None, None)


@administers
def tried() -> str | tuple[str, int]:
    """The rule that decides, and those that it wins over."""
    given = sent()
    try:
        found = routing.try_out(**_asked(given))
    except (Refusal, ma.ValidationError) as wrong:
        problem, status = problem_of(wrong)
        return _page(given, None, problem), status
    return _page(given, found, None)


@administers
def draft_tried(key: str | None = None) -> str | tuple[str, int]:
    """Whether the rule on the form would win for the sample below it; nothing is saved."""
    given = MultiDict(request.form).to_dict()
    try:
        values = RULES.taken_new.load(register_views.said(RULES, new=True))
        rules.drafted(values)
    except (Refusal, ma.ValidationError) as wrong:
        return register_views.again(RULES, wrong, key)
    thing = RULES.find(key) if key is not None else None
    try:
        asked = _asked(_sample(given))
        instead_of = number_of(key) if key is not None else None
        found = routing.try_out(**asked, draft=values, instead_of=instead_of)
    except (Refusal, ma.ValidationError) as wrong:
        problem, status = problem_of(wrong)
        return register_views.form(RULES, given, thing, _of_sample(problem)), status
    outcome = Tried(routing.try_out(**asked), found)
    return register_views.form(RULES, given, thing, tried=outcome, because=because)


def _asked(given: Mapping[str, str]) -> dict[str, Any]:
    """What is tried, as the service takes it."""
    said: list[tuple[str, Any]] = [(name, given[name]) for name in NAMES if name in given]
    if "question" in given:
        said.append((f"answers.{given['question']}", given.get("answer", "")))
    asked = TrialRequest().load(nested(said))
    return {
        "category": asked["category"],
        "area": asked["area"],
        "location": None,
        "text": asked["description"],
        "answers": asked["answers"],
    }


def _sample(given: Mapping[str, str]) -> dict[str, str]:
    """The fields of the sample that are filled in, by their own names."""
    fields = (
        (name.removeprefix(SAMPLE), given[name].strip())
        for name in given
        if name.startswith(SAMPLE)
    )
    return {name: value for name, value in fields if value}


def _of_sample(problem: Mapping[str, Any]) -> dict[str, Any]:
    """What is wrong with a sample, beside its fields and not those of the rule."""
    errors = [{**one, "field": SAMPLE + one["field"]} for one in problem["errors"]]
    return {**problem, "errors": errors}


def _page(given: Mapping[str, str], found: routing.Trial | None, problem: Any) -> str:
    spoken = language()
    return page(
        "admin/trial.html",
        given=given,
        found=found,
        problem=problem,
        categories=choices.all_categories(spoken),
        areas=choices.all_areas(spoken),
        because=because,
    )


def because(reason: Mapping[str, Any]) -> str:
    """Why an agency gets the sample."""
    return routing.describe(reason, language())
