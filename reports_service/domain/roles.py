"""Who may do what, as one table in three parts, shown at /docs/roles.

``ACTS``: what is done to a report, and by whom, seen from the report; in which status, says
``lifecycle.TRANSITIONS``. ``PERMISSIONS``: all else, by role; how far it reaches where that is not
everywhere, says ``REACH``. ``SCOPES``: what the key of another system opens.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What an account is for. Each account has exactly one role."""

    FACILITATOR = "facilitator"
    OPERATOR = "operator"
    OFFICER = "officer"
    HEAD = "head"
    LEADER = "leader"
    ADMIN = "admin"
    DATA_OFFICER = "data_officer"  # answers for people's data; works on no report


class Party(StrEnum):
    """Who acts on a report, seen from the report."""

    PUBLIC = "public"
    REPORTER = "reporter"  # shows the tracking token
    OPERATOR = "operator"  # of the 1022 centre: any report
    OFFICER = "officer"  # of the agency that holds the report
    HEAD = "head"  # of the agency that holds the report
    ADMIN = "admin"
    SYSTEM = "system"  # the sweep


class Action(StrEnum):
    """What somebody does to a report."""

    ASSIGN = "assign"
    TRANSFER = "transfer"
    DELEGATE = "delegate"  # to a colleague in the same agency
    ACKNOWLEDGE = "acknowledge"
    HAND_BACK = "hand_back"
    ASK = "ask"
    TAKE_BACK_QUESTION = "take_back_question"
    REPLY = "reply"
    REQUEST_EXTENSION = "request_extension"
    DECIDE_EXTENSION = "decide_extension"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    CLOSE_AFTER_SILENCE = "close_after_silence"
    CLOSE_WITHOUT_REPLY = "close_without_reply"
    REJECT = "reject"
    TAKE_BACK_REJECTION = "take_back_rejection"
    REFER = "refer"
    TAKE_BACK_REFERRAL = "take_back_referral"
    MERGE = "merge"
    UNDO_MERGE = "undo_merge"
    WITHDRAW = "withdraw"
    RECLASSIFY = "reclassify"
    CHANGE_PRIORITY = "change_priority"
    NOTE = "note"
    MODERATE = "moderate"
    ESCALATE = "escalate"
    ADD_PHOTOS = "add_photos"
    CORRECT = "correct"
    FOLLOW = "follow"
    ERASE_IDENTITY = "erase_identity"
    RENEW_TOKEN = "renew_token"
    ANONYMISE = "anonymise"


class Permission(StrEnum):
    """What a person may do apart from moving a report through its life."""

    KEEP_ACCOUNT = "keep_account"
    SEE_INBOX = "see_inbox"
    SEE_QUEUE = "see_queue"
    SEE_INTERNAL_VIEW = "see_internal_view"
    SEE_IDENTITY = "see_identity"
    SEE_RESTRICTED = "see_restricted"
    SEE_FIGURES = "see_figures"
    SEE_FIGURES_OF_OWN_AGENCY = "see_figures_of_own_agency"
    ADMINISTER = "administer"
    LEAD_TEAM = "lead_team"
    FOLLOW_CHANGES = "follow_changes"
    EXPORT = "export"
    FILE_FOR_OTHERS = "file_for_others"
    PROTECT_DATA = "protect_data"


class Scope(StrEnum):
    """What the key of another system is for. A machine has no role, only scopes."""

    CHANGES = "changes"
    EXPORTS = "exports"
    FIGURES = "figures"


class Reach(StrEnum):
    """How far a permission reaches."""

    ALL = "all"
    HELD = "held"  # what the own agency holds or held
    OWN_AGENCY = "own_agency"
    OWN = "own"  # what belongs to the account itself


_STAFF = frozenset(Role)
_CENTRE = frozenset({Party.OPERATOR, Party.ADMIN})
_AGENCY = frozenset({Party.OFFICER, Party.HEAD})
_REPORTER = frozenset({Party.REPORTER})
_SYSTEM = frozenset({Party.SYSTEM})

# Who may do what to a report. Officers and heads: of the agency that holds it.
ACTS: dict[Action, frozenset[Party]] = {
    Action.ASSIGN: _CENTRE,
    Action.TRANSFER: _CENTRE | {Party.HEAD},
    Action.DELEGATE: _AGENCY,
    Action.ACKNOWLEDGE: _AGENCY | _CENTRE,
    Action.HAND_BACK: _AGENCY | _CENTRE,
    Action.ASK: _AGENCY | _CENTRE,
    Action.TAKE_BACK_QUESTION: _AGENCY | _CENTRE,
    # An operator writes down what a reporter without the app says on the telephone.
    Action.REPLY: _REPORTER | {Party.OPERATOR},
    Action.REQUEST_EXTENSION: _AGENCY,
    Action.DECIDE_EXTENSION: frozenset({Party.HEAD, Party.ADMIN}),
    Action.RESOLVE: _AGENCY | _CENTRE,
    Action.CONFIRM: _REPORTER,
    Action.REOPEN: _REPORTER | _CENTRE | {Party.HEAD},
    Action.CLOSE_AFTER_SILENCE: _SYSTEM,
    Action.CLOSE_WITHOUT_REPLY: _SYSTEM,
    Action.REJECT: _CENTRE,
    Action.TAKE_BACK_REJECTION: _CENTRE,
    Action.REFER: _CENTRE,
    Action.TAKE_BACK_REFERRAL: _CENTRE,
    Action.MERGE: _CENTRE,
    Action.UNDO_MERGE: _CENTRE,
    Action.WITHDRAW: _REPORTER,
    Action.RECLASSIFY: _CENTRE | {Party.HEAD},
    Action.CHANGE_PRIORITY: _CENTRE | {Party.HEAD},
    Action.NOTE: _AGENCY | _CENTRE,
    Action.MODERATE: _CENTRE,
    Action.ESCALATE: _SYSTEM,
    Action.ADD_PHOTOS: _REPORTER | {Party.OPERATOR},
    Action.CORRECT: _REPORTER | {Party.OPERATOR},
    Action.FOLLOW: frozenset(Party) - _SYSTEM,
    Action.ERASE_IDENTITY: _REPORTER | _SYSTEM,
    # Nobody else: who could give out a new link, could take the report over.
    Action.RENEW_TOKEN: _REPORTER,
    Action.ANONYMISE: _SYSTEM,
}

