"""The rows of the walk: for each call that changes something, what is sent, and who may do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from reports_service.domain.lifecycle import TRANSITIONS, Action, Status
from reports_service.domain.roles import Party, Role, party_of
from tests.access.scene import FOREIGN
from tests.personas import COMMITTEE

NEW, ASSIGNED, WORKED_ON = "new", "assigned", "in_progress"
# The reports of the scene that stand in a status without being named by it.
STANDS: Final = {"asked_nothing": Status.IN_PROGRESS}
ANYBODY: Final = "anybody who sees it"
COLLEAGUES: Final = "who sees inside and has a queue"
INSIDE: Final = "who sees inside"


@dataclass(frozen=True)
class Act:
    """One call on a report: which of the scene's reports it is made on, who may, what is sent."""

    on: str
    who: Action | str
    body: Mapping[str, Any] | None = None


NOTE = {"note": "x"}
ACTS: Final[Mapping[str, Act]] = {
    "POST /reports/<code>/photos": Act(ASSIGNED, Action.ADD_PHOTOS),
    "POST /reports/<code>/replies": Act("awaiting_reporter", Action.REPLY, {"text": "Trụ 5"}),
    "POST /reports/<code>/feedback": Act("resolved", Action.CONFIRM, {"fixed": True}),
    "POST /reports/<code>/reopening": Act("resolved", Action.REOPEN, NOTE),
    "POST /reports/<code>/withdrawal": Act(ASSIGNED, Action.WITHDRAW, NOTE),
    "POST /reports/<code>/correction": Act(ASSIGNED, Action.CORRECT, {"address": "số 5"}),
    "POST /reports/<code>/followers": Act(ASSIGNED, ANYBODY, {"reporter": None}),
    "POST /reports/<code>/tracking-token": Act(ASSIGNED, Action.RENEW_TOKEN),
    "DELETE /reports/<code>/identity": Act(ASSIGNED, Action.ERASE_IDENTITY),
    "POST /reports/<code>/acknowledgement": Act(ASSIGNED, Action.ACKNOWLEDGE, NOTE),
    "POST /reports/<code>/assignment": Act(
        ASSIGNED, Action.TRANSFER, {"agency": COMMITTEE, "reason": "xa"}
    ),
    "POST /reports/<code>/return": Act(WORKED_ON, Action.HAND_BACK, {"reason": "xa"}),
    "POST /reports/<code>/question": Act("asked_nothing", Action.ASK, {"question": "Trụ nào?"}),
    "DELETE /reports/<code>/question": Act("awaiting_reporter", Action.TAKE_BACK_QUESTION),
    "POST /reports/<code>/extension": Act(
        "asked_nothing", Action.REQUEST_EXTENSION, {"amount": 1, "reason": "mưa"}
    ),
    "POST /reports/<code>/extension/approval": Act(
        WORKED_ON, Action.DECIDE_EXTENSION, {"approved": False, "note": "x"}
    ),
    "POST /reports/<code>/resolution": Act(
        WORKED_ON, Action.RESOLVE, {"kind": "answered", "note": "x"}
    ),
    "POST /reports/<code>/notes": Act(WORKED_ON, Action.NOTE, NOTE),
    "POST /reports/<code>/rejection": Act(NEW, Action.REJECT, {"reason": "không rõ"}),
    "DELETE /reports/<code>/rejection": Act("rejected", Action.TAKE_BACK_REJECTION),
    "POST /reports/<code>/referral": Act(ASSIGNED, Action.REFER, {"to": "Sở", "reason": "x"}),
    "DELETE /reports/<code>/referral": Act("referred", Action.TAKE_BACK_REFERRAL),
    "POST /reports/<code>/merge": Act(ASSIGNED, Action.MERGE, {"into": "{master}"}),
    "DELETE /reports/<code>/merge": Act("duplicate", Action.UNDO_MERGE),
    "POST /reports/<code>/classification": Act(
        ASSIGNED, Action.CHANGE_PRIORITY, {"priority": "urgent"}
    ),
    "POST /reports/<code>/moderation": Act(
        ASSIGNED, Action.MODERATE, {"hide_text": True, "reason": "thô tục"}
    ),
    "PUT /reports/<code>/drafts/<action>": Act(WORKED_ON, COLLEAGUES, {"fields": NOTE}),
    "DELETE /reports/<code>/drafts/<action>": Act(WORKED_ON, COLLEAGUES),
    "PUT /reports/<code>/presence": Act(WORKED_ON, INSIDE),
    "DELETE /reports/<code>/presence": Act(WORKED_ON, INSIDE),
}


@dataclass(frozen=True)
class Touch:
    """One call on what belongs to somebody: the name of the thing, what is sent, who may."""

    thing: str
    may: frozenset[str]
    body: Mapping[str, Any] | None = None


_AGENCY = frozenset({"officer", "head", "admin"})
_OWN = frozenset({"officer"})
_ADMIN = frozenset({"admin"})
TOUCHES: Final[Mapping[str, Touch]] = {
    "GET /templates/{id}": Touch("template", _AGENCY),
    "PATCH /templates/{id}": Touch("template", frozenset({"head", "admin"}), {"action": "ask"}),
    "DELETE /templates/{id}": Touch("template", frozenset({"head", "admin"})),
    "POST /templates/{id}/uses": Touch("template", _AGENCY),
    "PATCH /filters/{id}": Touch("filter", _OWN, {"name": "khác"}),
    "DELETE /filters/{id}": Touch("filter", _OWN),
    "DELETE /absences/{id}": Touch("absence", _AGENCY),
    "POST /inbox/{id}/read": Touch("notice", _OWN),
    "GET /admin/dead-letters/{id}": Touch("letter", _ADMIN),
    "POST /admin/dead-letters/{id}/retry": Touch("letter", _ADMIN),
    "DELETE /admin/dead-letters/{id}": Touch("letter", _ADMIN),
    "GET /exports/{id}": Touch("export", frozenset({"admin", "key_exports"})),
    "GET /exports/{id}/parts/1": Touch("export", frozenset({"admin", "key_exports"})),
}


GONE: Final = ("ended", "signed_out", "other_reporter")  # what they show opens nothing here


def may(act: Act, name: str, whose: str) -> bool:
    """Whether the tables of the domain let somebody do this on a report of ``whose``."""
    if name in GONE:
        return False
    party = _party(name, whose)
    if isinstance(act.who, Action):
        return party in TRANSITIONS[Status(STANDS.get(act.on, act.on)), act.who].by
    inside = party in (Party.OPERATOR, Party.ADMIN, Party.OFFICER, Party.HEAD)
    return act.who == ANYBODY or inside or (act.who == INSIDE and name == "leader")


def _party(name: str, whose: str) -> Party:
    if name == "public" or name.startswith("key_"):
        return Party.PUBLIC
    if name == "reporter":
        return Party.REPORTER
    holds = name.startswith("foreign_") == (whose == FOREIGN)
    return party_of(Role(name.removeprefix("foreign_")), holds=holds, owns=False)
