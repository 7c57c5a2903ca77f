"""What administrators keep: each register's columns, form, and the service behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import marshmallow as ma
from sqlalchemy import Select, select

from reports_service.accounts import service as accounts
from reports_service.accounts.models import Account
from reports_service.accounts.schemas import AccountChange, AccountNew, AccountSchema
from reports_service.agencies import service as agencies
from reports_service.agencies.models import Agency, AgencyKind
from reports_service.agencies.schemas import AgencyAdminSchema, AgencyChange, AgencyNew
from reports_service.categories import service as categories
from reports_service.categories.answers import QuestionKind
from reports_service.categories.models import Category, Priority, Visibility
from reports_service.categories.schemas import CategoryAdminSchema, CategoryChange, CategoryNew
from reports_service.core import clock
from reports_service.core.auth import Actor
from reports_service.core.words import named, say
from reports_service.domain.escalation import Tell
from reports_service.domain.roles import Role
from reports_service.domain.targets import Unit
from reports_service.routing import rules
from reports_service.routing.models import RoutingRule
from reports_service.routing.rules import RuleUnknown
from reports_service.routing.schemas import RuleChange, RuleNew, RuleSchema
from reports_service.sla import ladders, policies
from reports_service.sla.models import Ladder, Policy
from reports_service.sla.schemas import (
    LadderChange,
    LadderNew,
    LadderSchema,
    PolicyChange,
    PolicyNew,
    PolicySchema,
)
from reports_service.web.admin import choices
from reports_service.web.admin.inputs import AnyInput, Input, Length, Rows

Said = Callable[[Any, str], str]
LONGEST_NUMBER: Final = 18  # digits, which every column holds
UNITS: Final = choices.codes(Unit, "unit_")
PRIORITIES: Final = choices.codes(Priority, "queue_priority_")


@dataclass(frozen=True)
class Register:
    """One thing that administrators keep: its list, its form, its service.

    ``sample``: what it can be tried on before it is saved; each is at first as the field named.
    """

    slug: str
    model: Any
    key: str
    listing: Callable[[], Select[Any]]
    find: Callable[[Any], Any]
    add: Callable[[Actor, Mapping[str, Any]], Any]
    change: Callable[[Actor, Any, Mapping[str, Any]], Any]
    end: Callable[[Actor, Any, datetime | None], Any]
    bring_back: Callable[[Actor, Any], Any]
    shown: ma.Schema
    taken_new: ma.Schema
    taken: ma.Schema
    columns: Sequence[tuple[str, Said]]
    inputs: Sequence[AnyInput]
    sample: Mapping[str, Input] = field(default_factory=dict)

    def ended(self) -> Select[Any]:
        """Those that are over, the last that ended first."""
        ended_at = self.model.ended_at
        return select(self.model).where(ended_at <= clock.now()).order_by(ended_at.desc())

    def key_of(self, thing: Any) -> Any:
        """What a thing is found by."""
        return getattr(thing, self.key)

    def title_of(self, thing: Any, language: str) -> str:
        """What a thing is called."""
        names = getattr(thing, "names", None)
        if names:
            return named(names, language)
        return getattr(thing, "name", None) or f"{say('admin_rule', language)} {thing.id}"


def _names(word: str = "admin_name", path: str = "names") -> list[Input]:
    return [
        Input(f"{path}.vi", f"{word}_vi"),
        Input(f"{path}.en", f"{word}_en"),
    ]


def _length(value: Mapping[str, Any] | None, language: str) -> str:
    if not value:
        return "–"
    amount = f"{value['amount']:g}" if isinstance(value["amount"], float) else value["amount"]
    return f"{amount} {say('unit_' + value['unit'], language)}"


def number_of(key: Any) -> int:
    """The number in an address. Raises ``RuleUnknown`` for what is none."""
    written = str(key)
    if not written.isdecimal() or len(written) > LONGEST_NUMBER:
        raise RuleUnknown(rule=written[:40])
    return int(written)


def _name(thing: Any, language: str) -> str:
    return named(thing.names, language) if thing else "–"


CODE: Final = Input("code", "admin_code", hint="admin_code_hint", only_new=True)

AGENCIES: Final = Register(
    "agencies", Agency, "code", agencies.listing, agencies.by_code,
    agencies.add, agencies.change, agencies.end, agencies.bring_back,
    AgencyAdminSchema(), AgencyNew(), AgencyChange(),
    [
        ("admin_kind", lambda one, language: say(f"admin_kind_{one.kind}", language)),
        ("admin_mailbox", lambda one, _: one.mailbox or "–"),
        ("admin_phone", lambda one, _: one.phone or "–"),
    ],
    [
        CODE, *_names(),
        Input("kind", "admin_kind", "select", options=choices.codes(AgencyKind, "admin_kind_")),
        Input("mailbox", "admin_mailbox", "email", optional=True, hint="admin_mailbox_hint"),
        Input("phone", "admin_phone", optional=True),
    ],
)  # fmt: skip

ACCOUNTS: Final = Register(
    "accounts", Account, "email", accounts.listing, accounts.by_email,
    accounts.add, accounts.change, accounts.end, accounts.bring_back,
    AccountSchema(), AccountNew(), AccountChange(),
    [
        ("web_email", lambda one, _: one.email),
        ("admin_role", lambda one, language: say(f"role_{one.role}", language)),
        ("admin_agency", lambda one, language: _name(one.agency, language)),
    ],
    [
        Input("email", "web_email", "email", only_new=True),
        Input("name", "admin_person"),
        Input("role", "admin_role", "select", options=choices.codes(Role, "role_")),
        Input("agency", "admin_agency", "select", optional=True, options=choices.all_agencies,
              hint="admin_account_agency_hint"),
        Input("language", "admin_language", "select", options=choices.all_languages),
        Input("password", "admin_first_password", "password", hint="admin_first_password_hint",
              only_new=True),
    ],
)  # fmt: skip

CATEGORIES: Final = Register(
    "categories", Category, "code", categories.listing, categories.by_code,
    categories.add, categories.change, categories.end, categories.bring_back,
    CategoryAdminSchema(), CategoryNew(), CategoryChange(),
    [
        ("admin_parent", lambda one, language: _name(one.parent, language)),
        ("admin_priority", lambda one, language: say(f"queue_priority_{one.priority}", language)),
        ("admin_visibility",
         lambda one, language: say(f"admin_visibility_{one.visibility}", language)),
        ("admin_questions", lambda one, _: str(len(one.questions))),
    ],
    [
        CODE, *_names(), *_names("admin_about", "descriptions"),
        Input("parent", "admin_parent", "select", optional=True, options=choices.all_categories),
        Input("keywords", "admin_keywords", "lines", hint="admin_keywords_hint"),
        Input("priority", "admin_priority", "select", options=PRIORITIES),
        Input("visibility", "admin_visibility", "select",
              options=choices.codes(Visibility, "admin_visibility_")),
        Input("after_photo", "admin_after_photo", "checkbox"),
        Input("duplicate_radius_m", "admin_radius", "number"),
        Rows("questions", "admin_questions", [
            Input("code", "admin_code", hint="admin_question_code_hint"),
            *_names("admin_question", "label"),
            Input("kind", "admin_answer", "select",
                  options=choices.codes(QuestionKind, "word_answer_")),
            Input("required", "admin_required", "checkbox"),
            Input("options", "admin_options", "options", hint="admin_options_hint"),
        ], hint="admin_questions_hint"),
    ],
)  # fmt: skip

RULES: Final = Register(
    "rules", RoutingRule, "id", rules.listing, lambda key: rules.by_id(number_of(key)),
    rules.add, lambda actor, key, values: rules.change(actor, number_of(key), values),
    lambda actor, key, at: rules.end(actor, number_of(key), at),
    lambda actor, key: rules.bring_back(actor, number_of(key)),
    RuleSchema(), RuleNew(), RuleChange(),
    [
        ("admin_category", lambda one, language: _name(one.category, language)),
        ("admin_area", lambda one, language: _name(one.area, language)),
        ("admin_word", lambda one, _: one.word or one.answer or "–"),
        ("admin_agency",
         lambda one, language: say("admin_to_committee", language) if one.to_committee
         else _name(one.agency, language)),
    ],
    [
        Input("category", "admin_category", "select", optional=True,
              options=choices.all_categories, hint="admin_rule_hint"),
        Input("area", "admin_area", "select", optional=True, options=choices.all_areas),
        Input("word", "admin_word", optional=True, hint="admin_word_hint"),
        Input("question", "admin_rule_question", optional=True),
        Input("answer", "admin_rule_answer", optional=True),
        Input("agency", "admin_agency", "select", optional=True, options=choices.all_agencies),
        Input("to_committee", "admin_to_committee", "checkbox"),
        Input("priority", "admin_priority", "select", optional=True, options=PRIORITIES),
        Input("position", "admin_position", "number", hint="admin_position_hint"),
    ],
    {
        "category": Input("sample.category", "admin_category", "select", optional=True,
                          options=choices.all_categories),
        "area": Input("sample.area", "admin_area", "select", optional=True,
                      options=choices.all_areas),
        "word": Input("sample.description", "admin_words"),
        "question": Input("sample.question", "admin_rule_question"),
        "answer": Input("sample.answer", "admin_rule_answer"),
    },
)  # fmt: skip

POLICIES: Final = Register(
    "policies", Policy, "code", policies.listing, policies.by_code,
    policies.add, policies.change, policies.end, policies.bring_back,
    PolicySchema(), PolicyNew(), PolicyChange(),
    [
        ("admin_category", lambda one, language: _name(one.category, language)),
        ("admin_priority", lambda one, language:
         say(f"queue_priority_{one.priority}", language) if one.priority else "–"),
        ("admin_acknowledge", lambda one, language: _length(one.acknowledge, language)),
        ("admin_resolve", lambda one, language: _length(one.resolve, language)),
    ],
    [
        CODE, *_names(),
        Input("category", "admin_category", "select", optional=True,
              options=choices.all_categories, hint="admin_policy_hint"),
        Input("agency", "admin_agency", "select", optional=True, options=choices.all_agencies),
        Input("priority", "admin_priority", "select", optional=True, options=PRIORITIES),
        Length("acknowledge", "admin_acknowledge", UNITS),
        Length("resolve", "admin_resolve", UNITS),
        Input("ladder", "admin_ladder", "select", optional=True, options=choices.all_ladders),
        Input("questions_max", "admin_questions_max", "number"),
        Input("question_days", "admin_question_days", "number"),
        Input("extensions_max", "admin_extensions_max", "number"),
        Length("extension_longest", "admin_extension_longest", UNITS),
        Input("reopen_days", "admin_reopen_days", "number"),
        Input("position", "admin_position", "number", hint="admin_position_hint"),
    ],
)  # fmt: skip

LADDERS: Final = Register(
    "ladders", Ladder, "code", ladders.listing, ladders.by_code,
    ladders.add, ladders.change, ladders.end, ladders.bring_back,
    LadderSchema(), LadderNew(), LadderChange(),
    [("admin_steps", lambda one, language:
      ", ".join(named(step["names"], language) for step in one.steps))],
    [
        CODE, *_names(),
        Rows("steps", "admin_steps", [
            *_names(),
            Input("tell", "admin_tell", "select", options=choices.codes(Tell, "role_")),
            Input("at", "admin_step_at", "number", optional=True, hint="admin_step_at_hint"),
            Length("after", "admin_step_after", UNITS),
        ], hint="admin_steps_hint"),
    ],
)  # fmt: skip

REGISTERS: Final[Sequence[Register]] = (
    AGENCIES, CATEGORIES, RULES, POLICIES, LADDERS, ACCOUNTS,
)  # fmt: skip