PERMISSIONS: dict[Permission, frozenset[Role]] = {
    Permission.KEEP_ACCOUNT: _STAFF,  # each their own
    Permission.SEE_INBOX: _STAFF,
    Permission.SEE_QUEUE: frozenset({Role.OPERATOR, Role.OFFICER, Role.HEAD, Role.ADMIN}),
    Permission.SEE_INTERNAL_VIEW: frozenset(
        {Role.OPERATOR, Role.OFFICER, Role.HEAD, Role.LEADER, Role.ADMIN}
    ),
    Permission.SEE_IDENTITY: frozenset({Role.OPERATOR}),
    Permission.SEE_RESTRICTED: frozenset({Role.OPERATOR, Role.ADMIN}),
    Permission.SEE_FIGURES: frozenset({Role.LEADER, Role.OPERATOR, Role.ADMIN}),
    Permission.SEE_FIGURES_OF_OWN_AGENCY: frozenset(
        {Role.LEADER, Role.OPERATOR, Role.ADMIN, Role.HEAD, Role.OFFICER}
    ),
    Permission.ADMINISTER: frozenset({Role.ADMIN}),
    Permission.LEAD_TEAM: frozenset({Role.HEAD, Role.ADMIN}),
    Permission.FOLLOW_CHANGES: frozenset({Role.ADMIN}),
    Permission.EXPORT: frozenset({Role.ADMIN}),
    Permission.FILE_FOR_OTHERS: frozenset({Role.FACILITATOR}),
    # Who looked at whom, and what is kept how long: for the officer whom the law wants named, and
    # for who keeps the accounts where a province has named none yet.
    Permission.PROTECT_DATA: frozenset({Role.DATA_OFFICER, Role.ADMIN}),
}

REACH: dict[tuple[Permission, Role], Reach] = {
    **{(Permission.SEE_INBOX, role): Reach.OWN for role in Role},
    (Permission.SEE_QUEUE, Role.OFFICER): Reach.OWN_AGENCY,
    (Permission.SEE_QUEUE, Role.HEAD): Reach.OWN_AGENCY,
    (Permission.SEE_INTERNAL_VIEW, Role.OFFICER): Reach.HELD,
    (Permission.SEE_INTERNAL_VIEW, Role.HEAD): Reach.HELD,
    (Permission.SEE_FIGURES_OF_OWN_AGENCY, Role.OFFICER): Reach.OWN_AGENCY,
    (Permission.SEE_FIGURES_OF_OWN_AGENCY, Role.HEAD): Reach.OWN_AGENCY,
    (Permission.LEAD_TEAM, Role.HEAD): Reach.OWN_AGENCY,
    (Permission.FILE_FOR_OTHERS, Role.FACILITATOR): Reach.OWN,
}

SCOPES: dict[Scope, frozenset[Permission]] = {
    Scope.CHANGES: frozenset({Permission.FOLLOW_CHANGES}),
    Scope.EXPORTS: frozenset({Permission.EXPORT}),
    # What a leader reads: figures, and the lists of codes, dates and ratings behind them. They
    # name no person and no restricted report, and open no report further than for the public.
    Scope.FIGURES: frozenset({Permission.SEE_FIGURES, Permission.SEE_FIGURES_OF_OWN_AGENCY}),
}


def reach(role: Role, permission: Permission) -> Reach | None:
    """How far the permission reaches for a role; None where it has none."""
    return REACH.get((permission, role), Reach.ALL) if may(role, permission) else None


def may(role: Role | None, permission: Permission) -> bool:
    """Whether an account of this role has the permission. Nobody (None) has none."""
    return role is not None and role in PERMISSIONS[permission]


def opens(scopes: Iterable[Scope], permission: Permission) -> bool:
    """Whether a key with these scopes has the permission."""
    return any(permission in SCOPES[scope] for scope in scopes)


def party_of(role: Role | None, *, holds: bool, owns: bool) -> Party:
    """As whom somebody acts on a report.

    ``holds``: the account's agency holds the report. ``owns``: the report's tracking token was
    shown. Staff of other agencies, leaders and facilitators are the public to a report, unless
    they show its token.
    """
    if role is Role.OPERATOR:
        return Party.OPERATOR
    if role is Role.ADMIN:
        return Party.ADMIN
    if role is Role.OFFICER and holds:
        return Party.OFFICER
    if role is Role.HEAD and holds:
        return Party.HEAD
    return Party.REPORTER if owns else Party.PUBLIC
