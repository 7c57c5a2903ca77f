"""The acts on a report that have a form on its page: who may, what the form sends, what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reports_service.attachments.intake import TakenIn
from reports_service.core.schemas import Schema
from reports_service.domain.lifecycle import Action
from reports_service.domain.targets import Target, Unit
from reports_service.reports import (
    agency_work,
    classification,
    desk,
    extensions,
    merging,
    reporter_acts,
    results,
)
from reports_service.reports.classification import Classification
from reports_service.reports.requests import (
    NoteRequired,
    NoteSchema,
    ReplySchema,
    ResolutionRequest,
)
from reports_service.reports.results import Resolution
from reports_service.reports.service import Turn
from reports_service.web.staff.acts_requests import (
    BackToCentre,
    Decision,
    MoreTime,
    OtherKind,
    Question,
    ToAgency,
    ToColleague,
)

Given = Mapping[str, Any]
Pictures = Sequence[TakenIn]


@dataclass(frozen=True)
class Act:
    """One form. ``name`` stands in its address and its words; ``text``: its field for words, which
    templates fill. ``actions``: any makes it possible; the first names drafts and templates.
    """

    name: str
    actions: tuple[Action, ...]
    schema: type[Schema]
    do: Callable[[Turn, Given, Pictures], object]
    text: str = "note"
    photos: bool = False
    grave: bool = False


def _noted(do: Callable[[Turn, str], object]) -> Callable[[Turn, Given, Pictures], object]:
    return lambda turn, given, _pictures: do(turn, given["note"])


def _resolve(turn: Turn, given: Given, pictures: Pictures) -> object:
    return results.resolve(turn, Resolution(pictures=pictures, **given))


def _extend(turn: Turn, given: Given, _pictures: Pictures) -> object:
    length = Target(given["amount"], Unit(given["unit"]))
    return extensions.request(turn, length, given["reason"])


def _classify(turn: Turn, given: Given, _pictures: Pictures) -> object:
    change = Classification(category=given.get("category"), priority=given.get("priority"))
    return classification.classify(turn, change, given["note"])


# In the order of the page; the first that is possible is the main one.
ACTS: Final[Mapping[str, Act]] = {
    act.name: act
    for act in (
        Act("acknowledge", (Action.ACKNOWLEDGE,), NoteSchema, _noted(agency_work.acknowledge)),
        Act(
            "decide",
            (Action.DECIDE_EXTENSION,),
            Decision,
            lambda turn, given, _: extensions.decide(turn, given["approved"], given["note"]),
        ),
        Act(
            "reply",
            (Action.REPLY,),
            ReplySchema,
            lambda turn, given, pictures: reporter_acts.reply(turn, given["text"], pictures),
            text="text",
            photos=True,
        ),
        Act("resolve", (Action.RESOLVE,), ResolutionRequest, _resolve, photos=True),
        Act("note", (Action.NOTE,), NoteRequired, _noted(agency_work.note)),
        Act(
            "ask",
            (Action.ASK,),
            Question,
            lambda turn, given, _: agency_work.ask(turn, given["question"]),
            text="question",
        ),
        Act(
            "unask",
            (Action.TAKE_BACK_QUESTION,),
            NoteSchema,
            _noted(agency_work.take_back_question),
        ),
        Act("extend", (Action.REQUEST_EXTENSION,), MoreTime, _extend, text="reason"),
        Act(
            "officer",
            (Action.DELEGATE,),
            ToColleague,
            lambda turn, given, _: agency_work.delegate(turn, given["officer"], given["reason"]),
            text="reason",
        ),
        Act(
            "transfer",
            (Action.TRANSFER, Action.ASSIGN),
            ToAgency,
            lambda turn, given, _: agency_work.assign(turn, given["agency"], given["reason"]),
            text="reason",
        ),
        Act(
            "return",
            (Action.HAND_BACK,),
            BackToCentre,
            lambda turn, given, _: agency_work.hand_back(turn, given["reason"]),
            text="reason",
            grave=True,
        ),
        Act("classify", (Action.RECLASSIFY, Action.CHANGE_PRIORITY), OtherKind, _classify),
        Act("reopen", (Action.REOPEN,), NoteRequired, _noted(reporter_acts.reopen)),
        Act(
            "unreject", (Action.TAKE_BACK_REJECTION,), NoteSchema, _noted(desk.take_back_rejection)
        ),
        Act("unrefer", (Action.TAKE_BACK_REFERRAL,), NoteSchema, _noted(desk.take_back_referral)),
        Act("unmerge", (Action.UNDO_MERGE,), NoteSchema, _noted(merging.undo_merge)),
    )
}

# Acts that have a page of their own, at the operator's desk: below this address.
DESK: Final[Mapping[Action, str]] = {
    Action.MERGE: "merge",
    Action.REFER: "refer",
    Action.REJECT: "reject",
    Action.MODERATE: "moderate",
}
